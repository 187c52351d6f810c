import { Fixture, testRule } from "../../testing";
import { keyPolicyNotPublic } from "./keyPolicyNotPublic";

function policy(type: string, statement: object): Fixture {
    const allow = { Effect: "Allow", Action: "kms:Decrypt", Resource: "*", ...statement };
    return { type, props: { policy: JSON.stringify({ Statement: [allow] }) } };
}

testRule(keyPolicyNotPublic, {
    pass: {
        "a named account": policy("aws:kms/keyPolicy:KeyPolicy", {
            Principal: { AWS: "arn:aws:iam::111111111111:root" },
        }),
        "everybody of an organization": policy("aws:kms/keyPolicy:KeyPolicy", {
            Principal: { AWS: "*" },
            Condition: { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } },
        }),
        "no policy": { type: "aws:kms/key:Key", props: {} },
    },
    fail: {
        everybody: [policy("aws:kms/keyPolicy:KeyPolicy", { Principal: "*" }), /principals of kms:Decrypt/],
        "everybody in a policy of its own": [
            policy("aws:kms/key:Key", { Principal: { AWS: "*" } }),
            /principals of kms:Decrypt/,
        ],
    },
});
