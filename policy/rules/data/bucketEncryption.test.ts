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

testRule(bucketEncryption, {
    pass: {
        "a KMS key": [bucket, configuration([algorithm("aws:kms")])],
        "two layers of KMS": [bucket, configuration([algorithm("aws:kms:dsse")])],
    },
    fail: {
        "no configuration": [bucket, /add a BucketServerSideEncryptionConfiguration/],
        "a key of S3": [[bucket, configuration([algorithm("AES256")])], /aws:kms/],
        "no default": [[bucket, configuration([{ bucketKeyEnabled: true }])], /aws:kms/],
        "no rule": [[bucket, configuration([])], /aws:kms/],
    },
});
