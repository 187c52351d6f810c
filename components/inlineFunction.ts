import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { alarm, deadLetterAlarm } from "./alarm";
import { bundleHandler, HandlerName } from "./bundle";
import { Environment } from "./environment";
import { optionalDependencies } from "../package.json";
import { componentType, policyDocument, Statement } from "./naming";
import { Network } from "./network";

export interface InlineFunctionArgs {
    /** File in `functions/handlers/` whose `createHandler(env)` makes the handler. */
    readonly handler: HandlerName;
    readonly environment: Environment;
    /** What the function may do beside writing its log and its dead letters. */
    readonly statements: readonly Statement[];
    /** Environment variables. Never a secret: pass its ARN. */
    readonly variables: Record<string, pulumi.Input<string>>;
    readonly description: string;
    /** MiB. @default 512 */
    readonly memorySize?: number;
    /** Seconds. @default 300 */
    readonly timeout?: number;
    /** Upper bound of copies that run at once. @default no bound of its own */
    readonly maximumConcurrency?: number;
    /** Left out, the function is in no VPC. */
    readonly network?: Network;
}

/**
 * The one way to make a Lambda function here: own role with nothing but what it needs, log group with retention and
 * key, a queue that keeps the events it failed on, alarms, explicit runtime, memory and timeout.
 *
 * The callback is one line over an esbuild bundle: what a callback captures runs 33 times slower, since it is
 * serialized into a `with` block.
 */
export class InlineFunction extends pulumi.ComponentResource {
    readonly function: aws.lambda.Function;
    /** Keeps what an asynchronous invocation failed on: the event, the error, the function. */
    readonly deadLetters: aws.sqs.Queue;
    private readonly role: aws.iam.Role;

    /** @param name The _unique_ name of the function. */
    constructor(name: string, args: InlineFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
        super(componentType("compute", "InlineFunction"), name, {}, opts);
        const child = { parent: this };
        const { kmsKeyArn, logRetentionDays } = args.environment;
        const logGroup = new aws.cloudwatch.LogGroup(
            name,
            { retentionInDays: logRetentionDays, kmsKeyId: kmsKeyArn },
            child,
        );
        this.deadLetters = new aws.sqs.Queue(
            `${name}-dead-letters`,
            { messageRetentionSeconds: 14 * 86_400, sqsManagedSseEnabled: true },
            child,
        );
        const role = new aws.iam.Role(name, { assumeRolePolicy: LAMBDA_TRUST }, child);
        this.role = role;
        const policy = new aws.iam.RolePolicy(
            name,
            {
                role: role.id,
                policy: policyDocument([
                    {
                        Effect: "Allow",
                        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
                        Resource: pulumi.interpolate`${logGroup.arn}:*`,
                    },
                    { Effect: "Allow", Action: "sqs:SendMessage", Resource: this.deadLetters.arn },
                    ...(args.network ? [NETWORK_INTERFACES] : []),
                    ...args.statements,
                ]),
            },
            child,
        );
        const bundle = bundleHandler(args.handler);
        this.function = new aws.lambda.CallbackFunction(
            name,
            {
                description: args.description,
                runtime: "nodejs22.x",
                architectures: ["arm64"],
                memorySize: args.memorySize ?? 512,
                timeout: args.timeout ?? 300,
                reservedConcurrentExecutions: args.maximumConcurrency,
                role,
                environment: { variables: args.variables },
                kmsKeyArn,
                loggingConfig: { logFormat: "Text", logGroup: logGroup.name },
                ...(args.network
                    ? {
                          vpcConfig: {
                              subnetIds: args.network.privateSubnetIds,
                              securityGroupIds: [args.network.clientSecurityGroupId],
                          },
                      }
                    : {}),
                callbackFactory: () => require(bundle).createHandler(process.env),
                codePathOptions: {
                    extraIncludePaths: [bundle],
                    // All of the function is in the bundle; these would be added by Pulumi.
                    extraExcludePackages: Object.keys(optionalDependencies),
                },
            },
            { ...child, dependsOn: policy },
        );
        new aws.lambda.FunctionEventInvokeConfig(
            name,
            {
                functionName: this.function.name,
                maximumRetryAttempts: 2,
                maximumEventAgeInSeconds: 6 * 3600,
                destinationConfig: { onFailure: { destination: this.deadLetters.arn } },
            },
            child,
        );
        this.watch(name, args.environment);
        this.registerOutputs({ functionArn: this.function.arn });
    }

    /** Lets the function invoke itself, to go on with work that outlasts its time. */
    mayInvokeItself(name: string): void {
        const statement: Statement = {
            Effect: "Allow",
            Action: "lambda:InvokeFunction",
            Resource: this.function.arn,
        };
        new aws.iam.RolePolicy(
            `${name}-itself`,
            { role: this.role.id, policy: policyDocument([statement]) },
            { parent: this },
        );
    }

    private watch(name: string, environment: Environment): void {
        const child = { parent: this };
        alarm(
            `${name}-errors`,
            {
                environment,
                description: `${name} crashed or ran out of time: see its log. Bad records are no errors, they go to quarantine`,
                namespace: "AWS/Lambda",
                metricName: "Errors",
                dimensions: { FunctionName: this.function.name },
                statistic: "Sum",
                threshold: 0,
            },
            child,
        );
        deadLetterAlarm(
            `${name}-dead-letters`,
            environment,
            this.deadLetters.name,
            `Events of ${name} were given up: each message of the queue has the event and the error`,
            child,
        );
    }
}

const LAMBDA_TRUST = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
        { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
    ],
});

/** What Lambda itself needs of a role in a VPC; these actions know no resource (Lambda developer guide, VPC). */
const NETWORK_INTERFACES: Statement = {
    Effect: "Allow",
    Action: [
        "ec2:CreateNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:DeleteNetworkInterface",
        "ec2:AssignPrivateIpAddresses",
        "ec2:UnassignPrivateIpAddresses",
    ],
    Resource: "*",
};
