import { testRule } from "../../testing";
import { searchNodeToNode } from "./searchNodeToNode";

const type = "aws:opensearch/domain:Domain";

testRule(searchNodeToNode, {
    pass: { encryption: { type, props: { nodeToNodeEncryption: { enabled: true } } } },
    fail: {
        "nothing said": [{ type, props: {} }, /nodeToNodeEncryption/],
        "encryption turned off": [
            { type, props: { nodeToNodeEncryption: { enabled: false } } },
            /nodeToNodeEncryption/,
        ],
    },
});
