import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { LogGroupSettings } from "../config/sources";
import { alarm } from "./alarm";
import { Environment } from "./environment";
import { LogGroupWay } from "./logKinds";
import { componentType, policyDocument } from "./naming";

export interface SubscriptionArgs {
    readonly environment: Environment;
    readonly way: LogGroupWay;
    readonly settings: LogGroupSettings;
    readonly consumer: aws.lambda.Function;
}

/** Seconds that events may wait for a function: it is called at once as long as it keeps up. */
const MAX_AGE_SECONDS = 900;

/** A log group, existing or made here, whose events wake a function. */
export class Subscription extends pulumi.ComponentResource {
    readonly logGroupName: pulumi.Output<string>;
    readonly logGroupArn: pulumi.Output<string>;
    /** Role that the writer of the log needs, if it needs one. */
    readonly writerRoleArn?: pulumi.Output<string>;

    /** @param name The _unique_ name of the subscription. */
    constructor(name: string, args: SubscriptionArgs, opts?: pulumi.ComponentResourceOptions) {
        super(componentType("logs", "Subscription"), name, {}, opts);
        const { environment, way, settings, consumer } = args;
        const { accountId, region } = environment;
        const child = { parent: this };
        if (settings.name === undefined) {
            const group = new aws.cloudwatch.LogGroup(
                `${name}-events`,
                { retentionInDays: environment.logRetentionDays, kmsKeyId: environment.kmsKeyArn },
                child,
            );
            this.logGroupName = group.name;
            this.logGroupArn = group.arn;
        } else {
            this.logGroupName = pulumi.output(settings.name);
            this.logGroupArn = pulumi.output(
                `arn:aws:logs:${region}:${accountId}:log-group:${settings.name}`,
            );
        }
        const permission = new aws.lambda.Permission(
            name,
            {
                action: "lambda:InvokeFunction",
                function: consumer.name,
                principal: "logs.amazonaws.com",
                sourceAccount: accountId,
                sourceArn: pulumi.interpolate`${this.logGroupArn}:*`,
            },
            child,
        );
        new aws.cloudwatch.LogSubscriptionFilter(
            name,
            { logGroup: this.logGroupName, destinationArn: consumer.arn, filterPattern: "" },
            { ...child, dependsOn: permission },
        );
        alarm(
            `${name}-age`,
            {
                environment,
                description: `Events wait for ${name}: the function is throttled or fails, see its metrics and its log`,
                namespace: "AWS/Lambda",
                metricName: "AsyncEventAge",
                dimensions: { FunctionName: consumer.name },
                statistic: "Maximum",
                threshold: MAX_AGE_SECONDS * 1000,
            },
            child,
        );
        if (way.writesWithRole) {
            this.writerRoleArn = this.writerRole(name, way.writesWithRole, accountId);
        }
        this.registerOutputs({ logGroupName: this.logGroupName, writerRoleArn: this.writerRoleArn });
    }

    private writerRole(name: string, service: string, accountId: string): pulumi.Output<string> {
        const role = new aws.iam.Role(
            `${name}-delivery`,
            {
                assumeRolePolicy: policyDocument([
                    {
                        Effect: "Allow",
                        Principal: { Service: service },
                        Action: "sts:AssumeRole",
                        Condition: { StringEquals: { "aws:SourceAccount": accountId } },
                    },
                ]),
            },
            { parent: this },
        );
        new aws.iam.RolePolicy(
            `${name}-delivery`,
            {
                role: role.id,
                policy: policyDocument([
                    {
                        Effect: "Allow",
                        Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                        Resource: [this.logGroupArn, pulumi.interpolate`${this.logGroupArn}:*`],
                    },
                ]),
            },
            { parent: this },
        );
        return role.arn;
    }
}
