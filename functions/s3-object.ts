import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";

export type S3Reader = Pick<S3Client, "send">;

/** What a conditional GET gave. */
export type ObjectAnswer =
    | { readonly state: "missing" }
    | { readonly state: "unchanged" }
    | { readonly state: "read"; readonly body: Uint8Array; readonly etag?: string };

/**
 * Reads an object if it is another than the one with the tag. Needs `s3:ListBucket`, too: without it S3 answers 403
 * for an object that does not exist.
 */
export async function readIfChanged(
    s3: S3Reader,
    bucket: string,
    key: string,
    etag?: string,
): Promise<ObjectAnswer> {
    try {
        const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, IfNoneMatch: etag }));
        const body = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
        return { state: "read", body, etag: answer.ETag };
    } catch (error) {
        const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
        if (name === "NoSuchKey") {
            return { state: "missing" };
        }
        if ($metadata?.httpStatusCode === 304) {
            return { state: "unchanged" };
        }
        throw error;
    }
}
