import assert from "node:assert/strict";
import { MemoryBucket } from "../bucket-testing";
import { FeedState } from "./feed-list";
import { readState, runIds, StateConflict, writeState } from "./feed-state";

describe("feed state", () => {
    const state: FeedState = { feed: "ips", partials: [] };
    const other: FeedState = { ...state, memory: { etag: "1" } };

    it("is written only in place of the one that was read", async () => {
        const s3 = new MemoryBucket();
        const { etag: none } = await readState(s3, "b", "ips");
        await writeState(s3, "b", state, none);
        await assert.rejects(writeState(s3, "b", other, none), StateConflict);
        const { etag } = await readState(s3, "b", "ips");
        await writeState(s3, "b", other, etag);
        await assert.rejects(writeState(s3, "b", state, etag), StateConflict);
        assert.deepEqual((await readState(s3, "b", "ips")).state, other);
    });

    it("is no conflict when the client repeats a request whose answer was lost", async () => {
        const s3 = new MemoryBucket();
        const { etag } = await readState(s3, "b", "ips");
        await writeState(s3, "b", state, etag);
        await writeState(s3, "b", state, etag);
        assert.deepEqual((await readState(s3, "b", "ips")).state, state);
    });

    it("says what to do when it is damaged", async () => {
        const s3 = new MemoryBucket();
        s3.objects.set("feeds/ips/state.json", Buffer.from("{"));
        await assert.rejects(
            readState(s3, "b", "ips"),
            /s3:\/\/b\/feeds\/ips\/state.json is damaged: restore/,
        );
    });

    it("numbers runs by time, and those of one moment in order", () => {
        const ids = [
            ...runIds(new Date("2026-11-24T12:00:00Z"), 5),
            ...runIds(new Date("2026-11-24T12:00:01Z"), 5),
        ];
        assert.deepEqual(ids, [...new Set(ids)].sort());
    });
});
