import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Environment } from "./environment";
import { geoRead } from "./geoDatabases";
import { InlineFunction } from "./inlineFunction";
import { componentType, policyDocument, Statement } from "./naming";
import { PrivateBucket } from "./privateBucket";

export interface IocPipelineArgs {
    readonly environment: Environment;
    readonly mispUrl: string;
    readonly mispTags: readonly string[];
    /** EventBridge Scheduler expression. */
    readonly schedule: string;
    /** IPs, CIDRs and domains that are never an indicator. */
    readonly allowList: readonly string[];
    /** Documentation ranges count as addresses: for tests on the local cloud. */
    readonly allowDocumentation: boolean;
}

/**
 * From feeds to the indicator snapshot: the collector fills the IOC table on a schedule, the compiler writes what the
 * table holds as one binary object and tells the spokes.
 */
export class IocPipeline extends pulumi.ComponentResource {
    readonly tableName: pulumi.Output<string>;
    readonly mispSecretArn: pulumi.Output<string>;
    readonly snapshotBucket: PrivateBucket;
    readonly publishedTopicArn: pulumi.Output<string>;
    readonly collectFunction: pulumi.Output<string>;
    readonly compileFunction: pulumi.Output<string>;

    /** @param name The _unique_ name of the pipeline. */
    constructor(name: string, args: IocPipelineArgs, opts?: pulumi.ComponentResourceOptions) {
        super(componentType("indicators", "IocPipeline"), name, {}, opts);
        const child = { parent: this };
        const { environment } = args;
        const { organizationId, kmsKeyArn } = environment;

        const table = new aws.dynamodb.Table(
            `${name}-ioc`,
            {
                billingMode: "PAY_PER_REQUEST",
                hashKey: "value",
                attributes: [{ name: "value", type: "S" }],
                ttl: { attributeName: "expiresAt", enabled: true },
                serverSideEncryption: { enabled: true, kmsKeyArn },
                pointInTimeRecovery: { enabled: true },
                deletionProtectionEnabled: !environment.disposable,
            },
            child,
        );
        const secret = new aws.secretsmanager.Secret(
            `${name}-misp-key`,
            {
                description:
                    "Read-only MISP key of the collector. Its value is put by hand or by MISP's set-up",
                kmsKeyId: kmsKeyArn,
                recoveryWindowInDays: environment.disposable ? 0 : 30,
            },
            child,
        );
        this.snapshotBucket = new PrivateBucket(
            `${name}-snapshots`,
            { environment, statements: (bucketArn) => snapshotReaders(bucketArn, organizationId) },
            child,
        );
        const topic = new aws.sns.Topic(`${name}-published`, { kmsMasterKeyId: kmsKeyArn }, child);
        new aws.sns.TopicPolicy(
            `${name}-published`,
            { arn: topic.arn, policy: policyDocument(topicSubscribers(topic.arn, organizationId)) },
            child,
        );

        const useKey: Statement = {
            Effect: "Allow",
            Action: ["kms:Decrypt", "kms:GenerateDataKey"],
            Resource: kmsKeyArn,
        };
        const compile = new InlineFunction(
            `${name}-compile`,
            {
                handler: "compile",
                environment,
                description: "Compiles the IOC table into the indicator snapshot and publishes it",
                memorySize: 1024,
                timeout: 900,
                variables: {
                    IOC_TABLE: table.name,
                    SNAPSHOT_BUCKET: this.snapshotBucket.name,
                    PUBLISHED_TOPIC: topic.arn,
                },
                statements: [
                    { Effect: "Allow", Action: "dynamodb:Scan", Resource: table.arn },
                    ...snapshotRead(this.snapshotBucket.arn),
                    {
                        Effect: "Allow",
                        Action: "s3:PutObject",
                        Resource: snapshotObjects(this.snapshotBucket.arn),
                    },
                    { Effect: "Allow", Action: "sns:Publish", Resource: topic.arn },
                    useKey,
                ],
            },
            child,
        );
        const collect = new InlineFunction(
            `${name}-collect`,
            {
                handler: "collect",
                environment,
                description: "Collects indicators from MISP into the IOC table",
                memorySize: 1024,
                timeout: 900,
                variables: {
                    IOC_TABLE: table.name,
                    MISP_URL: args.mispUrl,
                    MISP_SECRET_ARN: secret.arn,
                    MISP_TAGS: args.mispTags.join(","),
                    ALLOW_LIST: args.allowList.join(","),
                    ALLOW_DOCUMENTATION: String(args.allowDocumentation),
                    COMPILE_FUNCTION: compile.function.name,
                },
                statements: [
                    {
                        Effect: "Allow",
                        Action: ["dynamodb:Scan", "dynamodb:BatchWriteItem"],
                        Resource: table.arn,
                    },
                    { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: secret.arn },
                    { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: compile.function.arn },
                    useKey,
                ],
            },
            child,
        );
        this.schedule(name, args, collect.function);

        this.tableName = table.name;
        this.mispSecretArn = secret.arn;
        this.publishedTopicArn = topic.arn;
        this.collectFunction = collect.function.name;
        this.compileFunction = compile.function.name;
        this.registerOutputs({ tableName: this.tableName, snapshotBucketName: this.snapshotBucket.name });
    }

