import assert from "node:assert/strict";
import * as fc from "fast-check";
import { IndicatorMatch, IndicatorType } from "./indicator";
import { encodeSnapshot, Snapshot, SnapshotBuilder, SnapshotError } from "./snapshot";
import { hashOf } from "./snapshot-hash";

const SEEN = "2026-01-02T03:04:05.000Z";

function entry(type: IndicatorType, value: string, changes: Partial<IndicatorMatch> = {}): IndicatorMatch {
    return { type, value, feeds: ["a"], firstSeen: SEEN, lastSeen: SEEN, confidence: 50, ...changes };
}

const ipv4 = (i: number) => `${1 + (i >>> 16)}.${(i >>> 8) & 255}.${i & 255}.7`;

describe("SnapshotBuilder", () => {
    it("merges entries of one value and gives the same bytes whatever their order", () => {
        const list = [
            entry("ipv4", "1.2.3.4", { feeds: ["b"], confidence: 20, firstSeen: "2026-01-01T00:00:00Z" }),
            entry("ipv4", "1.2.3.4", { feeds: ["a"], confidence: 90, lastSeen: "2026-02-01T00:00:00Z" }),
            entry("ipv4", "1.2.3.4", { feeds: ["b", "d"], confidence: 1 }),
            entry("cidr", "1.2.3.0/24", { feeds: ["c", "a"] }),
            entry("cidr", "1.2.3.0/25", { feeds: ["a", "c", "a"] }),
            entry("domain", "evil.example"),
            entry("domain", "evil.example", { feeds: ["z"] }),
            entry("url", "http://evil.example/"),
            entry("ipv6", "2001:db8::1"),
            entry("ipv6", "2001:db8::1:1"),
            entry("ipv6", "2001:db8:1::"),
            entry("cidr", "2001:db8::/32"),
            entry("cidr", "2001:db8::/33", { confidence: 7 }),
        ];
        const bytes = encodeSnapshot(list);
        fc.assert(
            fc.property(fc.shuffledSubarray(list, { minLength: list.length }), (shuffled) => {
                assert.ok(encodeSnapshot(shuffled).equals(bytes));
            }),
            { numRuns: 50 },
        );
        const snapshot = Snapshot.decode(bytes);
        assert.deepEqual(snapshot.ip("1.2.3.4"), {
            type: "ipv4",
            value: "1.2.3.4",
            feeds: ["a", "b", "d"],
            firstSeen: "2026-01-01T00:00:00.000Z",
            lastSeen: "2026-02-01T00:00:00.000Z",
            confidence: 90,
        });
        assert.deepEqual(snapshot.domain("evil.example")?.feeds, ["a", "z"]);
        assert.deepEqual(snapshot.ip("1.2.3.5")?.feeds, ["a", "c"]);
        const counts = { ipv4: 1, ipv6: 3, cidr4: 2, cidr6: 2, domain: 1, url: 1 };
        assert.deepEqual(snapshot.counts, counts);
    });

    it("counts what it was given, and forgets an entry that it refused", () => {
        const builder = new SnapshotBuilder();
        builder.add(entry("domain", "evil.example"));
        assert.throws(() => builder.add(entry("domain", "evil.example/")), SnapshotError);
        assert.throws(() => builder.add(entry("ipv4", "8.8.8.8", { lastSeen: "soon" })), /"soon" is no ISO/);
        assert.throws(() => builder.add(entry("cidr", "8.8.8.8/24")), SnapshotError);
        builder.add(entry("domain", "e.example"));
        assert.equal(builder.size, 2);
        const values = [...Snapshot.decode(builder.finish()).all()].map(({ value }) => value);
        assert.deepEqual(values.sort(), ["e.example", "evil.example"]);
    });

    it("refuses what is not of its type", () => {
        for (const [type, value] of [
            ...(["", "1.2.3", "1.2.3.04", "1.2.3.4/32", "::1"] as const).map(
                (text) => ["ipv4", text] as const,
            ),
            ...(["1.2.3.4", "::ffff:1.2.3.4", "::g"] as const).map((text) => ["ipv6", text] as const),
            ...(["1.2.3.4", "1.2.3.4/33", "1.2.3.0/", "1.2.3.0/024", "::/129", "::1/64", "/8"] as const).map(
                (text) => ["cidr", text] as const,
            ),
            ...(["", "Evil.example", "bücher.example", "a b", `${"a".repeat(250)}.org`] as const).map(
                (text) => ["domain", text] as const,
            ),
            ...(
                ["ftp://a.example/", "http://a.example/ü", `http://a.example/${"a".repeat(9000)}`] as const
            ).map((text) => ["url", text] as const),
        ]) {
            assert.throws(() => encodeSnapshot([entry(type, value)]), /in normal form/, `${type} ${value}`);
        }
    });

    it("knows more combinations of feeds than 16 bits can number", () => {
        const entries: IndicatorMatch[] = [];
        for (let i = 0; i < 70_000; i++) {
            const feeds = Array.from({ length: 17 }, (_, bit) => `f${bit}`).filter(
                (_, bit) => (i >> bit) & 1,
            );
            entries.push(entry("ipv4", ipv4(i), { feeds, confidence: i % 101 }));
        }
        const snapshot = Snapshot.decode(encodeSnapshot(entries));
        for (let i = 0; i < entries.length; i += 97) {
            const match = snapshot.ip(entries[i].value);
            assert.deepEqual(new Set(match?.feeds), new Set(entries[i].feeds));
            assert.equal(match?.confidence, i % 101);
        }
    });

    it("keeps times to the second, and to the minute or hour where there are too many", () => {
        const stepOf = (step: number) => {
            const time = (i: number) => new Date(Date.UTC(2026, 0, 1) + i * step * 1000).toISOString();
            const entries = Array.from({ length: 70_000 }, (_, i) =>
                entry("ipv4", ipv4(i), { firstSeen: time(i), lastSeen: time((i % 3) * 2) }),
            );
            const snapshot = Snapshot.decode(encodeSnapshot(entries));
            const offs = entries.map(({ value, firstSeen, lastSeen }) => {
                const match = snapshot.ip(value);
                assert.equal(match?.lastSeen, lastSeen);
                return (Date.parse(firstSeen) - Date.parse(match?.firstSeen ?? "")) / 1000;
            });
            assert.ok(offs.every((off) => off >= 0));
            return offs.reduce((most, off) => Math.max(most, off), 0);
        };
        assert.equal(stepOf(0.5), 0.5);
        assert.equal(stepOf(1), 59);
        assert.equal(stepOf(601), 3599);
    });

    it("tells names apart whose hashes are the same", () => {
        // Found by trying: pairs of one 32-bit hash.
        const seen = new Map<number, string>();
        const pairs: string[] = [];
        for (let i = 0; pairs.length < 6; i++) {
            const name = `n${i.toString(36)}.example`;
            const hash = hashOf(name);
            const other = seen.get(hash);
            if (other !== undefined) {
                pairs.push(other, name);
            }
            seen.set(hash, name);
        }
        const all = Snapshot.decode(encodeSnapshot(pairs.map((name) => entry("domain", name))));
        const half = Snapshot.decode(
            encodeSnapshot(pairs.filter((_, i) => i % 2 === 0).map((name) => entry("domain", name))),
        );
        pairs.forEach((name, i) => {
            assert.equal(all.domain(`www.${name}`)?.value, name);
            assert.equal(half.domain(name)?.value, i % 2 === 0 ? name : undefined);
        });
    });
});
