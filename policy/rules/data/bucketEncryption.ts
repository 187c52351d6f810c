import { PolicyResource } from "@pulumi/policy";
import { allowStatements, list } from "../../document";
import { securityHub, stackRule } from "../../rule";
import { bucketsOf, siblingsOf } from "./bucketSiblings";

interface EncryptionRule {
    readonly applyServerSideEncryptionByDefault?: { readonly sseAlgorithm?: string };
}

const TYPES = [
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
];

const POLICY = "aws:s3/bucketPolicy:BucketPolicy";

/** Log writers that cannot use a KMS key: guides of Application Load Balancers and of S3's server access logs. */
const WRITERS_WITHOUT_KMS = ["logdelivery.elasticloadbalancing.amazonaws.com", "logging.s3.amazonaws.com"];

export const bucketEncryption = stackRule({
    ...securityHub("S3.17"),
    name: "s3-encryption-kms",
    description: "Each bucket encrypts its objects, with a KMS key if those who write to it can use one.",
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
                const kms = rules.length > 0 && rules.every((rule) => /^aws:kms/.test(algorithm(rule)));
                const own = rules.length > 0 && rules.every((rule) => algorithm(rule) === "AES256");
                if (!kms && !(own && takesLogsWithoutKms(bucket, resources))) {
                    report("set sseAlgorithm of each rule to aws:kms", urn);
                }
            }
        }
    },
});

function algorithm(rule: EncryptionRule): string {
    return rule.applyServerSideEncryptionByDefault?.sseAlgorithm ?? "";
}

function takesLogsWithoutKms(bucket: PolicyResource, resources: readonly PolicyResource[]): boolean {
    return siblingsOf(bucket, resources, [POLICY])
        .flatMap(({ props }) => allowStatements(props.policy, () => undefined))
        .flatMap(({ Principal }) => (typeof Principal === "object" ? list(Principal.Service) : []))
        .some((service) => WRITERS_WITHOUT_KMS.includes(service));
}
