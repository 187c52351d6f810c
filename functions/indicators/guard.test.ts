import assert from "node:assert/strict";
import { judge } from "./guard";

describe("judge", () => {
    const guard = { share: 0.5, minimum: 10 };
    const change = (before: number, added: number, removed: number) => ({
        before,
        after: before + added - removed,
        added,
        removed,
    });

    it("holds what reaches the share, and lets through what does not", () => {
        assert.equal(judge(change(100, 49, 49), guard), undefined);
        assert.match(judge(change(100, 0, 50), guard) ?? "", /remove 50 of 100 \(50 %; .* from 50 %\)/);
        assert.match(judge(change(100, 50, 0), guard) ?? "", /add 50 to 100 \(50 %/);
        assert.match(judge(change(100, 400, 0), guard) ?? "", /400 %/);
    });

    it("lets few changes through, but never an emptied list", () => {
        assert.equal(judge(change(10, 0, 9), guard), undefined);
        assert.match(judge(change(3, 0, 3), guard) ?? "", /empty a list of 3/);
    });

    it("lets a list begin, and one that does not change stay", () => {
        assert.equal(judge(change(0, 1_000_000, 0), guard), undefined);
        assert.equal(judge(change(100, 0, 0), { share: 0, minimum: 0 }), undefined);
    });
});
