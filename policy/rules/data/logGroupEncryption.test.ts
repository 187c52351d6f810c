import { testRule, UNKNOWN } from "../../testing";
import { logGroupEncryption } from "./logGroupEncryption";

const type = "aws:cloudwatch/logGroup:LogGroup";

testRule(logGroupEncryption, {
    pass: {
        "a KMS key": { type, props: { kmsKeyId: "arn:aws:kms:eu-west-1:111111111111:key/k" } },
        "a KMS key that is not known yet": { type, props: { kmsKeyId: UNKNOWN } },
    },
    fail: {
        "no key": [{ type, props: {} }, /kmsKeyId/],
        "an empty key": [{ type, props: { kmsKeyId: "" } }, /kmsKeyId/],
    },
});
