import assert from "node:assert/strict";
import fc from "fast-check";
import { ListedIndicator } from "./feed-list-file";
import { ListComparison } from "./list-comparison";

const NOW = 1_000_000;

const line = (value: string, more: Partial<ListedIndicator> = {}): ListedIndicator => ({
    type: "domain",
    value,
    confidence: 50,
    ...more,
});

describe("ListComparison", () => {
    const names = fc.array(fc.constantFrom(..."abcdefghijklmnop".split("")), { maxLength: 30 });

    it("counts what two lists have in common as sets do", () => {
        fc.assert(
            fc.property(names, names, names, (old, news, gone) => {
                const before = new Set(old);
                const now = new Set(news);
                for (const pass of ["full", "partial"] as const) {
                    const comparison = new ListComparison(NOW);
                    old.forEach((value) => comparison.known(line(value)));
                    gone.forEach((value) => comparison.seen(line(value, { revoked: true })));
                    news.forEach((value) => comparison.seen(line(value)));
                    const lacks = (value: string) => pass === "full" || gone.includes(value);
                    const removed = [...before].filter((value) => !now.has(value) && lacks(value)).length;
                    const added = [...now].filter((value) => !before.has(value)).length;
                    const after = before.size + added - removed;
                    assert.deepEqual(comparison.change(pass), { before: before.size, after, added, removed });
                    assert.equal(comparison.listed, now.size);
                }
            }),
        );
    });

    it("gives a value that comes often the best of its sights, and says nothing twice", () => {
        const comparison = new ListComparison(NOW);
        const say = (more: Partial<ListedIndicator>) => comparison.seen(line("a", more));
        assert.deepEqual(say({ firstSeen: 500 }), line("a", { firstSeen: 500 }));
        assert.equal(say({ firstSeen: 700, confidence: 40 }), undefined);
        assert.deepEqual(
            say({ firstSeen: 400, confidence: 90 }),
            line("a", { firstSeen: 400, confidence: 90 }),
        );
        assert.equal(say({ firstSeen: 400, validUntil: NOW + 5 }), undefined, "another sight has no end");
    });

    it("keeps the latest end, and lets an ended sight take back only what no other lists", () => {
        const comparison = new ListComparison(NOW);
        assert.equal(comparison.seen(line("a", { validUntil: NOW + 5 }))?.validUntil, NOW + 5);
        assert.equal(comparison.seen(line("a", { validUntil: NOW + 9 }))?.validUntil, NOW + 9);
        assert.equal(comparison.seen(line("a", { validUntil: NOW })), undefined);
        assert.equal(comparison.seen(line("b", { validUntil: NOW }))?.revoked, true);
        assert.equal(comparison.seen(line("b"))?.revoked, undefined);
        assert.equal(comparison.listed, 2);
        assert.equal(comparison.seen(line("a", { revoked: true }))?.revoked, true);
        assert.deepEqual([comparison.listed, comparison.revoked], [1, 1]);
    });
});
