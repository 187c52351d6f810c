import assert from "node:assert/strict";
import { MemoryBucket } from "../bucket-testing";
import { encodeSnapshot, snapshotDigest } from "../indicators/snapshot";
import { createHandler } from "./block-lists";
import { quiet, sqsEvent } from "./testing";

const ENV = {
    SNAPSHOT_BUCKET: "snapshots",
    LISTS_BUCKET: "lists",
    LAKE_BUCKET: "lake",
    ACCOUNT_ID: "111122223333",
    AWS_REGION: "us-east-1",
};

describe("block-lists", () => {
    quiet();

    it("writes the lists of what was published and reports beside the hub's other places", async () => {
        const s3 = new MemoryBucket();
        const seen = { firstSeen: "2026-11-24T00:00:00Z", lastSeen: "2026-11-24T00:00:00Z" };
        const entry = { type: "domain" as const, value: "evil.example", feeds: ["misp"], confidence: 80 };
        const body = Buffer.from(encodeSnapshot([{ ...entry, ...seen }]));
        const sha256 = snapshotDigest(body);
        s3.objects.set("snapshots/s.bin", body);
        const current = JSON.stringify({ version: "v1", key: "snapshots/s.bin", sha256, counts: {} });
        s3.objects.set("current.json", Buffer.from(current));
        const run = createHandler({ ...ENV, LIST_ROOMS: '{"edl-domain.txt": 1}' }, { s3 });
        assert.deepEqual(await run(sqsEvent({ version: "v1" })), { batchItemFailures: [] });
        assert.equal(s3.text("lists/edl-domain.txt"), "evil.example\n");
        assert.equal(s3.text("lists/edl-ip.txt"), "");
        const report = JSON.parse(
            s3.text("enforcement/111122223333/us-east-1-block-lists.json") ?? "null",
        ) as {
            sha256: string;
            places: { place: string; room: Record<string, number> }[];
        };
        assert.deepEqual([report.sha256, report.places[0].place], [sha256, "block-lists"]);
        assert.equal(report.places[0].room["edl-domain.txt"], 1);
    });

    it("names rooms that are none", () => {
        for (const LIST_ROOMS of ["x", "null", '{"plain.txt": "many"}']) {
            assert.throws(
                () => createHandler({ ...ENV, LIST_ROOMS }, { s3: new MemoryBucket() }),
                /LIST_ROOMS must be JSON/,
            );
        }
    });
});
