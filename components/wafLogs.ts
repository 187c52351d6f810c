import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Environment } from "./environment";
import { HubReference, LogSource } from "./logSource";
import { componentType, policyDocument } from "./naming";
import { PrivateBucket } from "./privateBucket";
import { S3Trigger } from "./s3Trigger";

export interface WafLogsArgs {
    readonly environment: Environment;
    readonly hub: HubReference;
}

const TIMEOUT_SECONDS = 300;

/** WAF logs: Firehose to S3, new objects to the enrich function through a queue. */
export class WafLogs extends pulumi.ComponentResource {
    readonly bucketName: pulumi.Output<string>;
    /** Where a web ACL sends its log. */
    readonly streamArn: pulumi.Output<string>;
    readonly functionName: pulumi.Output<string>;

    /** @param name The _unique_ name of the source. */
    constructor(name: string, args: WafLogsArgs, opts?: pulumi.ComponentResourceOptions) {
        super(componentType("logs", "WafLogs"), name, {}, opts);
        const child = { parent: this };
        const { environment } = args;
        const bucket = new PrivateBucket(name, { environment, expireAfterDays: 30 }, child);
        const trigger = new S3Trigger(
            name,
            {
                accountId: environment.accountId,
                bucketName: bucket.name,
                bucketArn: bucket.arn,
                prefix: "AWSLogs/",
                functionTimeout: TIMEOUT_SECONDS,
                maxReceiveCount: 10,
            },
            child,
        );
        const source = new LogSource(
            name,
            {
                ...args,
                kind: "waf",
                timeout: TIMEOUT_SECONDS,
                statements: [
                    {
                        Effect: "Allow",
                        Action: "s3:GetObject",
                        Resource: pulumi.interpolate`${bucket.arn}/AWSLogs/*`,
                    },
                    // Listing makes an object that is gone a 404 instead of a 403.
                    { Effect: "Allow", Action: "s3:ListBucket", Resource: bucket.arn },
                    trigger.consumerStatement,
                ],
            },
            child,
        );
        trigger.consumedBy(name, source.function, 10);
        this.bucketName = bucket.name;
        this.streamArn = this.stream(name, environment, bucket).arn;
        this.functionName = source.function.name;
        this.registerOutputs({ bucketName: this.bucketName, streamArn: this.streamArn });
    }

    private stream(name: string, environment: Environment, bucket: PrivateBucket) {
        const child = { parent: this };
        const { accountId, region, kmsKeyArn } = environment;
        const role = new aws.iam.Role(
            `${name}-firehose`,
            {
                assumeRolePolicy: policyDocument([
                    {
                        Effect: "Allow",
                        Principal: { Service: "firehose.amazonaws.com" },
                        Action: "sts:AssumeRole",
                        Condition: { StringEquals: { "sts:ExternalId": accountId } },
                    },
                ]),
            },
            child,
        );
        const policy = new aws.iam.RolePolicy(
            `${name}-firehose`,
            {
                role: role.id,
                policy: policyDocument([
                    {
                        Effect: "Allow",
                        Action: ["s3:PutObject", "s3:AbortMultipartUpload"],
                        Resource: pulumi.interpolate`${bucket.arn}/*`,
                    },
                    {
                        Effect: "Allow",
                        Action: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
                        Resource: bucket.arn,
                    },
                    { Effect: "Allow", Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: kmsKeyArn },
                ]),
            },
            child,
        );
        return new aws.kinesis.FirehoseDeliveryStream(
            name,
            {
                // WAF takes only streams whose name begins so.
                name: `aws-waf-logs-${name}`,
                destination: "extended_s3",
                serverSideEncryption: {
                    enabled: true,
                    keyType: "CUSTOMER_MANAGED_CMK",
                    keyArn: kmsKeyArn,
                },
                extendedS3Configuration: {
                    roleArn: role.arn,
                    bucketArn: bucket.arn,
                    prefix: `AWSLogs/${accountId}/WAFLogs/${region}/!{timestamp:yyyy/MM/dd/HH}/`,
                    errorOutputPrefix: "undelivered/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/",
                    bufferingSize: 5,
                    bufferingInterval: 60,
                    compressionFormat: "GZIP",
                    kmsKeyArn,
                },
            },
            { ...child, dependsOn: policy },
        );
    }
}
