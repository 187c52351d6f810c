import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { componentType, policyDocument, Statement } from "./naming";

export interface WorkQueueArgs {
    /** Who may send, given the queue's ARN. */
    readonly senders: (queueArn: pulumi.Output<string>) => Statement[];
    /** Time a message is hidden while it is worked on, in seconds: six times the consumer's timeout, as AWS advises. */
    readonly visibilityTimeout: number;
    /** Tries before a message becomes a dead letter. */
    readonly maxReceiveCount: number;
}

/** A queue that loses nothing: two weeks of retention, encrypted, with a queue for dead letters. */
export class WorkQueue extends pulumi.ComponentResource {
    readonly queue: aws.sqs.Queue;
    /** Ready to be sent to: notifications and subscriptions depend on it. */
    readonly policy: aws.sqs.QueuePolicy;
    readonly deadLetterQueueName: pulumi.Output<string>;

    /** @param name The _unique_ name of the queue. */
    constructor(name: string, args: WorkQueueArgs, opts?: pulumi.ComponentResourceOptions) {
        super(componentType("messaging", "WorkQueue"), name, {}, opts);
        const child = { parent: this };
        const shared = { messageRetentionSeconds: 14 * 86_400, sqsManagedSseEnabled: true };
        const deadLetters = new aws.sqs.Queue(`${name}-undelivered`, shared, child);
        this.queue = new aws.sqs.Queue(
            name,
            {
                ...shared,
                visibilityTimeoutSeconds: args.visibilityTimeout,
                redrivePolicy: pulumi.jsonStringify({
                    deadLetterTargetArn: deadLetters.arn,
                    maxReceiveCount: args.maxReceiveCount,
                }),
            },
            child,
        );
        this.policy = new aws.sqs.QueuePolicy(
            name,
            { queueUrl: this.queue.url, policy: policyDocument(args.senders(this.queue.arn)) },
            child,
        );
        this.deadLetterQueueName = deadLetters.name;
        new aws.cloudwatch.MetricAlarm(
            `${name}-undelivered`,
            {
                alarmDescription: `Messages of ${name} were given up after ${args.maxReceiveCount} tries: see the cause in the function's log, then re-drive the queue`,
                namespace: "AWS/SQS",
                metricName: "ApproximateNumberOfMessagesVisible",
                dimensions: { QueueName: deadLetters.name },
                statistic: "Maximum",
                comparisonOperator: "GreaterThanThreshold",
                threshold: 0,
                period: 300,
                evaluationPeriods: 1,
                treatMissingData: "notBreaching",
            },
            child,
        );
        this.registerOutputs({ queueUrl: this.queue.url });
    }
}

/** What a function needs to consume a queue. */
export function consumeStatement(queueArn: pulumi.Input<string>): Statement {
    return {
        Effect: "Allow",
        Action: [
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ChangeMessageVisibility",
        ],
        Resource: queueArn,
    };
}
