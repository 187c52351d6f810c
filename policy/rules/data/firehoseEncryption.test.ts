import { Fixture, testRule, UNKNOWN } from "../../testing";
import { firehoseEncryption } from "./firehoseEncryption";

function stream(props: object): Fixture {
    return { type: "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream", props };
}

testRule(firehoseEncryption, {
    pass: {
        "a KMS key": stream({ extendedS3Configuration: { kmsKeyArn: "arn:aws:kms:x" } }),
        "a KMS key that is not known yet": stream({ extendedS3Configuration: { kmsKeyArn: UNKNOWN } }),
        "a KMS key for what search refused": stream({
            opensearchConfiguration: { s3Configuration: { kmsKeyArn: "arn:aws:kms:x" } },
        }),
    },
    fail: {
        "no key": [
            stream({ extendedS3Configuration: { bucketArn: "b" } }),
            /extendedS3Configuration.kmsKeyArn/,
        ],
        "no key for what search refused": [
            stream({ opensearchConfiguration: { s3Configuration: { bucketArn: "b" } } }),
            /opensearchConfiguration.s3Configuration.kmsKeyArn/,
        ],
    },
});
