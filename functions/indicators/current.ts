import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";

export type S3Reader = Pick<S3Client, "send">;

/** Object that names the snapshot in force. */
export const CURRENT_KEY = "current.json";

/** Content of `current.json`. */
export interface CurrentSnapshot {
    /** Creation time, ISO 8601: a later version is greater as text. */
    readonly version: string;
    /** Object key of the snapshot. */
    readonly key: string;
    readonly sha256: string;
    readonly counts: unknown;
    readonly createdAt: string;
}

/** What a conditional GET gave. */
export type CurrentAnswer =
    | { readonly state: "missing" }
    | { readonly state: "unchanged" }
    | { readonly state: "read"; readonly current: CurrentSnapshot; readonly etag?: string };

/** Reads `current.json`. Needs `s3:ListBucket`, too: without it S3 answers 403 for an object that does not exist. */
export async function readCurrent(s3: S3Reader, bucket: string, etag?: string): Promise<CurrentAnswer> {
    let text: string;
    let newTag: string | undefined;
    try {
        const answer = await s3.send(
            new GetObjectCommand({ Bucket: bucket, Key: CURRENT_KEY, IfNoneMatch: etag }),
        );
        text = (await answer.Body?.transformToString()) ?? "";
        newTag = answer.ETag;
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
    return { state: "read", current: parseCurrent(text, bucket), etag: newTag };
}

function parseCurrent(text: string, bucket: string): CurrentSnapshot {
    let parsed: Partial<CurrentSnapshot> | null = null;
    try {
        parsed = JSON.parse(text) as Partial<CurrentSnapshot> | null;
    } catch {
        // Told below, with what is missing.
    }
    if (typeof parsed?.key !== "string" || typeof parsed.sha256 !== "string") {
        throw new Error(`s3://${bucket}/${CURRENT_KEY} is damaged: compile again with {"force": true}`);
    }
    return parsed as CurrentSnapshot;
}
