import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { DnsFirewallSettings } from "../functions/enforcement/settings";
import { Environment } from "./environment";
import { listFileStatements } from "./listFiles";
import { componentType, Statement } from "./naming";
import { Placed } from "./placed";
import { PrivateBucket } from "./privateBucket";

export interface DnsFirewallArgs {
    readonly environment: Environment;
    readonly bucket: PrivateBucket;
    /** VPCs whose queries are looked at. */
    readonly vpcIds: readonly string[];
    readonly action: "block" | "alert";
    /** Priority among each VPC's rule groups, 101 to 9899. */
    readonly priority: number;
    /** Entries of the list; a domain takes two. */
    readonly room: number;
}

const PREFIX = "dns-firewall/";

/** Answers queries for known bad domains with NODATA, or tells of them: a rule group of Route 53 Resolver DNS Firewall. */
export class DnsFirewall extends pulumi.ComponentResource implements Placed {
    /** To associate with further VPCs. */
    readonly ruleGroupId: pulumi.Output<string>;
    readonly settings: pulumi.Output<DnsFirewallSettings>;
    readonly statements: readonly Statement[];

    /** @param name The _unique_ name of the rule group. */
    constructor(name: string, args: DnsFirewallArgs, opts?: pulumi.ComponentResourceOptions) {
        super(componentType("enforcement", "DnsFirewall"), name, {}, opts);
        const child = { parent: this };
        const list = new aws.route53.ResolverFirewallDomainList(
            name,
            {},
            { ...child, ignoreChanges: ["domains"] },
        );
        const group = new aws.route53.ResolverFirewallRuleGroup(name, {}, child);
        new aws.route53.ResolverFirewallRule(
            name,
            {
                firewallRuleGroupId: group.id,
                firewallDomainListId: list.id,
                name: "known-bad",
                priority: 100,
                ...(args.action === "block"
                    ? { action: "BLOCK", blockResponse: "NODATA" }
                    : { action: "ALERT" }),
            },
            child,
        );
        for (const vpcId of args.vpcIds) {
            new aws.route53.ResolverFirewallRuleGroupAssociation(
                `${name}-${vpcId}`,
                { firewallRuleGroupId: group.id, vpcId, priority: args.priority },
                child,
            );
        }
        this.ruleGroupId = group.id;
        this.settings = pulumi
            .all([args.bucket.name, list.id])
            .apply(([bucket, domainListId]): DnsFirewallSettings => ({
                place: "dns-firewall",
                domainListId,
                bucket,
                room: args.room,
            }));
        this.statements = [
            ...listFileStatements(args.environment, args.bucket, PREFIX),
            {
                Effect: "Allow",
                Action: [
                    "route53resolver:GetFirewallDomainList",
                    "route53resolver:ImportFirewallDomains",
                    "route53resolver:ListFirewallDomains",
                    "route53resolver:UpdateFirewallDomains",
                ],
                Resource: list.arn,
            },
        ];
        this.registerOutputs({ ruleGroupId: this.ruleGroupId });
    }
}
