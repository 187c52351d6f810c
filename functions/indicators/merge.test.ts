import assert from "node:assert/strict";
import * as fc from "fast-check";
import { FeedRef, Indicator, indicatorOf } from "./indicator";
import { MergeRules, mergeWords, RefChange, Word } from "./merge";

const NOW = Date.parse("2026-11-24T12:00:00Z") / 1000;
const HOUR = 3600;
const DAY = 86_400;
const iso = (seconds: number) => new Date(seconds * 1000).toISOString();

function rules(more: Partial<MergeRules> = {}): MergeRules {
    const feeds = new Map(["a", "b", "c"].map((name) => [name, { ttlDays: 8 }]));
    return { now: NOW, feeds, full: new Set(), refreshHours: 24, ...more };
}

function word(more: Partial<Word> = {}): Word {
    return { type: "ipv4", confidence: 50, at: NOW, ...more };
}

function said(words: Record<string, Word>): ReadonlyMap<string, Word> {
    return new Map(Object.entries(words));
}

function ref(name: string, more: Partial<FeedRef> = {}): FeedRef {
    const [seen, expiresAt] = [iso(NOW - HOUR), NOW - HOUR + 8 * DAY];
    return { name, firstSeen: seen, lastSeen: seen, confidence: 50, expiresAt, ...more };
}

function item(...feeds: FeedRef[]): Indicator {
    return indicatorOf("ipv4", "9.9.9.1", feeds);
}

function merge(old: Indicator | undefined, words: Record<string, Word>, more: Partial<MergeRules> = {}) {
    return mergeWords("9.9.9.1", old, said(words), rules(more));
}

describe("merging what feeds say", () => {
    it("makes one entry that names both feeds, with the earliest, latest and highest of them", () => {
        const { change, entry } = merge(undefined, {
            b: word({ confidence: 90, firstSeen: NOW - 100 }),
            a: word({ validUntil: NOW + HOUR }),
        });
        assert.equal(change, "put");
        assert.deepEqual(
            entry?.feeds.map(({ name }) => name),
            ["a", "b"],
        );
        assert.equal(entry?.firstSeen, iso(NOW - 100));
        assert.equal(entry?.lastSeen, iso(NOW));
        assert.equal(entry?.confidence, 90);
        assert.equal(entry?.expiresAt, NOW + 8 * DAY);
        assert.equal(entry?.feeds[0].expiresAt, NOW + HOUR);
    });

    it("keeps first seen, and moves last seen at most once a day", () => {
        const old = item(ref("a"));
        assert.equal(merge(old, { a: word({ firstSeen: 1, at: NOW + 22 * HOUR }) }).change, "none");
        const { change, entry } = merge(old, { a: word({ firstSeen: 1, at: NOW + 23 * HOUR }) });
        assert.equal(change, "put");
        assert.equal(entry?.firstSeen, old.firstSeen);
        assert.equal(entry?.lastSeen, iso(NOW + 23 * HOUR));
        assert.equal(entry?.expiresAt, NOW + 23 * HOUR + 8 * DAY);
    });

    it("never moves last seen back by a list that is older", () => {
        const old = item(ref("a"));
        assert.deepEqual(merge(old, { a: word({ at: NOW - 5 * DAY }) }), { change: "none", entry: old });
    });

    it("takes a feed's newest confidence and end of validity at once", () => {
        const old = item(ref("a"));
        assert.equal(merge(old, { a: word({ confidence: 20 }) }).entry?.confidence, 20);
        assert.equal(merge(old, { a: word({ validUntil: NOW + HOUR }) }).entry?.expiresAt, NOW + HOUR);
    });

    it("removes the word of a feed whose full list lacks the value, and the item with the last word", () => {
        const full = new Set(["a"]);
        const both = merge(item(ref("a"), ref("b")), {}, { full });
        assert.equal(both.change, "put");
        assert.deepEqual(both.entry, item(ref("b")));
        assert.deepEqual(merge(item(ref("a")), {}, { full }), { change: "delete" });
        assert.equal(merge(item(ref("a")), {}).change, "none", "a partial list says nothing of the others");
    });

    it("removes a word that is taken back or not valid any more", () => {
        for (const taken of [word({ revoked: true }), word({ validUntil: NOW })]) {
            assert.deepEqual(merge(item(ref("a")), { a: taken }), { change: "delete" });
            assert.deepEqual(merge(item(ref("a"), ref("b")), { a: taken }).entry, item(ref("b")));
            assert.deepEqual(merge(undefined, { a: taken }), { change: "none" });
        }
    });

    it("lets expired words go without a write of their own, and the item with the last of them", () => {
        const expired = ref("a", { expiresAt: NOW });
        const waiting = merge(item(expired, ref("b")), {});
        assert.deepEqual(waiting, { change: "none", entry: item(ref("b")) });
        const rewritten = merge(item(expired, ref("b")), { c: word() });
        assert.deepEqual(
            rewritten.entry?.feeds.map(({ name }) => name),
            ["b", "c"],
        );
        assert.deepEqual(merge(item(expired), {}), { change: "delete" });
    });

    it("removes the words of feeds that are not configured any more", () => {
        assert.deepEqual(merge(item(ref("a"), ref("gone")), {}).entry, item(ref("a")));
        assert.deepEqual(merge(item(ref("gone")), {}), { change: "delete" });
        assert.deepEqual(merge(undefined, { gone: word() }), { change: "none" });
    });

    it("tells what became of each feed's word", () => {
        const told: [string, RefChange][] = [];
        const tally = (feed: string, change: RefChange) => void told.push([feed, change]);
        merge(item(ref("a"), ref("b")), { b: word(), c: word() }, { full: new Set(["a"]), tally });
        assert.deepEqual(told, [
            ["a", "removed"],
            ["b", "unchanged"],
            ["c", "added"],
        ]);
    });

    it("changes nothing when the same is merged again", () => {
        const times = fc.integer({ min: NOW - 10 * DAY, max: NOW + DAY });
        const anyWord = fc.record(
            {
                confidence: fc.nat(100),
                at: times,
                firstSeen: times,
                validUntil: times,
                revoked: fc.boolean(),
            },
            { requiredKeys: ["confidence", "at"] },
        );
        const names = fc.constantFrom("a", "b", "c", "gone");
        const refs = fc.uniqueArray(
            fc.record({ name: names, lastSeen: times.map(iso), confidence: fc.nat(100), expiresAt: times }),
            { selector: ({ name }) => name, maxLength: 4 },
        );
        const words = fc.dictionary(names, anyWord.map(word));
        fc.assert(
            fc.property(refs, words, fc.uniqueArray(names), (before, listed, full) => {
                const feeds = before.map((one) => ref(one.name, one));
                const old = feeds.length > 0 ? item(...feeds) : undefined;
                const more = { full: new Set(full) };
                const first = merge(old, listed, more);
                const stored =
                    first.change === "put" ? first.entry : first.change === "none" ? old : undefined;
                const second = merge(stored, listed, more);
                assert.deepEqual(second, { change: "none", ...(first.entry && { entry: first.entry }) });
            }),
            { numRuns: 2000 },
        );
    });
});
