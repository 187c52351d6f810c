import { Fixture, testRule } from "../../testing";
import { queuePolicyNotPublic } from "./queuePolicyNotPublic";

function policy(type: string, statement: object): Fixture {
    const allow = { Effect: "Allow", Action: "sqs:SendMessage", Resource: "*", ...statement };
    return { type, props: { policy: JSON.stringify({ Statement: [allow] }) } };
}

testRule(queuePolicyNotPublic, {
    pass: {
        "a named account": policy("aws:sqs/queuePolicy:QueuePolicy", {
            Principal: { AWS: "arn:aws:iam::111111111111:root" },
        }),
        "everybody of an organization": policy("aws:sqs/queuePolicy:QueuePolicy", {
            Principal: { AWS: "*" },
            Condition: { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } },
        }),
        "no policy": { type: "aws:sqs/queue:Queue", props: {} },
    },
    fail: {
        everybody: [
            policy("aws:sqs/queuePolicy:QueuePolicy", { Principal: "*" }),
            /principals of sqs:SendMessage/,
        ],
        "everybody in a policy of its own": [
            policy("aws:sqs/queue:Queue", { Principal: { AWS: "*" } }),
            /principals of sqs:SendMessage/,
        ],
    },
});
