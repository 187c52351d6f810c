import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Environment } from "./environment";
import { LogBucket } from "./logBucket";
import { componentType, policyDocument } from "./naming";

export interface WafDeliveryArgs {
    readonly environment: Environment;
    readonly bucket: LogBucket;
}

/** The Firehose stream that a web ACL sends its log to, and that writes it into the source's bucket. */
export class WafDelivery extends pulumi.ComponentResource {
    readonly streamArn: pulumi.Output<string>;

    /** @param name The _unique_ name of the stream. */
    constructor(name: string, args: WafDeliveryArgs, opts?: pulumi.ComponentResourceOptions) {
        super(componentType("logs", "WafDelivery"), name, {}, opts);
        const child = { parent: this };
        const { bucket } = args;
        const { accountId, region } = args.environment;
        const kmsKeyArn = bucket.existingName === undefined ? args.environment.kmsKeyArn : bucket.kmsKeyArn;
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
                        Resource: [bucket.prefix, UNDELIVERED].map(
                            (prefix) => pulumi.interpolate`${bucket.arn}/${prefix}*`,
                        ),
                    },
                    {
                        Effect: "Allow",
                        Action: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
                        Resource: bucket.arn,
                    },
                    {
                        Effect: "Allow",
                        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
                        Resource: [args.environment.kmsKeyArn, ...(kmsKeyArn ? [kmsKeyArn] : [])],
                    },
                ]),
            },
            child,
        );
        const stream = new aws.kinesis.FirehoseDeliveryStream(
            name,
            {
                // WAF takes only streams whose name begins so.
                name: `aws-waf-logs-${name}`,
                destination: "extended_s3",
                serverSideEncryption: {
                    enabled: true,
                    keyType: "CUSTOMER_MANAGED_CMK",
                    keyArn: args.environment.kmsKeyArn,
                },
                extendedS3Configuration: {
                    roleArn: role.arn,
                    bucketArn: bucket.arn,
                    prefix: `${bucket.prefix}${region}/!{timestamp:yyyy/MM/dd/HH}/`,
                    errorOutputPrefix: `${UNDELIVERED}!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/`,
                    bufferingSize: 5,
                    bufferingInterval: 60,
                    compressionFormat: "GZIP",
                    kmsKeyArn,
                },
            },
            { ...child, dependsOn: policy },
        );
        this.streamArn = stream.arn;
        this.registerOutputs({ streamArn: this.streamArn });
    }
}

const UNDELIVERED = "undelivered/";
