import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { readIfChanged } from "../s3-object";
import { CURRENT_KEY, CurrentSnapshot } from "./current";
import { Snapshot } from "./snapshot";
import { snapshotDigest, SnapshotError } from "./snapshot-format";

/** Object that says which version the spokes were told of last. */
export const ANNOUNCED_KEY = "announced.json";

/** Where snapshots are published. */
export interface Publication {
    readonly s3: Pick<S3Client, "send">;
    readonly bucket: string;
    readonly sns: Pick<SNSClient, "send">;
    /** ARN. */
    readonly topic: string;
}

/** Content of `current.json` as the compiler writes it. */
export interface Manifest extends CurrentSnapshot {
    /** Digest that was rolled back from: it does not come into force again by itself. */
    readonly rolledBackFrom?: string;
}

export function snapshotKey(sha256: string): string {
    return `snapshots/${sha256.slice(0, 16)}.bin`;
}

/** @throws Error when the snapshot is missing or damaged */
export async function readSnapshotObject(
    { s3, bucket }: Publication,
    { key, sha256 }: { readonly key: string; readonly sha256: string },
): Promise<{ snapshot: Snapshot; bytes: number }> {
    let reason: unknown = "it is another one";
    try {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        const file = (await Body?.transformToByteArray()) ?? new Uint8Array();
        if (snapshotDigest(file) === sha256) {
            return { snapshot: Snapshot.decode(file), bytes: file.length };
        }
    } catch (error) {
        if (!(error instanceof SnapshotError) && (error as Error).name !== "NoSuchKey") {
            throw error;
        }
        reason = error;
    }
    throw new Error(
        `s3://${bucket}/${key} cannot be read: compile with {"force": true} to publish without comparing`,
        { cause: reason },
    );
}

/** @returns the object's ETag */
export async function writeSnapshotObject(
    { s3, bucket }: Publication,
    file: Buffer,
): Promise<string | undefined> {
    const Key = snapshotKey(snapshotDigest(file));
    const { ETag } = await s3.send(
        new PutObjectCommand({ Bucket: bucket, Key, Body: file, ContentType: "application/octet-stream" }),
    );
    return ETag;
}

/**
 * Writes `current.json`, if it is still the one that was read.
 * @param etag of the one read; undefined when there was none
 * @returns false when another run was faster
 */
export async function writeManifest(
    { s3, bucket }: Publication,
    manifest: Manifest,
    etag: string | undefined,
): Promise<boolean> {
    const condition = etag === undefined ? { IfNoneMatch: "*" } : { IfMatch: etag };
    try {
        await s3.send(
            new PutObjectCommand({
                Bucket: bucket,
                Key: CURRENT_KEY,
                Body: JSON.stringify(manifest),
                ContentType: "application/json",
                ...condition,
            }),
        );
        return true;
    } catch (error) {
        const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
        // 412: it has changed. 409: it is being changed.
        if ($metadata?.httpStatusCode === 412 || $metadata?.httpStatusCode === 409) {
            return false;
        }
        throw error;
    }
}

/** Tells the spokes of the version, unless they were: a run that ended before it could is made up for. */
export async function announce(publication: Publication, manifest: Manifest): Promise<void> {
    const { s3, bucket, sns, topic } = publication;
    const { version, key, sha256, counts } = manifest;
    const answer = await readIfChanged(s3, bucket, ANNOUNCED_KEY);
    if (answer.state === "read" && versionOf(answer.body) === version) {
        return;
    }
    const message = JSON.stringify({ version, key, sha256, counts });
    await sns.send(new PublishCommand({ TopicArn: topic, Message: message }));
    const Body = JSON.stringify({ version });
    await s3.send(
        new PutObjectCommand({ Bucket: bucket, Key: ANNOUNCED_KEY, Body, ContentType: "application/json" }),
    );
}

function versionOf(body: Uint8Array): unknown {
    try {
        return (JSON.parse(Buffer.from(body).toString("utf8")) as { version?: unknown } | null)?.version;
    } catch {
        return undefined;
    }
}
