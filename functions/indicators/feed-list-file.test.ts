import assert from "node:assert/strict";
import fc from "fast-check";
import { gunzipSync } from "node:zlib";
import { MemoryBucket } from "../bucket-testing";
import { FeedListWriter, ListedIndicator, readListParts, readRefusedParts } from "./feed-list-file";

const PLACE = { bucket: "snapshots", feed: "ips", run: "2026-11-24T17:05:00.000Z-1" };

const PLAIN = { noNullPrototype: true };

async function all<T>(batches: AsyncIterable<readonly T[]>): Promise<T[]> {
    const list: T[] = [];
    for await (const batch of batches) {
        list.push(...batch);
    }
    return list;
}

describe("feed list parts", () => {
    const time = fc.option(fc.integer({ min: 1, max: 2 ** 32 - 1 }), { nil: undefined });
    const indicator = fc
        .record({
            value: fc.webUrl(),
            confidence: fc.integer({ min: 0, max: 100 }),
            firstSeen: time,
            validUntil: time,
        })
        .map(({ value, confidence, firstSeen, validUntil }): ListedIndicator => ({
            type: "url",
            value,
            confidence,
            ...(firstSeen && { firstSeen }),
            ...(validUntil && { validUntil }),
            ...(confidence % 2 === 0 && { revoked: true as const }),
        }));
    const refusal = fc.record({ value: fc.string({ unit: "grapheme" }), reason: fc.string() }, PLAIN);
    const awkward = fc.record(
        {
            value: fc.string({ unit: fc.constantFrom("\\", "\t", "\n", "\r", "n", "t") }),
            reason: fc.constant("r"),
        },
        PLAIN,
    );

    it("give back what was written, whatever is in it", async () => {
        await fc.assert(
            fc.asyncProperty(
                fc.array(indicator),
                fc.array(fc.oneof(refusal, awkward)),
                async (list, refusals) => {
                    const s3 = new MemoryBucket();
                    const writer = new FeedListWriter({ s3, ...PLACE });
                    for (const one of list) {
                        await writer.add(one);
                    }
                    for (const one of refusals) {
                        await writer.refuse(one);
                    }
                    const { parts, refused } = await writer.finish();
                    assert.deepEqual(await all(readListParts(s3, "snapshots", parts)), list);
                    assert.deepEqual(await all(readRefusedParts(s3, "snapshots", refused)), refusals);
                },
            ),
            { numRuns: 30 },
        );
    });

    it("are bounded, and so is what they tell of refused values", async () => {
        const s3 = new MemoryBucket();
        const writer = new FeedListWriter({ s3, ...PLACE });
        writer.refusedBefore(1000);
        for (let index = 0; index < 120_000; index++) {
            await writer.add({ type: "domain", value: `${index}.example.com`, confidence: 1 });
            await writer.refuse({ value: `${index}`, reason: "private range" });
        }
        await writer.refuse({ value: "x".repeat(10_000_000), reason: "long" });
        const { parts, refused } = await writer.finish();
        assert.equal(parts.length, 2);
        assert.equal((await all(readRefusedParts(s3, "snapshots", refused))).length, 99_000);
        for (const object of s3.objects.values()) {
            assert.ok(gunzipSync(object).length <= 4 * 1024 * 1024);
        }
        const values = new Set((await all(readListParts(s3, "snapshots", parts))).map(({ value }) => value));
        assert.equal(values.size, 120_000);
    });

    it("are named when they are missing or damaged", async () => {
        const s3 = new MemoryBucket();
        s3.objects.set("feeds/ips/1/indicators-00000.tsv.gz", Buffer.from("junk"));
        for (const part of ["feeds/ips/1/indicators-00000.tsv.gz", "feeds/ips/2/indicators-00000.tsv.gz"]) {
            await assert.rejects(all(readListParts(s3, "snapshots", [part])), (error: Error) =>
                error.message.startsWith(
                    `s3://snapshots/${part} cannot be read: delete feeds/ips/state.json`,
                ),
            );
        }
    });
});
