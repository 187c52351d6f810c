import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { FeedSettings } from "../config/feeds";
import { alarm } from "./alarm";
import { Environment } from "./environment";
import { FeedCollector } from "./feedCollector";
import { indicatorSettings, IndicatorSettingsArgs } from "./indicatorSettings";
import { IndicatorStore, snapshotRead } from "./indicatorStore";
import { InlineFunction } from "./inlineFunction";
import { componentType } from "./naming";
import { ownAddressesRead } from "./ownAddresses";
import { PrivateBucket } from "./privateBucket";
import { Schedule } from "./schedule";

export interface IocPipelineArgs {
    readonly environment: Environment;
    readonly feeds: Readonly<Record<string, FeedSettings>>;
    /** EventBridge Scheduler expression, of feeds that have none of their own. */
    readonly schedule: string;
    readonly settings: IndicatorSettingsArgs["settings"];
    readonly warningListFiles: readonly string[];
    /** Each account writes its public addresses there. */
    readonly lakeBucketName: pulumi.Input<string>;
    readonly lakeBucketArn: pulumi.Input<string>;
}

/** Between publications entries expire: this is how late it may be noticed. */
const COMPILE_SCHEDULE = "rate(1 hour)";

/**
 * From feeds to the indicator snapshot: the collector reads each feed into a list, the compiler merges lists into the
 * IOC table, writes what the table holds as one binary object, and tells the spokes.
 */
export class IocPipeline extends pulumi.ComponentResource {
    readonly tableName: pulumi.Output<string>;
    readonly overridesTableName: pulumi.Output<string>;
    readonly feedSecretArns: Readonly<Record<string, pulumi.Output<string>>>;
    readonly snapshotBucket: PrivateBucket;
    readonly publishedTopicArn: pulumi.Output<string>;
    readonly collectFunction: pulumi.Output<string>;
    readonly compileFunction: pulumi.Output<string>;

    /** @param name The _unique_ name of the pipeline. */
    constructor(name: string, args: IocPipelineArgs, opts?: pulumi.ComponentResourceOptions) {
        super(componentType("indicators", "IocPipeline"), name, {}, opts);
        const child = { parent: this };
        const { environment, lakeBucketName, lakeBucketArn } = args;
        const store = new IndicatorStore(name, { environment }, child);
        const compile = this.compiler(`${name}-compile`, args, store);
        const collector = new FeedCollector(
            `${name}-collect`,
            {
                environment,
                store,
                feeds: args.feeds,
                schedule: args.schedule,
                lakeBucketName,
                lakeBucketArn,
                compileFunction: compile,
            },
            child,
        );
        indicatorSettings(
            name,
            {
                environment,
                bucket: store.bucket,
                feeds: pulumi.all(collector.definitions),
                settings: args.settings,
                warningListFiles: args.warningListFiles,
            },
            child,
        );
        this.tableName = store.table.name;
        this.overridesTableName = store.overrides.name;
        this.feedSecretArns = collector.secretArns;
        this.snapshotBucket = store.bucket;
        this.publishedTopicArn = store.publishedTopicArn;
        this.collectFunction = collector.functionName;
        this.compileFunction = compile.name;
        this.registerOutputs({ tableName: this.tableName, snapshotBucketName: this.snapshotBucket.name });
    }

    private compiler(name: string, args: IocPipelineArgs, store: IndicatorStore): aws.lambda.Function {
        const { environment } = args;
        const child = { parent: this };
        const compile = new InlineFunction(
            name,
            {
                handler: "compile",
                environment,
                description: "Merges feeds' lists into the IOC table, compiles and publishes the snapshot",
                memorySize: 3008,
                timeout: 900,
                // One at a time: it alone writes the table.
                maximumConcurrency: 1,
                variables: {
                    IOC_TABLE: store.table.name,
                    OVERRIDES_TABLE: store.overrides.name,
                    SNAPSHOT_BUCKET: store.bucket.name,
                    PUBLISHED_TOPIC: store.publishedTopicArn,
                    LAKE_BUCKET: args.lakeBucketName,
                    LAKE_REGION: environment.region,
                },
                statements: [
                    {
                        Effect: "Allow",
                        Action: ["dynamodb:Scan", "dynamodb:BatchWriteItem"],
                        Resource: store.table.arn,
                    },
                    { Effect: "Allow", Action: "dynamodb:Scan", Resource: store.overrides.arn },
                    ...snapshotRead(store.bucket.arn),
                    {
                        Effect: "Allow",
                        Action: "s3:GetObject",
                        Resource: store.objects("announced.json", "feeds/*", "settings/*"),
                    },
                    {
                        Effect: "Allow",
                        Action: "s3:PutObject",
                        Resource: store.objects(
                            "announced.json",
                            "current.json",
                            "snapshots/*",
                            "feeds/merged.json",
                        ),
                    },
                    ...ownAddressesRead(args.lakeBucketArn),
                    { Effect: "Allow", Action: "sns:Publish", Resource: store.publishedTopicArn },
                    {
                        Effect: "Allow",
                        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
                        Resource: environment.kmsKeyArn,
                    },
                ],
            },
            child,
        );
        new Schedule(
            name,
            {
                environment,
                functionArn: compile.function.arn,
                events: { hourly: { expression: COMPILE_SCHEDULE, input: {} } },
            },
            child,
        );
        alarm(
            `${name}-held`,
            {
                environment,
                description:
                    "A publication would have changed too much at once: the last good snapshot stays in force. The function's log has the numbers; if they are right, run: npm run -s indicators -- publish --force",
                namespace: "SyntheticSun",
                metricName: "PublicationHeld",
                dimensions: {},
                statistic: "Sum",
                threshold: 0,
            },
            child,
        );
        return compile.function;
    }
}
