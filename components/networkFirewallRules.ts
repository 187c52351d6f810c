import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { NetworkFirewallSettings } from "../functions/enforcement/settings";
import { componentType, Statement } from "./naming";
import { Placed } from "./placed";

export interface NetworkFirewallRulesArgs {
    readonly action: "drop" | "alert";
    /** Capacities in rules, fixed for the life of the groups. */
    readonly domains: number;
    readonly addresses: number;
}

/** A rule group must have a rule. This one matches nobody: an address of a documentation range (RFC 5737). */
const NOBODY = 'alert ip 192.0.2.1 any -> 192.0.2.1 any (msg:"nobody"; sid:999999999; rev:1;)';

/** Rule groups against known bad domains and addresses, for firewall policies of Network Firewall. */
export class NetworkFirewallRules extends pulumi.ComponentResource implements Placed {
    readonly domainGroupArn: pulumi.Output<string>;
    readonly suricataGroupArn: pulumi.Output<string>;
    readonly settings: pulumi.Output<NetworkFirewallSettings>;
    readonly statements: readonly Statement[];

    /** @param name The _unique_ name of the rule groups. */
    constructor(name: string, args: NetworkFirewallRulesArgs, opts?: pulumi.ComponentResourceOptions) {
        super(componentType("enforcement", "NetworkFirewallRules"), name, {}, opts);
        // The function writes the rules from then on.
        const filled = { parent: this, ignoreChanges: ["ruleGroup"] };
        const domains = new aws.networkfirewall.RuleGroup(
            `${name}-domains`,
            {
                type: "STATEFUL",
                capacity: args.domains,
                ruleGroup: {
                    rulesSource: {
                        rulesSourceList: {
                            generatedRulesType: args.action === "drop" ? "DENYLIST" : "ALERTLIST",
                            targetTypes: ["TLS_SNI", "HTTP_HOST"],
                            targets: [".invalid"],
                        },
                    },
                },
            },
            filled,
        );
        const addresses = new aws.networkfirewall.RuleGroup(
            `${name}-addresses`,
            {
                type: "STATEFUL",
                capacity: args.addresses,
                ruleGroup: { rulesSource: { rulesString: NOBODY } },
            },
            filled,
        );
        this.domainGroupArn = domains.arn;
        this.suricataGroupArn = addresses.arn;
        this.settings = pulumi
            .all([domains.arn, addresses.arn])
            .apply(([domainGroupArn, suricataGroupArn]): NetworkFirewallSettings => ({
                place: "network-firewall",
                domainGroupArn,
                suricataGroupArn,
                action: args.action,
            }));
        this.statements = [
            {
                Effect: "Allow",
                Action: ["network-firewall:DescribeRuleGroup", "network-firewall:UpdateRuleGroup"],
                Resource: [domains.arn, addresses.arn],
            },
        ];
        this.registerOutputs({
            domainGroupArn: this.domainGroupArn,
            suricataGroupArn: this.suricataGroupArn,
        });
    }
}
