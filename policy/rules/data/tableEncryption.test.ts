import { testRule, UNKNOWN } from "../../testing";
import { tableEncryption } from "./tableEncryption";

const type = "aws:dynamodb/table:Table";

testRule(tableEncryption, {
    pass: {
        "a KMS key": { type, props: { serverSideEncryption: { enabled: true, kmsKeyArn: "arn:aws:kms:x" } } },
        "a KMS key that is not known yet": {
            type,
            props: { serverSideEncryption: { enabled: true, kmsKeyArn: UNKNOWN } },
        },
    },
    fail: {
        "nothing said": [{ type, props: {} }, /serverSideEncryption/],
        "a key of AWS": [{ type, props: { serverSideEncryption: { enabled: true } } }, /kmsKeyArn/],
        "encryption turned off": [
            { type, props: { serverSideEncryption: { enabled: false, kmsKeyArn: "arn:aws:kms:x" } } },
            /enabled/,
        ],
    },
});
