import { securityHub, stackRule } from "../../rule";
import { bucketsOf, siblingsOf } from "./bucketSiblings";

const SETTINGS = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

export const bucketNoPublicAccess = stackRule({
    ...securityHub("S3.8"),
    name: "s3-block-public-access",
    description: "Each bucket blocks public access, whatever its policy and ACLs say.",
    severity: "high",
    remediationSteps: "Add an aws.s3.BucketPublicAccessBlock with all four settings true.",
    check: (resources, report) => {
        for (const bucket of bucketsOf(resources)) {
            const blocks = siblingsOf(bucket, resources, [
                "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
            ]);
            if (blocks.length === 0) {
                report("add a BucketPublicAccessBlock with all four settings true", bucket.urn);
            }
            for (const { props, urn } of blocks) {
                const open = SETTINGS.filter((setting) => props[setting] !== true);
                if (open.length > 0) {
                    report(`set ${open.join(", ")} to true`, urn);
                }
            }
        }
    },
});
