import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import * as path from "node:path";
import { REPO_DIR } from "../local/paths";
import { optionalDependencies } from "../package.json";

/** What the program under test may be told to do differently from one update to the next. */
export interface Variation {
    retentionInDays: number;
    greeting: string;
    visibilityTimeoutSeconds: number;
    team: string;
}

export const FIRST: Variation = {
    retentionInDays: 7,
    greeting: "hello",
    visibilityTimeoutSeconds: 30,
    team: "blue",
};

const trust = (service: string): string =>
    JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
    });

const allow = (Action: string[], Resource: pulumi.Input<string>): pulumi.Output<string> =>
    pulumi.jsonStringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource }] });

function storage(key: aws.kms.Key, tags: Record<string, string>): aws.s3.Bucket {
    const bucket = new aws.s3.Bucket("lake", { forceDestroy: true, tags });
    const at = { bucket: bucket.id };
    new aws.s3.BucketOwnershipControls("lake", { ...at, rule: { objectOwnership: "BucketOwnerEnforced" } });
    new aws.s3.BucketPublicAccessBlock("lake", {
        ...at,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
    });
    new aws.s3.BucketVersioning("lake", { ...at, versioningConfiguration: { status: "Enabled" } });
    new aws.s3.BucketServerSideEncryptionConfiguration("lake", {
        ...at,
        rules: [
            {
                bucketKeyEnabled: true,
                applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn },
            },
        ],
    });
    new aws.s3.BucketLifecycleConfiguration("lake", {
        ...at,
        rules: [
            {
                id: "old",
                status: "Enabled",
                filter: { prefix: "raw/" },
                expiration: { days: 30 },
                noncurrentVersionExpiration: { noncurrentDays: 7 },
                abortIncompleteMultipartUpload: { daysAfterInitiation: 2 },
                transitions: [{ days: 10, storageClass: "GLACIER" }],
            },
        ],
    });
    new aws.s3.BucketPolicy("lake", {
        ...at,
        policy: pulumi.jsonStringify({
            Version: "2012-10-17",
            Statement: [
                {
                    Effect: "Deny",
                    Principal: "*",
                    Action: "s3:*",
                    Resource: [bucket.arn, pulumi.interpolate`${bucket.arn}/*`],
                    Condition: { Bool: { "aws:SecureTransport": "false" } },
                },
            ],
        }),
    });
    new aws.s3.BucketObjectv2("note", {
        bucket: bucket.id,
        key: "notes/licence",
        source: new pulumi.asset.FileAsset(path.join(REPO_DIR, "LICENSE")),
        contentType: "text/plain",
        serverSideEncryption: "aws:kms",
        kmsKeyId: key.arn,
    });
    return bucket;
}

function messaging(bucket: aws.s3.Bucket, vary: Variation): aws.sqs.Queue {
    const dead = new aws.sqs.Queue("dead", { sqsManagedSseEnabled: true, messageRetentionSeconds: 86400 });
    const queue = new aws.sqs.Queue("work", {
        visibilityTimeoutSeconds: vary.visibilityTimeoutSeconds,
        redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 3 }),
        tags: { team: vary.team },
    });
    const policy = new aws.sqs.QueuePolicy("work", {
        queueUrl: queue.url,
        policy: pulumi.jsonStringify({
            Version: "2012-10-17",
            Statement: [
                {
                    Effect: "Allow",
                    Principal: { Service: "s3.amazonaws.com" },
                    Action: "sqs:SendMessage",
                    Resource: queue.arn,
                    Condition: { ArnEquals: { "aws:SourceArn": bucket.arn } },
                },
            ],
        }),
    });
    new aws.s3.BucketNotification(
        "lake",
        {
            bucket: bucket.id,
            queues: [{ queueArn: queue.arn, events: ["s3:ObjectCreated:*"], filterPrefix: "raw/" }],
        },
        { dependsOn: policy },
    );
    const topic = new aws.sns.Topic("news", { displayName: "News" });
    new aws.sns.TopicPolicy("news", {
        arn: topic.arn,
        policy: pulumi.jsonStringify({
            Version: "2012-10-17",
            Statement: [
                {
                    Effect: "Allow",
                    Principal: { AWS: "222222222222" },
                    Action: "sns:Subscribe",
                    Resource: topic.arn,
                },
            ],
        }),
    });
    new aws.sns.TopicSubscription("news", {
        topic: topic.arn,
        protocol: "sqs",
        endpoint: queue.arn,
        rawMessageDelivery: true,
    });
    return queue;
}

