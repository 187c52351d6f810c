import * as pulumi from "@pulumi/pulumi";
import { Environment } from "./environment";
import { IocPipeline } from "./iocPipeline";
import { snapshotRead } from "./indicatorStore";
import { InlineFunction } from "./inlineFunction";
import { componentType } from "./naming";
import { PublishedQueue } from "./publishedQueue";

export interface BlockListsArgs {
    readonly environment: Environment;
    readonly pipeline: IocPipeline;
    readonly lakeBucketName: pulumi.Input<string>;
    readonly lakeBucketArn: pulumi.Input<string>;
}

const TIMEOUT_SECONDS = 300;

/** Writes the published indicators as files for firewalls and proxies, below `lists/` of the snapshot bucket. */
export class BlockLists extends pulumi.ComponentResource {
    readonly functionName: pulumi.Output<string>;

    /** @param name The _unique_ name of the block lists. */
    constructor(name: string, args: BlockListsArgs, opts?: pulumi.ComponentResourceOptions) {
        super(componentType("enforcement", "BlockLists"), name, {}, opts);
        const child = { parent: this };
        const { environment, pipeline } = args;
        const bucket = pipeline.snapshotBucket;
        const queue = new PublishedQueue(
            `${name}-published`,
            {
                environment,
                topicArn: pipeline.publishedTopicArn,
                topicRegion: environment.region,
                functionTimeout: TIMEOUT_SECONDS,
            },
            child,
        );
        const lists = new InlineFunction(
            name,
            {
                handler: "block-lists",
                environment,
                description: "Writes block lists from the indicator snapshot",
                memorySize: 1024,
                timeout: TIMEOUT_SECONDS,
                maximumConcurrency: 1,
                variables: {
                    ACCOUNT_ID: environment.accountId,
                    SNAPSHOT_BUCKET: bucket.name,
                    LISTS_BUCKET: bucket.name,
                    LAKE_BUCKET: args.lakeBucketName,
                    LAKE_KMS_KEY: environment.kmsKeyArn,
                },
                statements: [
                    ...snapshotRead(bucket.arn),
                    {
                        Effect: "Allow",
                        Action: ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"],
                        Resource: pulumi.interpolate`${bucket.arn}/lists/*`,
                    },
                    {
                        Effect: "Allow",
                        Action: "s3:PutObject",
                        Resource: pulumi.interpolate`${args.lakeBucketArn}/enforcement/${environment.accountId}/*`,
                    },
                    {
                        Effect: "Allow",
                        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
                        Resource: environment.kmsKeyArn,
                    },
                    queue.consumerStatement,
                ],
            },
            child,
        );
        queue.consumedBy(name, lists.function.arn);
        this.functionName = lists.function.name;
        this.registerOutputs({ functionName: this.functionName });
    }
}
