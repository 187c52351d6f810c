import { Fixture, testRule } from "../../testing";
import { noAwsFullAccess } from "./noAwsFullAccess";

const AWS = "arn:aws:iam::aws:policy";

function attachment(kind: string, policyArn: string): Fixture {
    return { type: `aws:iam/${kind[0].toLowerCase()}${kind.slice(1)}:${kind}`, props: { policyArn } };
}

testRule(noAwsFullAccess, {
    pass: {
        "an AWS policy for one task": attachment(
            "RolePolicyAttachment",
            `${AWS}/service-role/AWSLambdaBasicExecutionRole`,
        ),
        "a policy of one's own": attachment(
            "RolePolicyAttachment",
            "arn:aws:iam::111111111111:policy/FullAccess",
        ),
        "a role without managed policies": { type: "aws:iam/role:Role", props: {} },
    },
    fail: {
        "full access of a role": [
            attachment("RolePolicyAttachment", `${AWS}/AmazonS3FullAccess`),
            /S3FullAccess/,
        ],
        "full access of a user": [
            attachment("UserPolicyAttachment", `${AWS}/AdministratorAccess`),
            /Administrator/,
        ],
        "full access of a group": [
            attachment("GroupPolicyAttachment", `${AWS}/PowerUserAccess`),
            /PowerUser/,
        ],
        "a versioned name": [attachment("PolicyAttachment", `${AWS}/CloudWatchFullAccessV2`), /FullAccessV2/],
        "another partition": [
            attachment("RolePolicyAttachment", "arn:aws-us-gov:iam::aws:policy/IAMFullAccess"),
            /IAMFullAccess/,
        ],
        "managed policies of a role": [
            { type: "aws:iam/role:Role", props: { managedPolicyArns: [`${AWS}/AWSLambda_FullAccess`] } },
            /AWSLambda_FullAccess/,
        ],
    },
});
