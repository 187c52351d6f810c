import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { BucketNotifier } from "./bucketNotifier";
import { Environment } from "./environment";
import { componentType, serviceStatement, Statement } from "./naming";
import { consumeStatement, WorkQueue } from "./workQueue";

export interface S3TriggerArgs {
    readonly environment: Environment;
    readonly bucket: {
        readonly name: pulumi.Input<string>;
        readonly arn: pulumi.Input<string>;
        /** Set when the bucket is not ours, so that others may have notifications on it. */
        readonly existingName?: string;
    };
    /** Keys that wake the function begin so. */
    readonly prefix: string;
    /** The consumer's timeout in seconds. */
    readonly functionTimeout: number;
    readonly maxReceiveCount: number;
    /** Triggers of the same existing bucket that must be there first: two at once would undo each other. */
    readonly after?: readonly pulumi.Resource[];
}

/** Copies of the consumer that one queue keeps busy at most: the rest of the account's functions have room too. */
const MAXIMUM_CONCURRENCY = 10;

/** New objects of a bucket, as messages of a queue that a function consumes. */
export class S3Trigger extends pulumi.ComponentResource {
    readonly queueArn: pulumi.Output<string>;
    readonly queueUrl: pulumi.Output<string>;
    /** What the consumer's role needs. */
    readonly consumerStatement: Statement;

    /** @param name The _unique_ name of the trigger. */
    constructor(name: string, args: S3TriggerArgs, opts?: pulumi.ComponentResourceOptions) {
        super(componentType("messaging", "S3Trigger"), name, {}, opts);
        const { environment, bucket } = args;
        const work = new WorkQueue(
            name,
            {
                environment,
                senders: (queueArn) => [
                    serviceStatement("s3.amazonaws.com", environment.accountId, "sqs:SendMessage", queueArn, {
                        ArnEquals: { "aws:SourceArn": bucket.arn },
                    }),
                ],
                visibilityTimeout: args.functionTimeout * 6,
                maxReceiveCount: args.maxReceiveCount,
            },
            { parent: this },
        );
        this.notify(name, args, work);
        this.queueArn = work.queue.arn;
        this.queueUrl = work.queue.url;
        this.consumerStatement = consumeStatement(work.queue.arn);
        this.registerOutputs({ queueUrl: this.queueUrl });
    }

    private notify(
        name: string,
        { environment, bucket, prefix, after = [] }: S3TriggerArgs,
        work: WorkQueue,
    ) {
        if (bucket.existingName !== undefined) {
            new BucketNotifier(
                name,
                {
                    environment,
                    bucketName: bucket.existingName,
                    queueArn: work.queue.arn,
                    prefix,
                    after: [...after, work.policy],
                },
                { parent: this },
            );
            return;
        }
        new aws.s3.BucketNotification(
            name,
            {
                bucket: bucket.name,
                queues: [
                    {
                        queueArn: work.queue.arn,
                        events: ["s3:ObjectCreated:*"],
                        filterPrefix: prefix || undefined,
                    },
                ],
            },
            { parent: this, dependsOn: work.policy },
        );
    }

    /** Lets a function consume the queue, with partial-batch answers. */
    consumedBy(name: string, consumer: aws.lambda.Function, batchSize: number): void {
        new aws.lambda.EventSourceMapping(
            name,
            {
                eventSourceArn: this.queueArn,
                functionName: consumer.arn,
                batchSize,
                functionResponseTypes: ["ReportBatchItemFailures"],
                scalingConfig: { maximumConcurrency: MAXIMUM_CONCURRENCY },
            },
            { parent: this },
        );
    }
}
