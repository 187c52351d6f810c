import { DeleteObjectsCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { randomBytes } from "node:crypto";
import { readIfChanged, S3Reader } from "../s3-object";
import { FeedState, stateKey } from "./feed-list";

/** A feed's state and the ETag of its object, where there is one. */
export interface StoredState {
    readonly state: FeedState;
    readonly etag?: string;
}

/** Another run has written the feed's state since it was read: this one must stop. */
export class StateConflict extends Error {
    override readonly name = "StateConflict";
}

/** Objects that are looked at, and removed, in one go. */
const PAGES = 10;
/** What a run that is under way has written and not named yet is younger than this. */
const UNNAMED_FOR = 3600_000;
const ISO_LENGTH = "2026-11-24T17:05:00.000Z".length;

/** Identifiers of runs, ascending: they begin with the time. */
export function runIds(now: Date, count: number): string[] {
    const ids = Array.from({ length: count }, () => `${now.toISOString()}-${randomBytes(4).toString("hex")}`);
    return ids.sort();
}

/** @throws Error when the state is damaged */
export async function readState(s3: S3Reader, bucket: string, feed: string): Promise<StoredState> {
    const answer = await readIfChanged(s3, bucket, stateKey(feed));
    if (answer.state !== "read") {
        return { state: { feed, partials: [] } };
    }
    try {
        return {
            state: JSON.parse(Buffer.from(answer.body).toString("utf8")) as FeedState,
            etag: answer.etag,
        };
    } catch (error) {
        throw new Error(
            `s3://${bucket}/${stateKey(feed)} is damaged: restore a version of it, or delete it to begin anew`,
            { cause: error },
        );
    }
}

/**
 * Writes the state in place of the one that was read.
 * @param etag of the one that was read, undefined where there was none
 * @throws StateConflict when it is another one by now
 */
export async function writeState(
    s3: S3Reader,
    bucket: string,
    state: FeedState,
    etag: string | undefined,
): Promise<void> {
    const Key = stateKey(state.feed);
    const Body = JSON.stringify(state);
    const condition = etag ? { IfMatch: etag } : { IfNoneMatch: "*" };
    try {
        await s3.send(
            new PutObjectCommand({
                Bucket: bucket,
                Key,
                Body,
                ContentType: "application/json",
                ...condition,
            }),
        );
    } catch (error) {
        const { $metadata, name } = error as { $metadata?: { httpStatusCode?: number }; name?: string };
        if (![409, 412].includes($metadata?.httpStatusCode ?? 0) && name !== "PreconditionFailed") {
            throw error;
        }
        // The client repeats a request whose answer was lost, and then meets its own object.
        const now = await readIfChanged(s3, bucket, Key);
        if (now.state !== "read" || Buffer.from(now.body).toString("utf8") !== Body) {
            throw new StateConflict(`another run of ${state.feed} has written its state`, { cause: error });
        }
    }
}

/**
 * Deletes the feed's lists that neither state names, nor a run under way may still name. What `before` names stays one
 * run longer, for those who read it now.
 */
export async function removeUnnamed(
    s3: S3Reader,
    bucket: string,
    { before, after, now }: { readonly before: FeedState; readonly after: FeedState; readonly now: Date },
): Promise<void> {
    const named = new Set([...keysOf(before), ...keysOf(after)]);
    const old = new Date(now.getTime() - UNNAMED_FOR).toISOString();
    let token: string | undefined;
    for (let page = 0; page < PAGES; page++) {
        const { Contents = [], NextContinuationToken } = await s3.send(
            new ListObjectsV2Command({
                Bucket: bucket,
                Prefix: `feeds/${after.feed}/`,
                ContinuationToken: token,
            }),
        );
        const Objects = Contents.flatMap(({ Key = "" }) =>
            Key.endsWith(".tsv.gz") && !named.has(Key) && timeOf(Key) < old ? [{ Key }] : [],
        );
        if (Objects.length > 0) {
            await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }));
        }
        token = NextContinuationToken;
        if (!token) {
            return;
        }
    }
}

function timeOf(key: string): string {
    return key.split("/")[2].slice(0, ISO_LENGTH);
}

function keysOf({ good, partials, running }: FeedState): string[] {
    return [good, ...partials, running].flatMap((list) => (list ? [...list.parts, ...list.refused] : []));
}
