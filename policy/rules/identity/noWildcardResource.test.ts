import { Fixture, testRule } from "../../testing";
import { noWildcardResource } from "./noWildcardResource";

function rolePolicy(action: string | string[], resource: string | string[]): Fixture {
    const statement = { Effect: "Allow", Action: action, Resource: resource };
    return {
        type: "aws:iam/rolePolicy:RolePolicy",
        props: { policy: JSON.stringify({ Statement: [statement] }) },
    };
}

testRule(noWildcardResource, {
    pass: {
        "wildcards inside an ARN": rolePolicy("s3:GetObject", "arn:aws:s3:::bucket/*"),
        "wildcards for account and region": rolePolicy("sts:AssumeRole", "arn:aws:iam::*:role/SyntheticSun"),
        "a log group's streams": rolePolicy(
            "logs:PutLogEvents",
            "arn:aws:logs:eu-west-1:111111111111:log-group:g:*",
        ),
        "actions that take no resource": rolePolicy(
            ["ec2:DescribeNetworkInterfaces", "ec2:CreateNetworkInterface", "XRay:PutTraceSegments"],
            "*",
        ),
        "a key policy": {
            type: "aws:kms/key:Key",
            props: {
                policy: JSON.stringify({ Statement: [{ Effect: "Allow", Action: "kms:*", Resource: "*" }] }),
            },
        },
    },
    fail: {
        "every resource": [rolePolicy("s3:GetObject", "*"), /"\*" of s3:GetObject/],
        "every resource beside a named one": [rolePolicy("s3:GetObject", ["arn:aws:s3:::b/*", "*"]), /"\*"/],
        "every bucket": [rolePolicy("s3:ListBucket", "arn:aws:s3:::*"), /arn:aws:s3:::\*/],
        "everything of a service": [rolePolicy("sqs:SendMessage", "arn:aws:sqs:*:*:*"), /arn:aws:sqs/],
        "every ARN": [rolePolicy("sqs:SendMessage", "arn:*"), /"arn:\*"/],
        "one action of several that takes a resource": [
            rolePolicy(["sts:GetCallerIdentity", "sqs:SendMessage"], "*"),
            /of sqs:SendMessage by/,
        ],
        "an inline policy of a role": [
            {
                type: "aws:iam/role:Role",
                props: {
                    inlinePolicies: [
                        {
                            policy: {
                                Statement: [{ Effect: "Allow", Action: "kms:Decrypt", Resource: "*" }],
                            },
                        },
                    ],
                },
            },
            /kms:Decrypt/,
        ],
        "all resources but some": [
            {
                type: "aws:iam/policy:Policy",
                props: {
                    policy: { Statement: { Effect: "Allow", Action: "s3:GetObject", NotResource: "x" } },
                },
            },
            /NotResource of s3:GetObject/,
        ],
    },
});
