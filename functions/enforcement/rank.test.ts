import assert from "node:assert/strict";
import fc from "fast-check";
import { best } from "./rank";
import { indicator, indicatorLists, inRankOrder } from "./testing";

describe("best", () => {
    it("keeps the best by confidence, then last seen, then value, in that order", () => {
        const list = [
            indicator("9.9.9.3"),
            indicator("9.9.9.2", { lastSeen: "2026-11-25" }),
            indicator("9.9.9.1", { confidence: 10 }),
            indicator("9.9.9.0"),
        ];
        const { kept, leftOut } = best(list, 3);
        assert.deepEqual(
            kept.map(({ value }) => value),
            ["9.9.9.2", "9.9.9.0", "9.9.9.3"],
        );
        assert.equal(leftOut, 1);
    });

    it("gives the same whatever order the candidates come in", () => {
        const shuffled = indicatorLists.chain((list) =>
            fc.tuple(
                fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }),
                fc.nat(list.length + 2),
            ),
        );
        fc.assert(
            fc.property(shuffled, ([list, room]) => {
                const { kept, leftOut } = best(list, room);
                assert.deepEqual(kept, inRankOrder(list).slice(0, room));
                assert.equal(kept.length + leftOut, list.length);
            }),
        );
    });

    it("finds the best of a million", () => {
        function* many() {
            for (let i = 0; i < 1_000_000; i++) {
                yield {
                    value: String(i).padStart(7, "0"),
                    confidence: (i * 7919) % 101,
                    lastSeen: "2026-11-24",
                };
            }
        }
        const { kept, leftOut } = best(many(), 100);
        assert.deepEqual([kept.length, leftOut], [100, 999_900]);
        assert.ok(kept.every(({ confidence }) => confidence === 100));
    });
});
