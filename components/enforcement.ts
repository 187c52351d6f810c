import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Environment } from "./environment";
import { InlineFunction } from "./inlineFunction";
import { snapshotRead } from "./iocPipeline";
import { HubReference } from "./hubReference";
import { componentType, Statement } from "./naming";
import { consumeStatement, WorkQueue } from "./workQueue";

export interface EnforcementArgs {
    readonly environment: Environment;
    readonly hub: HubReference;
    readonly scope: "REGIONAL" | "CLOUDFRONT";
    /** IP sets of 10,000 addresses each. */
    readonly ipv4Sets: number;
    readonly ipv6Sets: number;
    readonly action: "block" | "count";
    /** Firehose stream that takes the web ACL's log; left out, the web ACL logs nothing. */
    readonly logStreamArn?: pulumi.Input<string>;
}

const TIMEOUT_SECONDS = 300;

/** Blocks known bad addresses in WAF: IP sets that a function fills after each publish, and the web ACL over them. */
export class Enforcement extends pulumi.ComponentResource {
    readonly webAclArn: pulumi.Output<string>;
    readonly ipv4SetIds: pulumi.Output<string[]>;
    readonly ipv6SetIds: pulumi.Output<string[]>;
    readonly functionName: pulumi.Output<string>;

    /** @param name The _unique_ name of the enforcement. */
    constructor(name: string, args: EnforcementArgs, opts?: pulumi.ComponentResourceOptions) {
        super(componentType("enforcement", "Enforcement"), name, {}, opts);
        const ipv4 = this.ipSets(`${name}-ipv4`, "IPV4", args.ipv4Sets, args.scope);
        const ipv6 = this.ipSets(`${name}-ipv6`, "IPV6", args.ipv6Sets, args.scope);
        const sets = [...ipv4, ...ipv6];
        const webAcl = this.webAcl(name, args, sets);
        if (args.logStreamArn) {
            this.log(name, webAcl, args.logStreamArn);
        }
        this.functionName = this.enforcer(name, args, ipv4, ipv6).name;
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

    private webAcl(name: string, args: EnforcementArgs, sets: aws.wafv2.IpSet[]): aws.wafv2.WebAcl {
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

    private enforcer(
        name: string,
        args: EnforcementArgs,
        ipv4: aws.wafv2.IpSet[],
        ipv6: aws.wafv2.IpSet[],
    ): aws.lambda.Function {
        const { environment, hub } = args;
        const child = { parent: this };
        const work = new WorkQueue(
            `${name}-published`,
            {
                environment,
                senders: (queueArn): Statement[] => [
                    {
                        Effect: "Allow",
                        Principal: { Service: "sns.amazonaws.com" },
                        Action: "sqs:SendMessage",
                        Resource: queueArn,
                        Condition: { ArnEquals: { "aws:SourceArn": hub.publishedTopicArn } },
                    },
                ],
                visibilityTimeout: TIMEOUT_SECONDS * 6,
                maxReceiveCount: 5,
            },
            child,
        );
        const sets = (list: aws.wafv2.IpSet[]) =>
            pulumi.jsonStringify(list.map((set) => ({ id: set.id, name: set.name })));
        const enforce = new InlineFunction(
            name,
            {
                handler: "enforce",
                environment,
                description: "Fills WAF's IP sets from the indicator snapshot",
                timeout: TIMEOUT_SECONDS,
                variables: {
                    SNAPSHOT_BUCKET: hub.snapshotBucketName,
                    SNAPSHOT_REGION: hub.region,
                    SCOPE: args.scope,
                    IPV4_SETS: sets(ipv4),
                    IPV6_SETS: sets(ipv6),
                },
                statements: [
                    ...snapshotRead(hub.snapshotBucketArn),
                    {
                        Effect: "Allow",
                        Action: ["wafv2:GetIPSet", "wafv2:UpdateIPSet"],
                        Resource: [...ipv4, ...ipv6].map((set) => set.arn),
                    },
                    { Effect: "Allow", Action: "kms:Decrypt", Resource: hub.kmsKeyArn },
                    consumeStatement(work.queue.arn),
                ],
            },
            child,
        );
        new aws.lambda.EventSourceMapping(
            name,
            {
                eventSourceArn: work.queue.arn,
                functionName: enforce.function.arn,
                batchSize: 10,
                functionResponseTypes: ["ReportBatchItemFailures"],
            },
            child,
        );
        new aws.sns.TopicSubscription(
            name,
            {
                topic: hub.publishedTopicArn,
                protocol: "sqs",
                endpoint: work.queue.arn,
                // A topic's subscriptions live in the topic's region.
                region: hub.region,
            },
            { ...child, dependsOn: work.policy },
        );
        return enforce.function;
    }
}
