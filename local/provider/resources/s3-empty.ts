import type { Context } from "../context";

/** Deletes every version, delete marker and unfinished upload of a bucket. */
export async function emptyBucket(ctx: Context, bucket: string): Promise<void> {
    const sdk = await import("@aws-sdk/client-s3");
    const s3 = ctx.client("s3", sdk.S3Client);
    for (;;) {
        const page = await s3.send(new sdk.ListObjectVersionsCommand({ Bucket: bucket, MaxKeys: 1000 }));
        const objects = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(
            ({ Key, VersionId }) => ({
                Key,
                VersionId,
            }),
        );
        if (objects.length === 0) {
            break;
        }
        const answer = await s3.send(
            new sdk.DeleteObjectsCommand({
                Bucket: bucket,
                Delete: { Objects: objects, Quiet: true },
            }),
        );
        if ((answer.Errors ?? []).length > 0) {
            throw new Error(`cannot delete ${answer.Errors?.[0].Key}: ${answer.Errors?.[0].Message}`);
        }
    }
    const rest = await s3.send(new sdk.ListObjectsV2Command({ Bucket: bucket, MaxKeys: 1000 }));
    for (const { Key } of rest.Contents ?? []) {
        await s3.send(new sdk.DeleteObjectCommand({ Bucket: bucket, Key }));
    }
    if (rest.IsTruncated) {
        await emptyBucket(ctx, bucket);
    }
}
