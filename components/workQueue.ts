import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { alarm, deadLetterAlarm } from "./alarm";
import { Environment } from "./environment";
import { componentType, policyDocument, Statement } from "./naming";

export interface WorkQueueArgs {
    readonly environment: Environment;
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
        deadLetterAlarm(
            `${name}-undelivered`,
            args.environment,
            deadLetters.name,
            `Messages of ${name} were given up after ${args.maxReceiveCount} tries: see the cause in the function's log, then re-drive the queue`,
            child,
        );
        alarm(
            `${name}-age`,
            {
                environment: args.environment,
                description: `A message of ${name} waits for longer than two tries take: the function fails or cannot keep up`,
                namespace: "AWS/SQS",
                metricName: "ApproximateAgeOfOldestMessage",
                dimensions: { QueueName: this.queue.name },
                statistic: "Maximum",
                threshold: 2 * args.visibilityTimeout,
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
