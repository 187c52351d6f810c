import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { PLACES_KEY } from "../functions/enforcement/settings";
import { Environment } from "./environment";
import { HubReference } from "./hubReference";
import { snapshotRead } from "./indicatorStore";
import { InlineFunction } from "./inlineFunction";
import { componentType } from "./naming";
import { Placed } from "./placed";
import { PrivateBucket } from "./privateBucket";
import { PublishedQueue } from "./publishedQueue";
import { Schedule } from "./schedule";

export interface EnforcementArgs {
    readonly environment: Environment;
    readonly hub: HubReference;
    readonly places: readonly Placed[];
    /** Of the account and region: it takes what the function needs to know of the places. */
    readonly bucket: PrivateBucket;
    /** EventBridge Scheduler expression: also without a publication, so that what was changed by hand is put right. */
    readonly schedule: string;
}

const TIMEOUT_SECONDS = 600;

/** Makes each place of an account and region hold the best of the published snapshot, minutes after it was published. */
export class Enforcement extends pulumi.ComponentResource {
    readonly functionName: pulumi.Output<string>;

    /** @param name The _unique_ name of the enforcement. */
    constructor(name: string, args: EnforcementArgs, opts?: pulumi.ComponentResourceOptions) {
        super(componentType("enforcement", "Enforcement"), name, {}, opts);
        const { environment, hub, places } = args;
        const child = { parent: this };
        const queue = new PublishedQueue(
            `${name}-published`,
            {
                environment,
                topicArn: hub.publishedTopicArn,
                topicRegion: hub.region,
                functionTimeout: TIMEOUT_SECONDS,
            },
            child,
        );
        new aws.s3.BucketObjectv2(
            name,
            {
                bucket: args.bucket.name,
                key: PLACES_KEY,
                content: pulumi.jsonStringify(pulumi.all(places.map(({ settings }) => settings))),
                contentType: "application/json",
                serverSideEncryption: "aws:kms",
                kmsKeyId: environment.kmsKeyArn,
            },
            child,
        );
        const enforce = new InlineFunction(
            name,
            {
                handler: "enforce",
                environment,
                description: "Fills the places that block with the best of the indicator snapshot",
                memorySize: 1024,
                timeout: TIMEOUT_SECONDS,
                // Two that enforce at once would undo each other's work.
                maximumConcurrency: 1,
                variables: {
                    ACCOUNT_ID: environment.accountId,
                    SNAPSHOT_BUCKET: hub.snapshotBucketName,
                    SNAPSHOT_REGION: hub.region,
                    LAKE_BUCKET: hub.lakeBucketName,
                    LAKE_REGION: hub.region,
                    LAKE_KMS_KEY: hub.kmsKeyArn,
                    PLACES_BUCKET: args.bucket.name,
                },
                statements: [
                    ...snapshotRead(hub.snapshotBucketArn),
                    ...places.flatMap(({ statements }) => statements),
                    {
                        Effect: "Allow",
                        Action: "s3:GetObject",
                        Resource: pulumi.interpolate`${args.bucket.arn}/${PLACES_KEY}`,
                    },
                    { Effect: "Allow", Action: "s3:ListBucket", Resource: args.bucket.arn },
                    {
                        Effect: "Allow",
                        Action: "s3:PutObject",
                        Resource: pulumi.interpolate`${hub.lakeBucketArn}/enforcement/${environment.accountId}/*`,
                    },
                    {
                        Effect: "Allow",
                        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
                        Resource: [hub.kmsKeyArn, environment.kmsKeyArn],
                    },
                    queue.consumerStatement,
                ],
            },
            child,
        );
        queue.consumedBy(name, enforce.function.arn);
        new Schedule(
            name,
            {
                environment,
                functionArn: enforce.function.arn,
                events: { again: { expression: args.schedule, input: {} } },
            },
            child,
        );
        this.functionName = enforce.function.name;
        this.registerOutputs({ functionName: this.functionName });
    }
}
