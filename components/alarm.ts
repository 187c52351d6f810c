import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Environment } from "./environment";

export interface AlarmArgs {
    readonly environment: Environment;
    /** What happened and what to do about it. */
    readonly description: string;
    readonly namespace: "AWS/SQS" | "AWS/Lambda" | "SyntheticSun";
    readonly metricName: string;
    readonly dimensions: Record<string, pulumi.Input<string>>;
    readonly statistic: "Maximum" | "Sum";
    /** A five-minute period above it is alarming. In the metric's own unit. */
    readonly threshold: number;
}

/** An alarm that a single five-minute period sets off, told to the stack's topic, its end too. No data is no alarm. */
export function alarm(
    name: string,
    args: AlarmArgs,
    opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.MetricAlarm {
    const { environment, description, ...metric } = args;
    const actions = environment.alarmTopicArn ? [environment.alarmTopicArn] : [];
    return new aws.cloudwatch.MetricAlarm(
        name,
        {
            ...metric,
            alarmDescription: description,
            comparisonOperator: "GreaterThanThreshold",
            period: 300,
            evaluationPeriods: 1,
            treatMissingData: "notBreaching",
            alarmActions: actions,
            okActions: actions,
        },
        opts,
    );
}

/** Tells of messages that a dead-letter queue holds. */
export function deadLetterAlarm(
    name: string,
    environment: Environment,
    queueName: pulumi.Input<string>,
    description: string,
    opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.MetricAlarm {
    return alarm(
        name,
        {
            environment,
            description,
            namespace: "AWS/SQS",
            metricName: "ApproximateNumberOfMessagesVisible",
            dimensions: { QueueName: queueName },
            statistic: "Maximum",
            threshold: 0,
        },
        opts,
    );
}
