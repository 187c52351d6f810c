import { Fixture, testRule } from "../../testing";
import { bucketPolicyNotPublic } from "./bucketPolicyNotPublic";

function policy(statement: object): Fixture {
    const read = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*", ...statement };
    return {
        type: "aws:s3/bucketPolicy:BucketPolicy",
        props: { bucket: "b", policy: JSON.stringify({ Version: "2012-10-17", Statement: [read] }) },
    };
}

function everybodyIf(Condition: object): Fixture {
    return policy({ Principal: { AWS: "*" }, Condition });
}

testRule(bucketPolicyNotPublic, {
    pass: {
        "a named account": policy({ Principal: { AWS: "arn:aws:iam::111111111111:root" } }),
        "a service": policy({ Principal: { Service: "delivery.logs.amazonaws.com" } }),
        "a denial to everybody": policy({
            Effect: "Deny",
            Principal: "*",
            Condition: { Bool: { "aws:SecureTransport": "false" } },
        }),
        "everybody of an organization": everybodyIf({
            StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" },
        }),
        "everybody from a source": everybodyIf({ ArnLike: { "AWS:SourceArn": "arn:aws:s3:::other" } }),
        "a bucket without policy": { type: "aws:s3/bucket:Bucket", props: {} },
    },
    fail: {
        everybody: [policy({ Principal: "*" }), /principals of s3:GetObject/],
        "everybody as an AWS principal": [
            policy({ Principal: { AWS: ["111111111111", "*"] } }),
            /principals/,
        ],
        "everybody but some": [policy({ NotPrincipal: { AWS: "111111111111" } }), /NotPrincipal/],
        "a condition on something else": [
            everybodyIf({ Bool: { "aws:SecureTransport": "true" } }),
            /principals/,
        ],
        "a condition that a missing key meets": [
            everybodyIf({ StringEqualsIfExists: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } }),
            /principals/,
        ],
        "a condition that an empty set meets": [
            everybodyIf({ "ForAllValues:StringEquals": { "aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*" } }),
            /principals/,
        ],
        "a condition that everything meets": [
            everybodyIf({ StringLike: { "aws:PrincipalOrgID": "*" } }),
            /principals/,
        ],
        "a condition that excludes": [
            everybodyIf({ StringNotEquals: { "aws:PrincipalAccount": "111111111111" } }),
            /principals/,
        ],
        "a policy inside the bucket": [
            { type: "aws:s3/bucket:Bucket", props: { policy: policyText({ Principal: "*" }) } },
            /principals/,
        ],
    },
});

function policyText(statement: object): string {
    return JSON.stringify({ Statement: { Effect: "Allow", Action: "s3:GetObject", ...statement } });
}
