import assert from "node:assert/strict";
import { Rate } from "./rate";

describe("rate", () => {
    it("allows so many at once and so many a second, each key for itself", () => {
        let now = 0;
        const rate = new Rate(2, () => now);
        const allowed = (key = "a") => [rate.allows(key), rate.allows(key), rate.allows(key)];
        assert.deepEqual(allowed(), [true, true, false]);
        assert.deepEqual(allowed("b"), [true, true, false]);
        now = 500;
        assert.deepEqual(allowed(), [true, false, false]);
        now = 60_000;
        assert.deepEqual(allowed(), [true, true, false]);
    });
});