function compute(queue: aws.sqs.Queue, table: aws.dynamodb.Table, vary: Variation): aws.lambda.Function {
    const role = new aws.iam.Role("worker", {
        assumeRolePolicy: trust("lambda.amazonaws.com"),
        managedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"],
    });
    new aws.iam.RolePolicy("worker", { role: role.id, policy: allow(["sqs:*", "dynamodb:*"], "*") });
    new aws.iam.RolePolicyAttachment("worker", {
        role: role.name,
        policyArn: "arn:aws:iam::aws:policy/SecurityAudit",
    });
    const group = new aws.cloudwatch.LogGroup("worker", { retentionInDays: vary.retentionInDays });
    const greeting = vary.greeting;
    const worker = new aws.lambda.CallbackFunction("worker", {
        role,
        runtime: "nodejs22.x",
        memorySize: 256,
        timeout: 30,
        environment: { variables: { TABLE: table.name } },
        loggingConfig: { logFormat: "Text", logGroup: group.name },
        deadLetterConfig: { targetArn: queue.arn },
        reservedConcurrentExecutions: 5,
        callback: async (event: { name?: string; tf?: unknown }) => ({
            text: `${greeting}, ${event.name}`,
            table: process.env.TABLE,
            lifecycle: event.tf,
        }),
        codePathOptions: { extraExcludePackages: Object.keys(optionalDependencies) },
    });
    new aws.lambda.Permission("worker", {
        action: "lambda:InvokeFunction",
        function: worker.name,
        principal: "events.amazonaws.com",
    });
    new aws.lambda.EventSourceMapping("worker", {
        eventSourceArn: queue.arn,
        functionName: worker.arn,
        batchSize: 10,
        enabled: false,
        functionResponseTypes: ["ReportBatchItemFailures"],
        scalingConfig: { maximumConcurrency: 5 },
    });
    new aws.lambda.EventSourceMapping("stream", {
        eventSourceArn: table.streamArn,
        functionName: worker.arn,
        batchSize: 10,
        enabled: false,
        startingPosition: "LATEST",
        maximumRetryAttempts: 2,
        bisectBatchOnFunctionError: true,
        destinationConfig: { onFailure: { destinationArn: queue.arn } },
    });
    new aws.lambda.FunctionEventInvokeConfig("worker", {
        functionName: worker.name,
        maximumRetryAttempts: 0,
        maximumEventAgeInSeconds: 300,
    });
    new aws.cloudwatch.LogSubscriptionFilter("worker", {
        logGroup: group.name,
        filterPattern: "",
        destinationArn: worker.arn,
    });
    new aws.cloudwatch.MetricAlarm("worker", {
        comparisonOperator: "GreaterThanThreshold",
        evaluationPeriods: 1,
        metricName: "Errors",
        namespace: "AWS/Lambda",
        period: 60,
        statistic: "Sum",
        threshold: 0,
        dimensions: { FunctionName: worker.name },
        treatMissingData: "notBreaching",
    });
    const rule = new aws.cloudwatch.EventRule("worker", {
        eventPattern: JSON.stringify({ source: ["test.worker"] }),
    });
    new aws.cloudwatch.EventTarget("worker", {
        rule: rule.name,
        arn: worker.arn,
        retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 3 },
        deadLetterConfig: { arn: queue.arn },
    });
    const caller = new aws.iam.Role("caller", { assumeRolePolicy: trust("scheduler.amazonaws.com") });
    new aws.scheduler.Schedule("worker", {
        scheduleExpression: "rate(1 hour)",
        flexibleTimeWindow: { mode: "OFF" },
        target: {
            arn: worker.arn,
            roleArn: caller.arn,
            input: "{}",
            retryPolicy: { maximumRetryAttempts: 1 },
        },
    });
    return worker;
}

