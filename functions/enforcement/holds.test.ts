import assert from "node:assert/strict";
import { holdings } from "./holds";
import { blockable, indicator } from "./testing";

const SNAPSHOT = blockable([
    indicator("9.9.9.1", { confidence: 90 }),
    indicator("9.9.9.2"),
    indicator("2a00::1"),
    indicator("evil.example", { confidence: 90 }),
    indicator("bad.example"),
    indicator("a_b.example"),
]);

function of(place: string, room: Record<string, number>, value: string) {
    return holdings({ place, room }, SNAPSHOT, value).map(({ list, held, reason }) => [list, reason ?? held]);
}

describe("holdings", () => {
    it("say which lists hold an indicator, and why others do not", () => {
        assert.deepEqual(of("waf", { ipv4: 1, ipv6: 1 }, "9.9.9.1"), [["ipv4", true]]);
        assert.deepEqual(of("waf", { ipv4: 1, ipv6: 1 }, "9.9.9.2"), [["ipv4", "no-room"]]);
        assert.deepEqual(of("waf-cloudfront", { ipv4: 1, ipv6: 1 }, "2a00::1"), [["ipv6", true]]);
        assert.deepEqual(of("guardduty", { addresses: 9, entities: 2 }, "2a00::1"), [
            ["addresses", "ipv6"],
            ["entities", "ipv6"],
        ]);
        assert.deepEqual(of("guardduty", { entities: 2 }, "evil.example"), [["entities", true]]);
        assert.deepEqual(of("network-firewall", { domains: 1, rules: 9 }, "bad.example"), [
            ["domains", "no-room"],
        ]);
        assert.deepEqual(of("network-firewall", { domains: 1, rules: 9 }, "9.9.9.2"), [["rules", true]]);
    });

    it("count both entries that a domain takes in DNS Firewall", () => {
        assert.deepEqual(of("dns-firewall", { domains: 3 }, "evil.example"), [["domains", true]]);
        assert.deepEqual(of("dns-firewall", { domains: 3 }, "bad.example"), [["domains", "no-room"]]);
        assert.deepEqual(of("dns-firewall", { domains: 3 }, "a_b.example"), [["domains", "underscore"]]);
    });

    it("know block lists without bound", () => {
        assert.deepEqual(of("block-lists", { "plain.txt": Number.MAX_SAFE_INTEGER }, "9.9.9.2"), [
            ["plain.txt", true],
        ]);
    });

    it("are none for a value that the snapshot lacks, or a place that is not known", () => {
        assert.deepEqual(of("waf", { ipv4: 9 }, "9.9.9.7"), []);
        assert.deepEqual(of("moat", { ipv4: 9 }, "9.9.9.1"), []);
    });
});
