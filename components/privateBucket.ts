import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Environment } from "./environment";
import { componentType, policyDocument, Statement } from "./naming";

export interface PrivateBucketArgs {
    readonly environment: Environment;
    /** Days after which objects are removed. @default kept for ever */
    readonly expireAfterDays?: number;
    /** Encrypt with S3's own keys: for a writer that cannot use the stack's key. @default false */
    readonly encryptedByS3?: boolean;
    /** Statements beside the one that denies plain HTTP, given the bucket's ARN. */
    readonly statements?: (bucketArn: pulumi.Output<string>) => Statement[];
}

/** A bucket that nothing outside reaches: encrypted, versioned, TLS only, owner enforced. */
export class PrivateBucket extends pulumi.ComponentResource {
    readonly name: pulumi.Output<string>;
    readonly arn: pulumi.Output<string>;

    /** @param name The _unique_ name of the bucket. */
    constructor(name: string, args: PrivateBucketArgs, opts?: pulumi.ComponentResourceOptions) {
        super(componentType("storage", "PrivateBucket"), name, {}, opts);
        const child = { parent: this };
        const bucket = new aws.s3.Bucket(name, { forceDestroy: args.environment.disposable }, child);
        const access = new aws.s3.BucketPublicAccessBlock(
            name,
            {
                bucket: bucket.id,
                blockPublicAcls: true,
                blockPublicPolicy: true,
                ignorePublicAcls: true,
                restrictPublicBuckets: true,
            },
            child,
        );
        new aws.s3.BucketServerSideEncryptionConfiguration(
            name,
            {
                bucket: bucket.id,
                rules: [
                    {
                        bucketKeyEnabled: !args.encryptedByS3,
                        applyServerSideEncryptionByDefault: args.encryptedByS3
                            ? { sseAlgorithm: "AES256" }
                            : { sseAlgorithm: "aws:kms", kmsMasterKeyId: args.environment.kmsKeyArn },
                    },
                ],
            },
            child,
        );
        new aws.s3.BucketVersioning(
            name,
            { bucket: bucket.id, versioningConfiguration: { status: "Enabled" } },
            child,
        );
        new aws.s3.BucketOwnershipControls(
            name,
            { bucket: bucket.id, rule: { objectOwnership: "BucketOwnerEnforced" } },
            child,
        );
        new aws.s3.BucketLifecycleConfiguration(
            name,
            { bucket: bucket.id, rules: lifecycleRules(args.expireAfterDays) },
            child,
        );
        const statements = [denyPlainHttp(bucket.arn), ...(args.statements?.(bucket.arn) ?? [])];
        // A policy is checked against the public access block: two changes at once conflict.
        new aws.s3.BucketPolicy(
            name,
            { bucket: bucket.id, policy: policyDocument(statements) },
            { ...child, dependsOn: access },
        );
        this.name = bucket.id;
        this.arn = bucket.arn;
        this.registerOutputs({ name: this.name, arn: this.arn });
    }
}

function denyPlainHttp(bucketArn: pulumi.Output<string>): Statement {
    return {
        Sid: "DenyPlainHttp",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [bucketArn, pulumi.interpolate`${bucketArn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
    };
}

function lifecycleRules(
    expireAfterDays: number | undefined,
): aws.types.input.s3.BucketLifecycleConfigurationRule[] {
    return [
        {
            id: "clean-up",
            status: "Enabled",
            filter: { prefix: "" },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
            noncurrentVersionExpiration: { noncurrentDays: 30 },
            ...(expireAfterDays ? { expiration: { days: expireAfterDays } } : {}),
        },
    ];
}