    private schedule(name: string, args: IocPipelineArgs, collect: aws.lambda.Function): void {
        const role = new aws.iam.Role(
            `${name}-schedule`,
            {
                assumeRolePolicy: policyDocument([
                    {
                        Effect: "Allow",
                        Principal: { Service: "scheduler.amazonaws.com" },
                        Action: "sts:AssumeRole",
                        Condition: { StringEquals: { "aws:SourceAccount": args.environment.accountId } },
                    },
                ]),
            },
            { parent: this },
        );
        new aws.iam.RolePolicy(
            `${name}-schedule`,
            {
                role: role.id,
                policy: policyDocument([
                    { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: collect.arn },
                ]),
            },
            { parent: this },
        );
        new aws.scheduler.Schedule(
            `${name}-collect`,
            {
                scheduleExpression: args.schedule,
                flexibleTimeWindow: { mode: "OFF" },
                kmsKeyArn: args.environment.kmsKeyArn,
                target: { arn: collect.arn, roleArn: role.arn },
            },
            { parent: this },
        );
    }
}

/** Everyone of the organization may read snapshots and geographic databases. */
function snapshotReaders(bucketArn: pulumi.Output<string>, organizationId: string): Statement[] {
    return [...snapshotRead(bucketArn), geoRead(bucketArn)].map((statement) => ({
        ...statement,
        Principal: { AWS: "*" },
        Condition: { StringEquals: { "aws:PrincipalOrgID": organizationId } },
    }));
}

/** What a reader of snapshots needs. Listing makes an absent snapshot a 404 instead of a 403. */
export function snapshotRead(bucketArn: pulumi.Input<string>): Statement[] {
    return [
        { Effect: "Allow", Action: "s3:GetObject", Resource: snapshotObjects(bucketArn) },
        { Effect: "Allow", Action: "s3:ListBucket", Resource: bucketArn },
    ];
}

function snapshotObjects(bucketArn: pulumi.Input<string>): pulumi.Input<string>[] {
    return [pulumi.interpolate`${bucketArn}/current.json`, pulumi.interpolate`${bucketArn}/snapshots/*`];
}

function topicSubscribers(topicArn: pulumi.Output<string>, organizationId: string): Statement[] {
    return [
        {
            Sid: "OrganizationSubscribes",
            Effect: "Allow",
            Principal: { AWS: "*" },
            Action: "sns:Subscribe",
            Resource: topicArn,
            Condition: { StringEquals: { "aws:PrincipalOrgID": organizationId } },
        },
    ];
}
