import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { IndicatorMatch } from "./indicator";
import { encodeSnapshot, Snapshot, snapshotDigest, SnapshotError } from "./snapshot";

const SEEN = "2026-01-02T03:04:05.000Z";
const MORE = { feeds: ["a"], firstSeen: SEEN, lastSeen: SEEN, confidence: 50 };
const ENTRIES: readonly IndicatorMatch[] = [
    { type: "ipv4", value: "1.2.3.4", ...MORE },
    { type: "ipv6", value: "2001:db8::1", ...MORE },
    { type: "cidr", value: "10.0.0.0/8", ...MORE },
    { type: "domain", value: "evil.example", ...MORE },
    { type: "url", value: "http://evil.example/a", ...MORE },
];

/** The file with its digest made good again. */
function signed(file: Buffer): Buffer {
    createHash("sha256").update(file.subarray(48)).digest().copy(file, 16);
    return file;
}

describe("snapshot file", () => {
    const bytes = encodeSnapshot(ENTRIES);

    it("is refused with any byte changed, cut anywhere, or with more behind it", () => {
        for (let i = 0; i < bytes.length; i++) {
            const turned = Buffer.from(bytes);
            turned[i] ^= 1 << (i % 8);
            assert.throws(() => Snapshot.decode(turned), SnapshotError, `byte ${i}`);
            assert.throws(() => Snapshot.decode(bytes.subarray(0, i)), /truncated/, `cut at ${i}`);
        }
        fc.assert(
            fc.property(
                fc.nat(bytes.length - 1),
                fc.integer({ min: 1, max: 255 }),
                fc.nat(bytes.length),
                fc.uint8Array({ maxLength: 8 }),
                (at, mask, end, more) => {
                    const damaged = Buffer.concat([bytes.subarray(0, end), more]);
                    if (at < damaged.length) {
                        damaged[at] ^= mask;
                    }
                    fc.pre(!damaged.equals(bytes));
                    assert.throws(() => Snapshot.decode(damaged), SnapshotError);
                },
            ),
            { numRuns: 500 },
        );
        assert.throws(() => Snapshot.decode(Buffer.concat([bytes, Buffer.alloc(1)])), SnapshotError);
        assert.throws(() => Snapshot.decode(Buffer.from("PK\u0003\u0004 something else")), /not a snapshot/);
        assert.throws(() => Snapshot.decode(Buffer.alloc(0)), /truncated/);
    });

    it("is refused when it is of another version, which the error names", () => {
        for (const version of [0, 1, 3]) {
            const other = Buffer.from(bytes);
            other.writeUInt32LE(version, 4);
            assert.throws(
                () => Snapshot.decode(other),
                new RegExp(`version ${version}; this program reads version 2`),
            );
        }
    });

    it("is refused when it does not hold together, even with a good digest", () => {
        const forge = (from: string, to: string) =>
            signed(Buffer.from(bytes.toString("latin1").replace(from, to), "latin1"));
        for (const [from, to] of [
            ['"ipv4":1', '"ipv4":9'],
            ['"ipv4":1', '"ipv4":x'],
            ['"cidr4":1', '"cidr4":""'],
            ['"domain":12', '"domain":-2'],
            ['"domain":12', '"domain":1.'],
            ['"domain":12', '"domain":11'],
            ['"counts"', '"counds"'],
        ]) {
            assert.throws(() => Snapshot.decode(forge(from, to)), SnapshotError, to);
        }
        const shapeless = Buffer.from(bytes.subarray(0, 48));
        shapeless.writeUInt32LE(0, 8);
        assert.throws(() => Snapshot.decode(signed(shapeless)), /corrupt: it has no shape/);
        const endless = Buffer.from(bytes);
        endless.writeUInt32LE(0xffffffff, 48);
        assert.throws(() => Snapshot.decode(signed(endless)), SnapshotError);
    });

    it("is refused when its buckets or lengths are not those of its keys", () => {
        const refused = /corrupt: its (buckets|names)/;
        let found = 0;
        for (let i = 52 + bytes.readUInt32LE(48); i < bytes.length; i++) {
            const forged = Buffer.from(bytes);
            forged[i] ^= 0x80;
            try {
                Snapshot.decode(signed(forged));
            } catch (error) {
                assert.ok(
                    error instanceof SnapshotError && refused.test(error.message),
                    `byte ${i}: ${error}`,
                );
                found++;
            }
        }
        // Three ends of buckets of four bytes each, one length of 8 bits and one of 16.
        assert.equal(found, 15);
    });

    it("is read wherever it lies in memory", () => {
        for (let shift = 0; shift < 8; shift++) {
            const memory = Buffer.concat([Buffer.alloc(shift), bytes, Buffer.alloc(3)]);
            const snapshot = Snapshot.decode(memory.subarray(shift, shift + bytes.length));
            assert.deepEqual([...snapshot.all()], ENTRIES);
        }
    });

    it("has its digest in the header, and another content another one", () => {
        assert.match(snapshotDigest(bytes), /^[0-9a-f]{64}$/);
        assert.equal(Snapshot.decode(bytes).digest, snapshotDigest(bytes));
        assert.equal(snapshotDigest(encodeSnapshot([...ENTRIES].reverse())), snapshotDigest(bytes));
        assert.notEqual(snapshotDigest(encodeSnapshot(ENTRIES.slice(1))), snapshotDigest(bytes));
    });
});