function edge(): aws.wafv2.IpSet {
    const set = new aws.wafv2.IpSet(
        "bad",
        {
            scope: "REGIONAL",
            ipAddressVersion: "IPV4",
            addresses: [],
        },
        { ignoreChanges: ["addresses"] },
    );
    const metric = (metricName: string) => ({
        cloudwatchMetricsEnabled: true,
        sampledRequestsEnabled: true,
        metricName,
    });
    const acl = new aws.wafv2.WebAcl("edge", {
        scope: "REGIONAL",
        defaultAction: { allow: {} },
        visibilityConfig: metric("edge"),
        rules: [
            {
                name: "bad",
                priority: 0,
                action: { block: {} },
                visibilityConfig: metric("bad"),
                statement: { ipSetReferenceStatement: { arn: set.arn } },
            },
            {
                name: "common",
                priority: 1,
                overrideAction: { none: {} },
                visibilityConfig: metric("common"),
                statement: {
                    managedRuleGroupStatement: { vendorName: "AWS", name: "AWSManagedRulesCommonRuleSet" },
                },
            },
        ],
    });
    new aws.wafv2.WebAclLoggingConfiguration("edge", {
        resourceArn: acl.arn,
        logDestinationConfigs: ["arn:aws:firehose:us-east-1:111111111111:deliverystream/x"],
    });
    return set;
}

function network(): pulumi.Output<string[]> {
    const vpc = new awsx.ec2.Vpc("net", {
        cidrBlock: "10.20.0.0/16",
        numberOfAvailabilityZones: 2,
        natGateways: { strategy: "Single" },
        subnetStrategy: "Auto",
        subnetSpecs: [{ type: "Public" }, { type: "Private" }, { type: "Isolated", name: "data" }],
        tags: { team: "net" },
    });
    const group = new aws.ec2.SecurityGroup("inside", {
        vpcId: vpc.vpcId,
        description: "inside",
        egress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["10.20.0.0/16"] }],
    });
    new aws.vpc.SecurityGroupIngressRule("https", {
        securityGroupId: group.id,
        ipProtocol: "tcp",
        fromPort: 443,
        toPort: 443,
        cidrIpv4: "10.20.0.0/16",
    });
    new aws.vpc.SecurityGroupEgressRule("all", {
        securityGroupId: group.id,
        ipProtocol: "-1",
        cidrIpv4: "10.20.1.0/24",
    });
    new aws.ec2.DefaultSecurityGroup("none", { vpcId: vpc.vpcId });
    const s3 = new aws.ec2.VpcEndpoint("s3", {
        vpcId: vpc.vpcId,
        serviceName: "com.amazonaws.us-east-1.s3",
        routeTableIds: vpc.routeTables.apply((tables) => pulumi.all(tables.map((table) => table.id))),
    });
    new aws.vpc.SecurityGroupEgressRule("s3", {
        securityGroupId: group.id,
        prefixListId: s3.prefixListId,
        ipProtocol: "tcp",
        fromPort: 443,
        toPort: 443,
    });
    new aws.ec2.VpcEndpoint("logs", {
        vpcId: vpc.vpcId,
        serviceName: "com.amazonaws.us-east-1.logs",
        vpcEndpointType: "Interface",
        subnetIds: vpc.privateSubnetIds,
        securityGroupIds: [group.id],
        privateDnsEnabled: true,
    });
    return vpc.isolatedSubnetIds;
}

