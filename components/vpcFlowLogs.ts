import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Environment } from "./environment";
import { HubReference, LogSource } from "./logSource";
import { componentType, policyDocument } from "./naming";

export interface VpcFlowLogsArgs {
    readonly environment: Environment;
    readonly hub: HubReference;
    /** Fields in order, as in the flow log's own format. @default version 2 */
    readonly format?: string;
}

/** VPC flow logs: a log group that flow logs write to, its events to the enrich function by subscription. */
export class VpcFlowLogs extends pulumi.ComponentResource {
    readonly logGroupName: pulumi.Output<string>;
    /** Role that a flow log needs to write to the group. */
    readonly deliveryRoleArn: pulumi.Output<string>;
    readonly functionName: pulumi.Output<string>;

    /** @param name The _unique_ name of the source. */
    constructor(name: string, args: VpcFlowLogsArgs, opts?: pulumi.ComponentResourceOptions) {
        super(componentType("logs", "VpcFlowLogs"), name, {}, opts);
        const child = { parent: this };
        const { environment } = args;
        const logGroup = new aws.cloudwatch.LogGroup(
            name,
            { retentionInDays: environment.logRetentionDays, kmsKeyId: environment.kmsKeyArn },
            child,
        );
        const source = new LogSource(name, { ...args, kind: "vpcflow", timeout: 120, statements: [] }, child);
        const permission = new aws.lambda.Permission(
            name,
            {
                action: "lambda:InvokeFunction",
                function: source.function.name,
                principal: "logs.amazonaws.com",
                sourceAccount: environment.accountId,
                sourceArn: pulumi.interpolate`${logGroup.arn}:*`,
            },
            child,
        );
        new aws.cloudwatch.LogSubscriptionFilter(
            name,
            { logGroup: logGroup.name, destinationArn: source.function.arn, filterPattern: "" },
            { ...child, dependsOn: permission },
        );
        this.logGroupName = logGroup.name;
        this.deliveryRoleArn = this.deliveryRole(name, environment.accountId, logGroup.arn);
        this.functionName = source.function.name;
        this.registerOutputs({ logGroupName: this.logGroupName, deliveryRoleArn: this.deliveryRoleArn });
    }

    private deliveryRole(name: string, accountId: string, logGroupArn: pulumi.Output<string>) {
        const role = new aws.iam.Role(
            `${name}-delivery`,
            {
                assumeRolePolicy: policyDocument([
                    {
                        Effect: "Allow",
                        Principal: { Service: "vpc-flow-logs.amazonaws.com" },
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
                        Resource: [logGroupArn, pulumi.interpolate`${logGroupArn}:*`],
                    },
                ]),
            },
            { parent: this },
        );
        return role.arn;
    }
}
