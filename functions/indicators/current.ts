import { readIfChanged, S3Reader } from "../s3-object";
import type { FeedState } from "./feed-list";
import type { SnapshotCounts } from "./snapshot-layout";

export type { S3Reader };

/** Object that names the snapshot in force. */
export const CURRENT_KEY = "current.json";

/** How a feed does, as of the snapshot. */
export interface FeedHealth {
    readonly name: string;
    /** Indicators of the snapshot that the feed reports. */
    readonly indicators: number;
    /** When a pass over the feed last came to its end and was accepted, ISO 8601; none yet where it is left out. */
    readonly lastSuccess?: string;
    readonly lastOutcome?: NonNullable<FeedState["last"]>["outcome"];
    /** What is wrong and what to do. */
    readonly error?: string;
    /** A list is held back, since it would have changed too much at once: why. */
    readonly held?: string;
}

/** A snapshot that was in force. */
export interface SnapshotRef {
    /** Creation time, ISO 8601: a later version is greater as text. */
    readonly version: string;
    /** Object key of the snapshot. */
    readonly key: string;
    /** `Snapshot.digest`: what the file's header has of its content, not the hash of the whole object. */
    readonly sha256: string;
}

/** Content of `current.json`, the manifest of the snapshot in force. */
export interface CurrentSnapshot extends SnapshotRef {
    /** Of the snapshot's object, where known. */
    readonly etag?: string;
    /** Length of the file. */
    readonly bytes: number;
    readonly counts: SnapshotCounts;
    /** ISO 8601. */
    readonly createdAt: string;
    /** By name. Empty in a manifest that does not tell. */
    readonly feeds: readonly FeedHealth[];
    /** What to roll back to. */
    readonly previous?: SnapshotRef;
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

/** A manifest must name the snapshot; the rest is for people. */
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
    return { ...parsed, feeds: Array.isArray(parsed.feeds) ? parsed.feeds : [] } as CurrentSnapshot;
}
