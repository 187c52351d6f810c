import { readIfChanged } from "../s3-object";
import { CURRENT_KEY, CurrentSnapshot, FeedHealth, readCurrent } from "./current";
import { Snapshot } from "./snapshot";
import { snapshotDigest } from "./snapshot-format";
import { Change } from "./total-change";
import {
    announce,
    Manifest,
    Publication,
    readSnapshotObject,
    snapshotKey,
    writeManifest,
    writeSnapshotObject,
} from "./publication";

/** A change that was too much at once. */
export interface HeldChange extends Change {
    readonly reason: string;
}

/** A snapshot that may come into force. */
export interface Candidate {
    readonly file: Buffer;
    readonly snapshot: Snapshot;
    readonly feeds: readonly FeedHealth[];
}

export interface PublishOptions {
    readonly now: Date;
    /** Publishes whatever is in force. */
    readonly force: boolean;
    /** Says whether a snapshot must not replace the one in force. */
    readonly guard: (next: Snapshot, inForce: Snapshot, current: CurrentSnapshot) => HeldChange | undefined;
}

export interface Published {
    /** What is in force now. */
    readonly current: Manifest;
    /** False when the snapshot in force stays. */
    readonly published: boolean;
    readonly held?: HeldChange;
}

/**
 * Puts a snapshot into force and tells the spokes, unless it is in force already or the guard objects. The object is
 * there before `current.json` names it, and `current.json` is only replaced by who has compared with it.
 * @throws Error when other runs were faster twice, or what is in force is damaged
 */
export async function publish(
    publication: Publication,
    candidate: Candidate,
    options: PublishOptions,
): Promise<Published> {
    for (let attempt = 0; attempt < 2; attempt++) {
        const outcome = await tryToPublish(publication, candidate, options);
        if (outcome) {
            await announce(publication, outcome.current);
            return outcome;
        }
    }
    throw new Error("other runs put snapshots into force meanwhile: compile again");
}

/** @returns undefined when another run was faster */
async function tryToPublish(
    publication: Publication,
    { file, snapshot, feeds }: Candidate,
    { now, force, guard }: PublishOptions,
): Promise<Published | undefined> {
    const { current, etag } = await inForceNow(publication, force);
    const sha256 = snapshotDigest(file);
    if (current && !force) {
        if (sha256 === current.sha256) {
            const renewed = { ...current, feeds };
            const same = JSON.stringify(renewed) === JSON.stringify(current);
            const written = same || (await writeManifest(publication, renewed, etag));
            return written ? { current: renewed, published: false } : undefined;
        }
        if (sha256 === current.rolledBackFrom) {
            return { current, published: false };
        }
        const { snapshot: inForce } = await readSnapshotObject(publication, current);
        const held = guard(snapshot, inForce, current);
        if (held) {
            return { current, published: false, held };
        }
    }
    const objectTag = await writeSnapshotObject(publication, file);
    const version = versionAfter(current, now);
    const next: Manifest = {
        version,
        key: snapshotKey(sha256),
        sha256,
        etag: objectTag,
        bytes: file.length,
        counts: snapshot.counts,
        createdAt: version,
        feeds,
        previous: sha256 === current?.sha256 ? current.previous : referenceOf(current),
    };
    return (await writeManifest(publication, next, etag)) ? { current: next, published: true } : undefined;
}

/** What `current.json` says, if there is one. A damaged one stops a plain run; a forced one replaces it. */
async function inForceNow(
    { s3, bucket }: Publication,
    force: boolean,
): Promise<{ current?: Manifest; etag?: string }> {
    try {
        const answer = await readCurrent(s3, bucket);
        return answer.state === "read" ? answer : {};
    } catch (error) {
        if (!force) {
            throw error;
        }
        const answer = await readIfChanged(s3, bucket, CURRENT_KEY);
        return answer.state === "read" ? { etag: answer.etag } : {};
    }
}

/**
 * Puts the snapshot before the one in force into force again, and tells the spokes. The one rolled back from does not
 * come back by itself, but any other that is compiled later does replace this one. Rolling back twice undoes it.
 * @throws Error when there is none to go back to
 */
export async function rollBack(publication: Publication, now: Date): Promise<Manifest> {
    const answer = await readCurrent(publication.s3, publication.bucket);
    if (answer.state !== "read" || !answer.current.previous) {
        throw new Error(`s3://${publication.bucket} has no snapshot to go back to`);
    }
    const { current, etag } = answer;
    const { key, sha256 } = answer.current.previous;
    const { snapshot, bytes } = await readSnapshotObject(publication, { key, sha256 });
    const version = versionAfter(current, now);
    const next: Manifest = {
        version,
        key,
        sha256,
        bytes,
        counts: snapshot.counts,
        createdAt: version,
        feeds: current.feeds,
        previous: referenceOf(current),
        rolledBackFrom: current.sha256,
    };
    if (!(await writeManifest(publication, next, etag))) {
        throw new Error("another run put a snapshot into force meanwhile: look at it, then roll back again");
    }
    await announce(publication, next);
    return next;
}

function referenceOf(current: CurrentSnapshot | undefined): CurrentSnapshot["previous"] {
    return current && { version: current.version, key: current.key, sha256: current.sha256 };
}

/** Versions grow, whatever the clocks of the machines say. */
function versionAfter(current: CurrentSnapshot | undefined, now: Date): string {
    const last = Date.parse(current?.version ?? "");
    return new Date(last >= now.getTime() ? last + 1 : now).toISOString();
}
