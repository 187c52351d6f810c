import { Fixture, testRule, UNKNOWN } from "../../testing";
import { bucketEncryption } from "./bucketEncryption";

const bucket: Fixture = { type: "aws:s3/bucket:Bucket", name: "logs", props: { bucket: UNKNOWN } };

function configuration(rules: object[]): Fixture {
    return {
        type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        name: "encryption",
        props: { bucket: UNKNOWN, rules },
        dependencies: { bucket: ["logs"] },
    };
}

function algorithm(sseAlgorithm: string): object {
    return { applyServerSideEncryptionByDefault: { sseAlgorithm, kmsMasterKeyId: UNKNOWN } };
}

function letsIn(Service: string): Fixture {
    const allow = { Effect: "Allow", Principal: { Service }, Action: "s3:PutObject", Resource: "*" };
    return {
        type: "aws:s3/bucketPolicy:BucketPolicy",
        name: "policy",
        props: { bucket: UNKNOWN, policy: JSON.stringify({ Statement: [allow] }) },
        dependencies: { bucket: ["logs"] },
    };
}

testRule(bucketEncryption, {
    pass: {
        "a KMS key": [bucket, configuration([algorithm("aws:kms")])],
        "a key of S3 where a load balancer writes": [
            bucket,
            configuration([algorithm("AES256")]),
            letsIn("logdelivery.elasticloadbalancing.amazonaws.com"),
        ],
        "two layers of KMS": [bucket, configuration([algorithm("aws:kms:dsse")])],
    },
    fail: {
        "no configuration": [bucket, /add a BucketServerSideEncryptionConfiguration/],
        "a key of S3": [[bucket, configuration([algorithm("AES256")])], /aws:kms/],
        "a key of S3 where a writer could use KMS": [
            [bucket, configuration([algorithm("AES256")]), letsIn("delivery.logs.amazonaws.com")],
            /aws:kms/,
        ],
        "nothing where a load balancer writes": [
            [bucket, configuration([{}]), letsIn("logdelivery.elasticloadbalancing.amazonaws.com")],
            /aws:kms/,
        ],
        "no default": [[bucket, configuration([{ bucketKeyEnabled: true }])], /aws:kms/],
        "no rule": [[bucket, configuration([])], /aws:kms/],
    },
});
