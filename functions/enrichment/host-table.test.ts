import assert from "node:assert/strict";
import { IndicatorLookup } from "../indicators/indicator";
import { encodeSnapshot, Snapshot } from "../indicators/snapshot";
import { HostTable } from "./host-table";

const seen = "2026-01-02T03:04:05.000Z";
const more = { feeds: ["feed"], firstSeen: seen, lastSeen: seen, expiresAt: 0, confidence: 50 };
const SNAPSHOT = Snapshot.decode(
    encodeSnapshot([
        { type: "domain", value: "evil.example", ...more },
        { type: "url", value: "http://shop.example/bad", ...more },
        { type: "ipv4", value: "203.0.113.9", ...more },
        { type: "cidr", value: "2001:db8::/32", ...more },
    ]),
);

/** Counts what is asked. */
function counting(): IndicatorLookup & { asked: number } {
    return {
        asked: 0,
        ip: () => undefined,
        domain() {
            this.asked++;
            return undefined;
        },
        url: () => undefined,
        hasUrls: () => false,
    };
}

describe("HostTable", () => {
    it("tells names in lower case, without the trailing dot, and what they match", () => {
        const table = new HostTable(SNAPSHOT);
        for (const [text, name, match, hasUrls] of [
            ["Shop.Example.", "shop.example", undefined, true],
            ["evil.example", "evil.example", "evil.example", false],
            ["A.EVIL.example", "a.evil.example", "evil.example", false],
            ["notevil.example", "notevil.example", undefined, false],
            ["203.0.113.9", "203.0.113.9", "203.0.113.9", false],
            ["[2001:DB8::1]", "[2001:db8::1]", "2001:db8::/32", false],
            ['q"uote', 'q"uote', undefined, false],
            ["", "", undefined, false],
        ] as const) {
            for (let round = 0; round < 2; round++) {
                const host = table.find(text);
                assert.deepEqual(
                    [host.name, host.match?.value, host.hasUrls, host.json.toString()],
                    [name, match, hasUrls, JSON.stringify(name)],
                );
            }
        }
    });

    it("matches nothing without indicators", () => {
        const { match, hasUrls } = new HostTable(undefined).find("evil.example");
        assert.deepEqual([match, hasUrls], [undefined, false]);
    });

    it("asks once for what it remembers, however many hosts come by", () => {
        const lookup = counting();
        const table = new HostTable(lookup);
        for (let i = 0; i < 1000; i++) {
            assert.equal(table.find(`host-${i % 10}.example`).name, `host-${i % 10}.example`);
        }
        assert.equal(lookup.asked, 10);
        for (let i = 0; i < 100_000; i++) {
            assert.equal(table.find(`${i}.example`).name, `${i}.example`);
        }
        assert.ok(lookup.asked >= 100_010);
    });

    it("does not fill the memory with names that are none", () => {
        const table = new HostTable(counting());
        const before = process.memoryUsage().rss;
        const long = "x".repeat(500_000);
        for (let i = 0; i < 400; i++) {
            assert.equal(table.find(`${i}${long}`).name.length, long.length + String(i).length);
        }
        assert.ok(process.memoryUsage().rss - before < 200e6);
    });
});
