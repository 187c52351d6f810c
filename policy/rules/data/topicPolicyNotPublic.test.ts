import { Fixture, testRule } from "../../testing";
import { topicPolicyNotPublic } from "./topicPolicyNotPublic";

function policy(type: string, statement: object): Fixture {
    const allow = { Effect: "Allow", Action: "sns:Publish", Resource: "*", ...statement };
    return { type, props: { policy: JSON.stringify({ Statement: [allow] }) } };
}

testRule(topicPolicyNotPublic, {
    pass: {
        "a named account": policy("aws:sns/topicPolicy:TopicPolicy", {
            Principal: { AWS: "arn:aws:iam::111111111111:root" },
        }),
        "everybody of an organization": policy("aws:sns/topicPolicy:TopicPolicy", {
            Principal: { AWS: "*" },
            Condition: { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } },
        }),
        "no policy": { type: "aws:sns/topic:Topic", props: {} },
    },
    fail: {
        everybody: [
            policy("aws:sns/topicPolicy:TopicPolicy", { Principal: "*" }),
            /principals of sns:Publish/,
        ],
        "everybody in a policy of its own": [
            policy("aws:sns/topic:Topic", { Principal: { AWS: "*" } }),
            /principals of sns:Publish/,
        ],
    },
});
