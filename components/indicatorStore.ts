import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Environment } from "./environment";
import { geoRead } from "./geoDatabases";
import { componentType, policyDocument, Statement } from "./naming";
import { PrivateBucket } from "./privateBucket";

export interface IndicatorStoreArgs {
    readonly environment: Environment;
}

/** Where indicators are kept: the IOC table, analysts' overrides, feeds' lists and snapshots, and the topic that tells. */
export class IndicatorStore extends pulumi.ComponentResource {
    readonly table: aws.dynamodb.Table;
    readonly overrides: aws.dynamodb.Table;
    readonly bucket: PrivateBucket;
    readonly publishedTopicArn: pulumi.Output<string>;

    /** @param name The _unique_ name of the store. */
    constructor(name: string, { environment }: IndicatorStoreArgs, opts?: pulumi.ComponentResourceOptions) {
        super(componentType("indicators", "IndicatorStore"), name, {}, opts);
        const child = { parent: this };
        const { organizationId, kmsKeyArn } = environment;
        const shared = {
            billingMode: "PAY_PER_REQUEST",
            hashKey: "value",
            serverSideEncryption: { enabled: true, kmsKeyArn },
            pointInTimeRecovery: { enabled: true },
            deletionProtectionEnabled: !environment.disposable,
        };
        this.table = new aws.dynamodb.Table(
            `${name}-ioc`,
            {
                ...shared,
                attributes: [{ name: "value", type: "S" }],
                ttl: { attributeName: "expiresAt", enabled: true },
            },
            child,
        );
        // Only ever added to: the table is the record of who decided what.
        this.overrides = new aws.dynamodb.Table(
            `${name}-overrides`,
            {
                ...shared,
                rangeKey: "at",
                attributes: [
                    { name: "value", type: "S" },
                    { name: "at", type: "S" },
                ],
            },
            child,
        );
        this.bucket = new PrivateBucket(
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
        this.publishedTopicArn = topic.arn;
        this.registerOutputs({ tableName: this.table.name, bucketName: this.bucket.name });
    }

    /** Objects below these prefixes of the bucket. */
    objects(...prefixes: readonly string[]): pulumi.Output<string>[] {
        return prefixes.map((prefix) => pulumi.interpolate`${this.bucket.arn}/${prefix}`);
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
        {
            Effect: "Allow",
            Action: "s3:GetObject",
            Resource: [
                pulumi.interpolate`${bucketArn}/current.json`,
                pulumi.interpolate`${bucketArn}/snapshots/*`,
            ],
        },
        { Effect: "Allow", Action: "s3:ListBucket", Resource: bucketArn },
    ];
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
