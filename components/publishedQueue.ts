import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Environment } from "./environment";
import { componentType, Statement } from "./naming";
import { consumeStatement, WorkQueue } from "./workQueue";

export interface PublishedQueueArgs {
    readonly environment: Environment;
    readonly topicArn: pulumi.Input<string>;
    /** The topic's, which is the hub's. */
    readonly topicRegion: pulumi.Input<string>;
    /** Seconds that the consumer may take. */
    readonly functionTimeout: number;
}

/** Tells a function of each published snapshot, until it has heard. */
export class PublishedQueue extends pulumi.ComponentResource {
    /** What the consumer needs. */
    readonly consumerStatement: Statement;
    private readonly work: WorkQueue;

    /** @param name The _unique_ name of the queue. */
    constructor(name: string, args: PublishedQueueArgs, opts?: pulumi.ComponentResourceOptions) {
        super(componentType("messaging", "PublishedQueue"), name, {}, opts);
        const child = { parent: this };
        this.work = new WorkQueue(
            name,
            {
                environment: args.environment,
                senders: (queueArn): Statement[] => [
                    {
                        Effect: "Allow",
                        Principal: { Service: "sns.amazonaws.com" },
                        Action: "sqs:SendMessage",
                        Resource: queueArn,
                        Condition: { ArnEquals: { "aws:SourceArn": args.topicArn } },
                    },
                ],
                visibilityTimeout: args.functionTimeout * 6,
                maxReceiveCount: 5,
            },
            child,
        );
        this.consumerStatement = consumeStatement(this.work.queue.arn);
        new aws.sns.TopicSubscription(
            name,
            {
                topic: args.topicArn,
                protocol: "sqs",
                endpoint: this.work.queue.arn,
                // A topic's subscriptions live in the topic's region.
                region: args.topicRegion,
            },
            { ...child, dependsOn: this.work.policy },
        );
        this.registerOutputs();
    }

    /** Hands the messages to the function. One at a time: two that enforce would undo each other's work. */
    consumedBy(name: string, functionArn: pulumi.Input<string>): void {
        new aws.lambda.EventSourceMapping(
            name,
            {
                eventSourceArn: this.work.queue.arn,
                functionName: functionArn,
                batchSize: 10,
                functionResponseTypes: ["ReportBatchItemFailures"],
            },
            { parent: this },
        );
    }
}
