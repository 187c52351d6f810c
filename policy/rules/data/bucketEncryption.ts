import { list } from "../../document";
import { securityHub, stackRule } from "../../rule";
import { bucketsOf, siblingsOf } from "./bucketSiblings";

interface EncryptionRule {
    readonly applyServerSideEncryptionByDefault?: { readonly sseAlgorithm?: string };
}

const TYPES = [
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
];

export const bucketEncryption = stackRule({
    ...securityHub("S3.17"),
    name: "s3-encryption-kms",
    description: "Each bucket encrypts its objects with a KMS key.",
    severity: "medium",
    remediationSteps: "Add an aws.s3.BucketServerSideEncryptionConfiguration with sseAlgorithm aws:kms.",
    check: (resources, report) => {
        for (const bucket of bucketsOf(resources)) {
            const configurations = siblingsOf(bucket, resources, TYPES);
            if (configurations.length === 0) {
                report("add a BucketServerSideEncryptionConfiguration with sseAlgorithm aws:kms", bucket.urn);
            }
            for (const { props, urn } of configurations) {
                const rules = list<EncryptionRule>(props.rules);
                if (rules.length === 0 || !rules.every(usesKms)) {
                    report("set sseAlgorithm of each rule to aws:kms", urn);
                }
            }
        }
    },
});

function usesKms(rule: EncryptionRule): boolean {
    return rule.applyServerSideEncryptionByDefault?.sseAlgorithm?.startsWith("aws:kms") ?? false;
}
