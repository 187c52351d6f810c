import { testRule } from "../../testing";
import { searchEncryption } from "./searchEncryption";

const type = "aws:opensearch/domain:Domain";

testRule(searchEncryption, {
    pass: { encryption: { type, props: { encryptAtRest: { enabled: true } } } },
    fail: {
        "nothing said": [{ type, props: {} }, /encryptAtRest/],
        "encryption turned off": [{ type, props: { encryptAtRest: { enabled: false } } }, /encryptAtRest/],
    },
});
