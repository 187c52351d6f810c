import assert from "node:assert/strict";
import { Fixture, testRule, UNKNOWN, violations } from "../../testing";
import { lambdaEnvironment } from "./lambdaEnvironment";

function lambda(variables: Record<string, string>): Fixture {
    return { type: "aws:lambda/function:Function", props: { environment: { variables } } };
}

testRule(lambdaEnvironment, {
    pass: {
        "harmless names": lambda({ IOC_TABLE: "table", KEYWORDS: "a", SNAPSHOT_BUCKET: UNKNOWN }),
        "a secret's ARN": lambda({
            MISP_SECRET_ARN: "arn:aws:secretsmanager:eu-west-1:111111111111:secret:misp",
        }),
        "a key's id": lambda({
            KMS_KEY: "1234abcd-12ab-34cd-56ef-1234567890ab",
            OTHER_KEY: "alias/syntheticsun",
        }),
        "no environment": { type: "aws:lambda/function:Function", props: {} },
    },
    fail: {
        "a key": [lambda({ MISP_KEY: "d0c2b7" }), /MISP_KEY/],
        "a secret": [lambda({ clientSecret: "d0c2b7" }), /clientSecret/],
        "a password": [lambda({ DB_PASSWORD_1: "d0c2b7" }), /DB_PASSWORD_1/],
        "a token": [lambda({ GITHUB_TOKEN: "d0c2b7" }), /GITHUB_TOKEN/],
    },
});

describe("lambda-no-secret-in-environment in a preview", () => {
    it("reports what is known and says that the rest is not", async () => {
        const messages = await violations(
            lambdaEnvironment,
            lambda({ A_SECRET: UNKNOWN, B_TOKEN: "d0c2b7" }),
        );
        assert.equal(messages.length, 2);
        assert.match(messages[0], /B_TOKEN/);
        assert.match(messages[1], /during preview/);
    });
});
