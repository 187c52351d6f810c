import assert from "node:assert/strict";
import { MemoryBucket } from "../bucket-testing";
import { quiet } from "../handlers/testing";
import { readCurrent } from "./current";
import { SnapshotLoader } from "./load";
import { encodeSnapshot, snapshotDigest } from "./snapshot";

const SEEN = "2026-11-24T12:00:00.000Z";

/** @param damage what becomes of the file after its manifest is made */
function publish(s3: MemoryBucket, value: string, damage = (file: Buffer) => file): void {
    const more = { feeds: ["misp"], firstSeen: SEEN, lastSeen: SEEN, confidence: 80 };
    const bytes = encodeSnapshot([{ type: "ipv4", value, ...more }]);
    const sha256 = snapshotDigest(bytes);
    const key = `snapshots/${sha256.slice(0, 16)}.bin`;
    s3.objects.set(key, damage(Buffer.from(bytes)));
    s3.objects.set("current.json", Buffer.from(JSON.stringify({ sha256, version: "v", key, counts: {} })));
}

describe("SnapshotLoader", () => {
    quiet();
    const loaderOf = (s3: MemoryBucket) => {
        const clock = { now: 0 };
        return { clock, loader: new SnapshotLoader(s3, "snapshots", { now: () => clock.now }) };
    };

    it("is empty until there is one, then looks once a minute and reads what changed", async () => {
        const s3 = new MemoryBucket();
        const { clock, loader } = loaderOf(s3);
        assert.equal((await loader.current()).ip("8.8.4.4"), undefined);
        publish(s3, "8.8.4.4");
        assert.equal((await loader.current()).ip("8.8.4.4"), undefined);
        clock.now = 60_000;
        assert.equal((await loader.current()).ip("8.8.4.4")?.value, "8.8.4.4");
        const { gets } = s3;
        clock.now = 120_000;
        await Promise.all([loader.current(), loader.current()]);
        assert.equal(s3.gets, gets + 1, "one conditional request");
    });

    it("keeps the last good one when the new one is damaged, and says why", async () => {
        const otherVersion = (file: Buffer) => {
            file.writeUInt32LE(3, 4);
            return file;
        };
        const turned = (file: Buffer) => {
            file[file.length - 1] ^= 1;
            return file;
        };
        const other = () => encodeSnapshot([]);
        for (const [damage, reason] of [
            [() => Buffer.from("junk"), /cannot be read: .*not a snapshot/],
            [(file: Buffer) => file.subarray(0, file.length - 5), /cannot be read: .*truncated/],
            [turned, /cannot be read: .*SHA-256 does not match/],
            [otherVersion, /cannot be read: .*version 3/],
            [other, /does not match the SHA-256 of current.json: compile again/],
        ] as const) {
            const s3 = new MemoryBucket();
            const { clock, loader } = loaderOf(s3);
            publish(s3, "8.8.4.4");
            await loader.current();
            publish(s3, "8.8.4.5", damage);
            clock.now = 60_000;
            assert.ok((await loader.current()).ip("8.8.4.4"));
            await assert.rejects(loader.latest(), reason);
            publish(s3, "8.8.4.6");
            clock.now = 120_000;
            assert.ok((await loader.current()).ip("8.8.4.6"));
        }
    });
});

describe("readCurrent", () => {
    it("takes a manifest that says nothing of feeds for one of no feeds", async () => {
        const s3 = new MemoryBucket();
        for (const feeds of [undefined, null, "x"]) {
            s3.objects.set("current.json", Buffer.from(JSON.stringify({ key: "k", sha256: "s", feeds })));
            const answer = await readCurrent(s3, "snapshots");
            assert.deepEqual(answer.state === "read" && answer.current.feeds, []);
        }
    });

    it("refuses a manifest that names no snapshot, and says what to do", async () => {
        const s3 = new MemoryBucket();
        for (const text of ["", "{", "null", '{"key":"k"}', '{"sha256":"s"}']) {
            s3.objects.set("current.json", Buffer.from(text));
            await assert.rejects(readCurrent(s3, "snapshots"), /current.json is damaged: compile again/);
        }
    });
});
