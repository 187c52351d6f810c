import { readIfChanged, S3Reader } from "../s3-object";

export type { S3Reader };

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

/** Reads `current.json`. Needs `s3:ListBucket`, too, as `readIfChanged` says. */
export async function readCurrent(s3: S3Reader, bucket: string, etag?: string): Promise<CurrentAnswer> {
    const answer = await readIfChanged(s3, bucket, CURRENT_KEY, etag);
    if (answer.state !== "read") {
        return answer;
    }
    const text = Buffer.from(answer.body).toString("utf8");
    return { state: "read", current: parseCurrent(text, bucket), etag: answer.etag };
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
