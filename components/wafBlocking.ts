import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { IpSetRef, WafSettings } from "../functions/enforcement/settings";
import { componentType, Statement } from "./naming";
import { Placed } from "./placed";

export interface WafBlockingArgs {
    readonly scope: "REGIONAL" | "CLOUDFRONT";
    /** IP sets of 10,000 addresses each. */
    readonly ipv4Sets: number;
    readonly ipv6Sets: number;
    readonly action: "block" | "count";
    /** Firehose stream that takes the web ACL's log; left out, the web ACL logs nothing. */
    readonly logStreamArn?: pulumi.Input<string>;
}

/** Blocks known bad addresses in WAF: IP sets, and the web ACL over them. */
export class WafBlocking extends pulumi.ComponentResource implements Placed {
    readonly webAclArn: pulumi.Output<string>;
    readonly ipv4SetIds: pulumi.Output<string[]>;
    readonly ipv6SetIds: pulumi.Output<string[]>;
    readonly settings: pulumi.Output<WafSettings>;
    readonly statements: readonly Statement[];

    /** @param name The _unique_ name of the web ACL. */
    constructor(name: string, args: WafBlockingArgs, opts?: pulumi.ComponentResourceOptions) {
        super(componentType("enforcement", "WafBlocking"), name, {}, opts);
        const ipv4 = this.ipSets(`${name}-ipv4`, "IPV4", args.ipv4Sets, args.scope);
        const ipv6 = this.ipSets(`${name}-ipv6`, "IPV6", args.ipv6Sets, args.scope);
        const sets = [...ipv4, ...ipv6];
        const webAcl = this.webAcl(name, args, sets);
        if (args.logStreamArn) {
            this.log(name, webAcl, args.logStreamArn);
        }
        const references = (list: aws.wafv2.IpSet[]): pulumi.Output<IpSetRef[]> =>
            pulumi.output(list.map(({ id, name: setName }) => ({ id, name: setName })));
        this.settings = pulumi
            .all([references(ipv4), references(ipv6)])
            .apply(([ipv4Sets, ipv6Sets]): WafSettings => ({
                place: "waf",
                scope: args.scope,
                ipv4Sets,
                ipv6Sets,
            }));
        this.statements = [
            {
                Effect: "Allow",
                Action: ["wafv2:GetIPSet", "wafv2:UpdateIPSet"],
                Resource: sets.map((set) => set.arn),
            },
        ];
        this.webAclArn = webAcl.arn;
        this.ipv4SetIds = pulumi.all(ipv4.map((set) => set.id));
        this.ipv6SetIds = pulumi.all(ipv6.map((set) => set.id));
        this.registerOutputs({ webAclArn: this.webAclArn });
    }

    private log(name: string, webAcl: aws.wafv2.WebAcl, streamArn: pulumi.Input<string>): void {
        new aws.wafv2.WebAclLoggingConfiguration(
            name,
            {
                resourceArn: webAcl.arn,
                logDestinationConfigs: [streamArn],
                redactedFields: [
                    { singleHeader: { name: "authorization" } },
                    { singleHeader: { name: "cookie" } },
                ],
            },
            { parent: this },
        );
    }

    private ipSets(
        name: string,
        ipAddressVersion: "IPV4" | "IPV6",
        count: number,
        scope: string,
    ): aws.wafv2.IpSet[] {
        return Array.from(
            { length: count },
            (_, index) =>
                new aws.wafv2.IpSet(
                    `${name}-${index}`,
                    {
                        description: "Known bad addresses. Filled by SyntheticSun's enforcement function",
                        scope,
                        ipAddressVersion,
                        addresses: [],
                    },
                    { parent: this, ignoreChanges: ["addresses"] },
                ),
        );
    }

    private webAcl(name: string, args: WafBlockingArgs, sets: aws.wafv2.IpSet[]): aws.wafv2.WebAcl {
        const metric = (metricName: string) => ({
            metricName,
            cloudwatchMetricsEnabled: true,
            sampledRequestsEnabled: true,
        });
        return new aws.wafv2.WebAcl(
            name,
            {
                description: "Known bad addresses, from threat intelligence",
                scope: args.scope,
                defaultAction: { allow: {} },
                visibilityConfig: metric(name),
                rules: sets.map((set, priority) => ({
                    name: `known-bad-${priority}`,
                    priority,
                    action: args.action === "block" ? { block: {} } : { count: {} },
                    statement: { ipSetReferenceStatement: { arn: set.arn } },
                    visibilityConfig: metric(`${name}-known-bad-${priority}`),
                })),
            },
            { parent: this },
        );
    }
}