/** Nearly every type the provider has, wired as a real program wires them. */
export async function everything(vary: Variation): Promise<Record<string, pulumi.Input<unknown>>> {
    const { accountId } = await aws.getCallerIdentity();
    const { names } = await aws.getAvailabilityZones({ state: "available" });
    const key = new aws.kms.Key("main", {
        enableKeyRotation: true,
        description: "main",
        deletionWindowInDays: 7,
    });
    new aws.kms.Alias("main", { name: "alias/main", targetKeyId: key.keyId });
    const bucket = storage(key, { team: vary.team });
    const queue = messaging(bucket, vary);
    const table = new aws.dynamodb.Table("items", {
        billingMode: "PAY_PER_REQUEST",
        hashKey: "pk",
        rangeKey: "sk",
        attributes: ["pk", "sk", "kind"].map((name) => ({ name, type: "S" })),
        globalSecondaryIndexes: [{ name: "byKind", hashKey: "kind", projectionType: "ALL" }],
        ttl: { attributeName: "expires", enabled: true },
        pointInTimeRecovery: { enabled: true },
        streamEnabled: true,
        streamViewType: "NEW_AND_OLD_IMAGES",
        serverSideEncryption: { enabled: true, kmsKeyArn: key.arn },
    });
    const worker = compute(queue, table, vary);
    const called = new aws.lambda.Invocation("worker", {
        functionName: worker.name,
        input: JSON.stringify({ name: vary.team }),
        lifecycleScope: "CRUD",
    });
    const set = edge();
    const secret = new aws.secretsmanager.Secret("api", { kmsKeyId: key.arn, recoveryWindowInDays: 0 });
    new aws.secretsmanager.SecretPolicy("api", {
        secretArn: secret.arn,
        policy: pulumi.jsonStringify({
            Version: "2012-10-17",
            Statement: [
                {
                    Effect: "Deny",
                    Principal: { AWS: "222222222222" },
                    Action: "secretsmanager:GetSecretValue",
                    Resource: "*",
                },
            ],
        }),
    });
    const delivery = new aws.iam.Role("delivery", { assumeRolePolicy: trust("firehose.amazonaws.com") });
    new aws.kinesis.FirehoseDeliveryStream("logs", {
        destination: "extended_s3",
        extendedS3Configuration: {
            roleArn: delivery.arn,
            bucketArn: bucket.arn,
            prefix: "raw/",
            errorOutputPrefix: "errors/",
            compressionFormat: "GZIP",
            bufferingInterval: 60,
            bufferingSize: 5,
            kmsKeyArn: key.arn,
        },
        serverSideEncryption: { enabled: true, keyType: "AWS_OWNED_CMK" },
    });
    const domain = new aws.opensearch.Domain("search", {
        engineVersion: "OpenSearch_2.19",
        clusterConfig: { instanceType: "r6g.large.search", instanceCount: 1 },
        ebsOptions: { ebsEnabled: true, volumeSize: 20, volumeType: "gp3" },
        encryptAtRest: { enabled: true },
        nodeToNodeEncryption: { enabled: true },
        domainEndpointOptions: { enforceHttps: true, tlsSecurityPolicy: "Policy-Min-TLS-1-2-2019-07" },
        logPublishingOptions: [
            { logType: "AUDIT_LOGS", cloudwatchLogGroupArn: "arn:aws:logs:us-east-1:1:log-group:x" },
        ],
    });
    const isolated = network();
    const flow = new aws.ec2.Vpc("plain", { cidrBlock: "10.99.0.0/24", tags: { a: "b" } });
    new aws.ec2.FlowLog("plain", {
        vpcId: flow.id,
        trafficType: "ALL",
        logDestinationType: "s3",
        logDestination: bucket.arn,
    });
    return {
        accountId,
        zones: names,
        bucket: bucket.bucket,
        queueUrl: queue.url,
        workerName: worker.name,
        called: called.result,
        tableArn: table.arn,
        streamArn: table.streamArn,
        ipSetId: set.id,
        ipSetName: set.name,
        domainArn: domain.arn,
        secretArn: secret.arn,
        isolated,
        keyArn: key.arn,
        mainTable: flow.mainRouteTableId,
    };
}
