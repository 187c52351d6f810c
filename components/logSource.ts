import * as pulumi from "@pulumi/pulumi";
import { BucketSettings, Enrichment, LogGroupSettings, SourceKind } from "../config/sources";
import { enrichFunction } from "./enrichFunction";
import { Environment } from "./environment";
import { FindingsRule } from "./findingsRule";
import { HubReference } from "./hubReference";
import { LogBucket, logBucket } from "./logBucket";
import { KINDS, waysOf } from "./logKinds";
import { componentType, Statement } from "./naming";
import { S3Trigger } from "./s3Trigger";
import { Subscription } from "./subscription";
import { WafDelivery } from "./wafDelivery";

export interface LogSourceArgs {
    readonly environment: Environment;
    readonly hub: HubReference;
    readonly kind: SourceKind;
    /** Where objects come from. @default a bucket that is made, for a kind that cannot come from a log group */
    readonly bucket?: BucketSettings;
    /** Where events come from. @default a log group that is made, for a kind that can and has no bucket named */
    readonly logGroup?: LogGroupSettings;
    /** Field order of a text log that has no header line. */
    readonly format?: string;
    readonly enrichment: Enrichment;
    /** Import a finding into Security Hub when a record that was let through matches an indicator. */
    readonly findings?: boolean;
    /** MiB. @default 1769 for objects of a bucket: one whole processor; else 1024 */
    readonly memorySize?: number;
    /** Sources on the same existing bucket that must be there first: they change one list of notifications. */
    readonly after?: readonly LogSource[];
}

const TIMEOUT_SECONDS = 300;
const MAX_TRIES = 10;
const OBJECTS_PER_BATCH = 10;

/** One kind of log, from where AWS puts it to the hub's lake. */
export class LogSource extends pulumi.ComponentResource {
    readonly functionName: pulumi.Output<string>;
    readonly bucketName?: pulumi.Output<string>;
    readonly queueUrl?: pulumi.Output<string>;
    readonly logGroupName?: pulumi.Output<string>;
    readonly logGroupArn?: pulumi.Output<string>;
    /** Role that the service which writes the log group needs. */
    readonly writerRoleArn?: pulumi.Output<string>;
    /** Firehose stream that a web ACL logs to. */
    readonly streamArn?: pulumi.Output<string>;

    /**
     * @param name The _unique_ name of the source.
     * @throws Error when the kind does not come the way that is asked for
     */
    constructor(name: string, args: LogSourceArgs, opts?: pulumi.ComponentResourceOptions) {
        super(componentType("logs", "LogSource"), name, {}, opts);
        const child = { parent: this };
        const { environment } = args;
        const { bucket: bucketWay, logGroup: logGroupWay, events } = KINDS[args.kind];
        const { bucket: bucketSettings, logGroup: logGroupSettings } = waysOf(args.kind, args);

        const bucket =
            bucketWay && bucketSettings
                ? logBucket(name, { environment, way: bucketWay, settings: bucketSettings }, child)
                : undefined;
        const trigger = bucket && this.trigger(name, args, bucket);
        const enrich = enrichFunction(
            name,
            {
                ...args,
                memorySize: args.memorySize ?? (bucket ? 1769 : 1024),
                timeout: TIMEOUT_SECONDS,
                queue: trigger && { url: trigger.queueUrl, arn: trigger.queueArn },
                statements: bucket && trigger ? [...objectRead(bucket), trigger.consumerStatement] : [],
            },
            child,
        );
        this.functionName = enrich.function.name;
        if (bucket && trigger) {
            trigger.consumedBy(name, enrich.function, OBJECTS_PER_BATCH);
            this.bucketName = pulumi.output(bucket.name);
            this.queueUrl = trigger.queueUrl;
            if (bucketWay?.writer === "firehose") {
                this.streamArn = new WafDelivery(name, { environment, bucket }, child).streamArn;
            }
        }
        if (logGroupWay && logGroupSettings) {
            const subscription = new Subscription(
                name,
                { environment, way: logGroupWay, settings: logGroupSettings, consumer: enrich.function },
                child,
            );
            this.logGroupName = subscription.logGroupName;
            this.logGroupArn = subscription.logGroupArn;
            this.writerRoleArn = subscription.writerRoleArn;
        }
        if (events) {
            new FindingsRule(name, { way: events, consumer: enrich }, child);
        }
        this.registerOutputs({ functionName: this.functionName });
    }

    private trigger(name: string, { environment, after }: LogSourceArgs, bucket: LogBucket): S3Trigger {
        return new S3Trigger(
            name,
            {
                environment,
                bucket,
                prefix: bucket.prefix,
                functionTimeout: TIMEOUT_SECONDS,
                maxReceiveCount: MAX_TRIES,
                after,
            },
            { parent: this },
        );
    }
}

function objectRead(bucket: LogBucket): Statement[] {
    return [
        {
            Effect: "Allow",
            Action: "s3:GetObject",
            Resource: pulumi.interpolate`${bucket.arn}/${bucket.prefix}*`,
        },
        // Listing makes an object that is gone a 404 instead of a 403.
        { Effect: "Allow", Action: "s3:ListBucket", Resource: bucket.arn },
        ...(bucket.kmsKeyArn
            ? [{ Effect: "Allow" as const, Action: "kms:Decrypt", Resource: bucket.kmsKeyArn }]
            : []),
    ];
}
