import * as pulumi from "@pulumi/pulumi";
import { DnsFirewall } from "../components/dnsFirewall";
import { Environment } from "../components/environment";
import { GuardDutyLists } from "../components/guardDutyLists";
import { NetworkFirewallRules } from "../components/networkFirewallRules";
import { Placed } from "../components/placed";
import { PrivateBucket } from "../components/privateBucket";
import { WafBlocking } from "../components/wafBlocking";
import { SpokeConfig } from "../config/schema";

/** The places of a spoke that block. */
export interface Places {
    readonly waf: WafBlocking;
    readonly dnsFirewall?: DnsFirewall;
    readonly networkFirewall?: NetworkFirewallRules;
    /** Those and GuardDuty, as far as they are configured. */
    readonly all: readonly Placed[];
    /** For their settings and list files. */
    readonly bucket: PrivateBucket;
}

/** Makes the places that the configuration names. */
export function enforcementPlaces(
    name: string,
    config: SpokeConfig,
    { environment, logStreamArn }: { environment: Environment; logStreamArn?: pulumi.Input<string> },
    opts: pulumi.ComponentResourceOptions,
): Places {
    const waf = new WafBlocking(`${name}-enforce`, { ...config.waf, logStreamArn }, opts);
    const bucket = new PrivateBucket(`${name}-places`, { environment }, opts);
    const guardDuty =
        config.guardduty &&
        new GuardDutyLists(`${name}-guardduty`, { environment, bucket, ...config.guardduty }, opts);
    const dnsFirewall =
        config.dnsFirewall &&
        new DnsFirewall(`${name}-dns`, { environment, bucket, ...config.dnsFirewall }, opts);
    const networkFirewall =
        config.networkFirewall && new NetworkFirewallRules(`${name}-network`, config.networkFirewall, opts);
    const all = [waf, guardDuty, dnsFirewall, networkFirewall].filter((place) => place !== undefined);
    return { waf, dnsFirewall, networkFirewall, all, bucket };
}
