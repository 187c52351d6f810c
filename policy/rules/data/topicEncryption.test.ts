import { testRule, UNKNOWN } from "../../testing";
import { topicEncryption } from "./topicEncryption";

const type = "aws:sns/topic:Topic";

testRule(topicEncryption, {
    pass: {
        "a KMS key": { type, props: { kmsMasterKeyId: "arn:aws:kms:eu-west-1:111111111111:key/k" } },
        "a KMS key that is not known yet": { type, props: { kmsMasterKeyId: UNKNOWN } },
    },
    fail: {
        "no key": [{ type, props: {} }, /kmsMasterKeyId/],
        "an empty key": [{ type, props: { kmsMasterKeyId: "" } }, /kmsMasterKeyId/],
    },
});
