import assert from "node:assert/strict";
import { batches } from "./batches";

describe("batches of log events", () => {
    const sizesOf = (messages: readonly string[]) => [...batches(messages)].map((batch) => batch.length);

    it("are in order, none lost, no larger than CloudWatch Logs takes", () => {
        const messages = Array.from({ length: 25_000 }, (_, index) => String(index));
        assert.deepEqual([...batches(messages)].flat(), messages);
        assert.deepEqual(sizesOf(messages), [10_000, 10_000, 5000]);
    });

    it("are counted in bytes, with what an event costs beside its text", () => {
        const limit = 1_048_576;
        assert.deepEqual(sizesOf(["x".repeat(limit - 2 * 26), "x", "x"]), [1, 2]);
        assert.deepEqual(sizesOf(["é".repeat(limit / 2 - 26), "x"]), [1, 1]);
    });

    it("are none when there are no events", () => {
        assert.deepEqual(sizesOf([]), []);
    });
});
