import { testRule } from "../../testing";
import { tableRecovery } from "./tableRecovery";

const type = "aws:dynamodb/table:Table";

testRule(tableRecovery, {
    pass: { recovery: { type, props: { pointInTimeRecovery: { enabled: true } } } },
    fail: {
        "nothing said": [{ type, props: {} }, /pointInTimeRecovery/],
        "recovery turned off": [
            { type, props: { pointInTimeRecovery: { enabled: false } } },
            /pointInTimeRecovery/,
        ],
    },
});
