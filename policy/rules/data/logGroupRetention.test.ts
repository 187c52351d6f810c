import { testRule } from "../../testing";
import { logGroupRetention } from "./logGroupRetention";

const type = "aws:cloudwatch/logGroup:LogGroup";

testRule(logGroupRetention, {
    pass: { "a year": { type, props: { retentionInDays: 365 } } },
    fail: {
        "nothing said": [{ type, props: {} }, /retentionInDays/],
        "for ever": [{ type, props: { retentionInDays: 0 } }, /retentionInDays/],
    },
});
