import { PolicyResource } from "@pulumi/policy";

const BUCKET_TYPES = ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"];

export function bucketsOf(resources: readonly PolicyResource[]): readonly PolicyResource[] {
    return resources.filter(({ type }) => BUCKET_TYPES.includes(type));
}

/**
 * Resources of `types` that configure a bucket: those whose `bucket` property refers to it and, among those that refer
 * to no bucket of the stack, those that give its name.
 */
export function siblingsOf(
    bucket: PolicyResource,
    resources: readonly PolicyResource[],
    types: readonly string[],
): readonly PolicyResource[] {
    const candidates = resources.filter(({ type }) => types.includes(type));
    const referring = candidates.filter((candidate) => bucketUrns(candidate).includes(bucket.urn));
    if (referring.length > 0) {
        return referring;
    }
    return candidates.filter(
        (candidate) => bucketUrns(candidate).length === 0 && candidate.props.bucket === bucket.props.bucket,
    );
}

function bucketUrns({ propertyDependencies }: PolicyResource): readonly string[] {
    return bucketsOf(propertyDependencies.bucket ?? []).map(({ urn }) => urn);
}
