import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { componentType, serviceStatement, Statement } from "./naming";
import { consumeStatement, WorkQueue } from "./workQueue";

export interface S3TriggerArgs {
    readonly accountId: string;
    readonly bucketName: pulumi.Input<string>;
    readonly bucketArn: pulumi.Input<string>;
    /** Keys that wake the function begin so. */
    readonly prefix: string;
    /** The consumer's timeout in seconds. */
    readonly functionTimeout: number;
    readonly maxReceiveCount: number;
}

/** New objects of a bucket, as messages of a queue that a function consumes. */
export class S3Trigger extends pulumi.ComponentResource {
    readonly queueArn: pulumi.Output<string>;
    readonly queueUrl: pulumi.Output<string>;
    /** What the consumer's role needs. */
    readonly consumerStatement: Statement;

    /** @param name The _unique_ name of the trigger. */
    constructor(name: string, args: S3TriggerArgs, opts?: pulumi.ComponentResourceOptions) {
        super(componentType("messaging", "S3Trigger"), name, {}, opts);
        const work = new WorkQueue(
            name,
            {
                senders: (queueArn) => [
                    serviceStatement("s3.amazonaws.com", args.accountId, "sqs:SendMessage", queueArn, {
                        ArnEquals: { "aws:SourceArn": args.bucketArn },
                    }),
                ],
                visibilityTimeout: args.functionTimeout * 6,
                maxReceiveCount: args.maxReceiveCount,
            },
            { parent: this },
        );
        new aws.s3.BucketNotification(
            name,
            {
                bucket: args.bucketName,
                queues: [
                    { queueArn: work.queue.arn, events: ["s3:ObjectCreated:*"], filterPrefix: args.prefix },
                ],
            },
            { parent: this, dependsOn: work.policy },
        );
        this.queueArn = work.queue.arn;
        this.queueUrl = work.queue.url;
        this.consumerStatement = consumeStatement(work.queue.arn);
        this.registerOutputs({ queueUrl: this.queueUrl });
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
                scalingConfig: { maximumConcurrency: 10 },
            },
            { parent: this },
        );
    }
}
