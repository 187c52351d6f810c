import { testRule } from "../../testing";
import { keyRotation } from "./keyRotation";

const type = "aws:kms/key:Key";

testRule(keyRotation, {
    pass: {
        rotation: { type, props: { enableKeyRotation: true } },
        "a key that cannot be rotated": { type, props: { customerMasterKeySpec: "RSA_2048" } },
    },
    fail: {
        "nothing said": [{ type, props: {} }, /enableKeyRotation/],
        "rotation turned off": [{ type, props: { enableKeyRotation: false } }, /enableKeyRotation/],
    },
});
