import { PolicyDocument, reportPublicStatements } from "../../document";
import { resourceRule, securityHub } from "../../rule";

export const bucketPolicyNotPublic = resourceRule<{ readonly policy?: PolicyDocument }>({
    ...securityHub("S3.2"),
    name: "s3-policy-not-public",
    description: "No bucket policy lets everybody in.",
    severity: "critical",
    remediationSteps:
        "Name the principals, or hold everybody to an organization, account or source with a condition.",
    types: ["aws:s3/bucketPolicy:BucketPolicy", "aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"],
    check: (props, report) => reportPublicStatements(props.policy, report),
});
