import { testRule, UNKNOWN } from "../../testing";
import { secretEncryption } from "./secretEncryption";

const type = "aws:secretsmanager/secret:Secret";

testRule(secretEncryption, {
    pass: {
        "a KMS key": { type, props: { kmsKeyId: "arn:aws:kms:eu-west-1:111111111111:key/k" } },
        "a KMS key that is not known yet": { type, props: { kmsKeyId: UNKNOWN } },
    },
    fail: {
        "no key": [{ type, props: {} }, /kmsKeyId/],
        "an empty key": [{ type, props: { kmsKeyId: "" } }, /kmsKeyId/],
    },
});
