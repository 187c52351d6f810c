import { GetObjectCommand } from "@aws-sdk/client-s3";
import { S3Reader } from "../s3-object";
import { CURRENT_KEY, CurrentSnapshot, readCurrent } from "./current";
import { encodeSnapshot, Snapshot } from "./snapshot";

export interface LoaderOptions {
    /** Seconds between looks at `current.json`. @default 60 */
    readonly refreshSeconds?: number;
    /** For tests: milliseconds. */
    readonly now?: () => number;
}

/**
 * Keeps the indicator snapshot of a bucket in memory, for the life of an execution environment. Looks are
 * conditional requests, at most one in the refresh time; the snapshot itself is read only when it has changed.
 */
export class SnapshotLoader {
    private loaded?: { readonly snapshot: Snapshot; readonly sha256: string; readonly etag?: string };
    private lookedAt = -Infinity;
    private pending?: Promise<Snapshot>;
    private readonly empty = Snapshot.decode(encodeSnapshot([]));

    constructor(
        private readonly s3: S3Reader,
        private readonly bucket: string,
        private readonly options: LoaderOptions = {},
    ) {}

    /**
     * For matching: the best snapshot there is. An empty one while none is published, and the last good one (with a
     * warning) when the present one cannot be had: logs go on even then.
     */
    current(): Promise<Snapshot> {
        this.pending ??= this.refreshed().finally(() => (this.pending = undefined));
        return this.pending;
    }

    /**
     * For enforcement: the snapshot in force now, without regard to the refresh time.
     * @throws Error when there is none or it is damaged, since acting on an empty one would unblock everything
     */
    async latest(): Promise<Snapshot> {
        const snapshot = await this.look();
        if (!snapshot) {
            throw new Error(`s3://${this.bucket} holds no snapshot yet: run the collector first`);
        }
        return snapshot;
    }

    private async refreshed(): Promise<Snapshot> {
        const now = this.options.now?.() ?? Date.now();
        const known = this.loaded?.snapshot ?? this.empty;
        if (now - this.lookedAt < (this.options.refreshSeconds ?? 60) * 1000) {
            return known;
        }
        try {
            const snapshot = (await this.look()) ?? known;
            this.lookedAt = now;
            return snapshot;
        } catch (error) {
            if (!this.loaded && !(error instanceof DamagedSnapshot)) {
                throw error;
            }
            this.lookedAt = now;
            const reason = error instanceof Error ? error.message : String(error);
            console.warn(
                JSON.stringify({
                    event: "snapshot-not-loaded",
                    reason,
                    kept: this.loaded?.sha256 ?? "empty",
                }),
            );
            return known;
        }
    }

    private async look(): Promise<Snapshot | undefined> {
        const answer = await readCurrent(this.s3, this.bucket, this.loaded?.etag);
        if (answer.state === "missing") {
            return undefined;
        }
        if (answer.state === "unchanged") {
            return this.loaded?.snapshot;
        }
        const { current, etag } = answer;
        const snapshot =
            this.loaded?.sha256 === current.sha256 ? this.loaded.snapshot : await this.read(current);
        this.loaded = { snapshot, sha256: current.sha256, etag };
        return snapshot;
    }

    /** The content is hashed once, by `decode`; that it is the one the manifest means, its digest tells. */
    private async read({ key, sha256 }: CurrentSnapshot): Promise<Snapshot> {
        const where = `s3://${this.bucket}/${key}`;
        const answer = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
        const bytes = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
        let snapshot: Snapshot;
        try {
            snapshot = Snapshot.decode(bytes);
        } catch (error) {
            throw new DamagedSnapshot(`${where} cannot be read: ${String(error)}`);
        }
        if (snapshot.digest !== sha256) {
            throw new DamagedSnapshot(
                `${where} does not match the SHA-256 of ${CURRENT_KEY}: compile again with {"force": true}`,
            );
        }
        return snapshot;
    }
}

class DamagedSnapshot extends Error {}
