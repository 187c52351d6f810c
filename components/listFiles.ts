import * as pulumi from "@pulumi/pulumi";
import { Environment } from "./environment";
import { serviceRole, Statement } from "./naming";
import { PrivateBucket } from "./privateBucket";

/** What a writer of list files below a prefix of a bucket needs. */
export function listFileStatements(
    { kmsKeyArn }: Environment,
    bucket: PrivateBucket,
    prefix: string,
): Statement[] {
    return [
        {
            Effect: "Allow",
            Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
            Resource: pulumi.interpolate`${bucket.arn}/${prefix}*`,
        },
        { Effect: "Allow", Action: "s3:ListBucket", Resource: bucket.arn },
        { Effect: "Allow", Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: kmsKeyArn },
    ];
}

/** Lets GuardDuty read list files that are encrypted with the key whose policy this is. */
export function guardDutyReadsLists(accountId: string): Statement {
    return {
        Sid: "GuardDutyReadsLists",
        Effect: "Allow",
        Principal: { AWS: serviceRole(accountId, "guardduty", "AmazonGuardDuty") },
        Action: "kms:Decrypt",
        Resource: "*",
    };
}
