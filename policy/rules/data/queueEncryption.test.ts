import { testRule, UNKNOWN } from "../../testing";
import { queueEncryption } from "./queueEncryption";

const type = "aws:sqs/queue:Queue";

testRule(queueEncryption, {
    pass: {
        "a KMS key": { type, props: { kmsMasterKeyId: "alias/syntheticsun" } },
        "a KMS key that is not known yet": { type, props: { kmsMasterKeyId: UNKNOWN } },
        "a key of SQS": { type, props: { sqsManagedSseEnabled: true } },
    },
    fail: {
        "nothing said": [{ type, props: {} }, /kmsMasterKeyId/],
        "encryption turned off": [{ type, props: { sqsManagedSseEnabled: false } }, /sqsManagedSseEnabled/],
    },
});
