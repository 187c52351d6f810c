import { Fixture, testRule } from "../../testing";
import { noWildcardAction } from "./noWildcardAction";

function allowing(action: unknown): object {
    return {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: action, Resource: "arn:aws:s3:::b/*" }],
    };
}

function rolePolicy(document: object): Fixture {
    return { type: "aws:iam/rolePolicy:RolePolicy", props: { role: "r", policy: JSON.stringify(document) } };
}

testRule(noWildcardAction, {
    pass: {
        "named actions": rolePolicy(allowing(["s3:GetObject", "s3:Get*"])),
        "a statement that is no list": rolePolicy({ Statement: { Effect: "Allow", Action: "s3:GetObject" } }),
        "a denial of everything": rolePolicy({ Statement: [{ Effect: "Deny", Action: "*", Resource: "*" }] }),
        "a role without permissions": {
            type: "aws:iam/role:Role",
            props: { assumeRolePolicy: JSON.stringify(allowing("sts:*")) },
        },
        "other resources": { type: "aws:kms/key:Key", props: { policy: JSON.stringify(allowing("kms:*")) } },
    },
    fail: {
        "every action": [rolePolicy(allowing("*")), /"\*"/],
        "every action of a service": [rolePolicy(allowing(["sqs:SendMessage", "s3:*"])), /"s3:\*"/],
        "all but some": [rolePolicy({ Statement: [{ Effect: "Allow", NotAction: "iam:*" }] }), /NotAction/],
        "a document that is an object": [
            { type: "aws:iam/policy:Policy", props: { policy: allowing("kms:*") } },
            /"kms:\*"/,
        ],
        "a user's policy": [
            { type: "aws:iam/userPolicy:UserPolicy", props: { policy: JSON.stringify(allowing("*:*")) } },
            /"\*:\*"/,
        ],
        "a group's policy": [
            { type: "aws:iam/groupPolicy:GroupPolicy", props: { policy: JSON.stringify(allowing("*")) } },
            /"\*"/,
        ],
        "an inline policy of a role": [
            {
                type: "aws:iam/role:Role",
                props: { inlinePolicies: [{ name: "p", policy: JSON.stringify(allowing("ec2:*")) }] },
            },
            /"ec2:\*"/,
        ],
        "what is no JSON": [
            { type: "aws:iam/policy:Policy", props: { policy: "{ Statement }" } },
            /valid JSON/,
        ],
    },
});
