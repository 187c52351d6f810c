import assert from "node:assert/strict";
import * as fc from "fast-check";
import { AllowList } from "./allow-list";
import { normalizeIndicator } from "./normalize";
import { RangeSet, rangeOf } from "./ranges";
import { Safety } from "./safety";
import { WarningList } from "./warning-list";

function judge(safety: Safety, text: string): string | undefined {
    const indicator = normalizeIndicator(text);
    assert.ok(indicator, text);
    return safety.refusal(indicator);
}

const reason = (text: string, allowList: readonly string[] = [], allowDocumentation = false) =>
    judge(new Safety({ allowList, allowDocumentation }), text);

describe("Safety", () => {
    const cases: [string, string | undefined][] = [
        ["8.8.8.8", undefined],
        ["2606:4700::1111", undefined],
        ["10.1.2.3", "private range"],
        ["172.31.255.255", "private range"],
        ["172.32.0.0", undefined],
        ["192.168.1.0/24", "private range"],
        ["127.0.0.1", "loopback range"],
        ["169.254.169.254", "link-local range"],
        ["100.64.0.1", "CGNAT range"],
        ["224.0.0.1", "multicast range"],
        ["255.255.255.255", "reserved range"],
        ["0.0.0.0", "unspecified range"],
        ["0.0.0.1", "reserved range"],
        ["203.0.113.7", "documentation range"],
        ["172.0.0.0/8", "private range"],
        ["4.0.0.0/6", "wider than /8"],
        ["0.0.0.0/0", "wider than /8"],
        ["2600::/18", "wider than /19"],
        ["2600::/19", undefined],
        ["::", "unspecified range"],
        ["::1", "loopback range"],
        ["fe80::1", "link-local range"],
        ["fd00::1", "private range"],
        ["ff02::1", "multicast range"],
        ["2001:db8::1", "documentation range"],
        ["64:ff9b::808:808", "reserved range"],
        ["2002:808:808::", "reserved range"],
        ["evil.example", undefined],
        ["http://10.0.0.1/x", "private range"],
        ["http://[fe80::1]/x", "link-local range"],
        ["http://evil.example/x", undefined],
        ["co.uk", "public suffix"],
        ["github.io", "public suffix"],
        ["evil.github.io", undefined],
        ["http://github.io/evil", undefined],
    ];
    for (const [text, expected] of cases) {
        it(`${text}: ${expected ?? "passes"}`, () => assert.equal(reason(text), expected));
    }

    it("lets documentation ranges pass on request, and no other", () => {
        assert.equal(reason("203.0.113.7", [], true), undefined);
        assert.equal(reason("2001:db8::/32", [], true), undefined);
        assert.equal(reason("10.0.0.1", [], true), "private range");
    });

    it("holds to the allow list", () => {
        const list = ["9.9.9.9", "8.8.0.0/16", "www.corp.example", "2600::/32"];
        for (const text of [
            ...["9.9.9.9", "9.9.9.0/24", "8.8.4.4", "8.8.4.0/24", "8.0.0.0/8", "2600::5"],
            ...[
                "www.corp.example",
                "corp.example",
                "a.www.corp.example",
                "http://www.corp.example/x",
                "http://8.8.8.8/",
            ],
        ]) {
            assert.equal(reason(text, list), "on the allow list", text);
        }
        for (const text of ["9.9.9.10", "8.9.0.1", "mail.corp.example", "notcorp.example"]) {
            assert.equal(reason(text, list), undefined, text);
        }
        assert.throws(() => new AllowList(["8.8.8.8", "corp"]), /"corp" is not an address/);
    });

    it("refuses single labels", () => {
        const safety = new Safety();
        assert.equal(safety.refusal({ type: "domain", value: "localhost" }), "single-label name");
        assert.equal(safety.refusal({ type: "url", value: "http://intranet/x" }), "single-label name");
    });

    it("never blocks the organization's own addresses, nor a network around them", () => {
        const safety = new Safety({ ownAddresses: ["52.1.2.3", "2600:1f18::5"] });
        for (const text of ["52.1.2.3", "52.1.2.0/24", "2600:1f18::/32", "http://52.1.2.3/x"]) {
            assert.equal(judge(safety, text), "the organization's own address", text);
        }
        assert.equal(judge(safety, "52.1.2.4"), undefined);
    });

    it("lets analysts allow what feeds report", () => {
        const safety = new Safety().allowing(["9.9.9.9", "cdn.corp.com", "http://shop.corp.com/x"]);
        for (const text of [
            "9.9.9.9",
            "9.9.0.0/16",
            "cdn.corp.com",
            "corp.com",
            "a.cdn.corp.com",
            "shop.corp.com",
        ]) {
            assert.equal(judge(safety, text), "allowed by an analyst", text);
        }
        assert.equal(judge(safety, "9.9.9.8"), undefined);
    });

    it("takes the configured width of networks", () => {
        const safety = new Safety({ widest: { ipv4: 16, ipv6: 32 } });
        assert.equal(judge(safety, "9.0.0.0/15"), "wider than /16");
        assert.equal(judge(safety, "9.9.0.0/16"), undefined);
        assert.equal(judge(safety, "2600::/31"), "wider than /32");
    });

    const warningList = (type: string, list: readonly string[], attributes: readonly string[] = []) =>
        new WarningList(JSON.stringify({ name: "known good", type, list, matching_attributes: attributes }));
    const onList = 'on warning list "known good"';
    const lists: [string, WarningList, string, string | undefined][] = [
        ["cidr", warningList("cidr", ["9.9.9.0/24", "2620:fe::fe"]), "9.9.9.9", onList],
        ["cidr", warningList("cidr", ["9.9.9.0/24"]), "9.9.0.0/16", onList],
        ["cidr", warningList("cidr", ["9.9.9.0/24"]), "9.9.8.9", undefined],
        ["cidr", warningList("cidr", ["9.9.9.0/24"]), "http://9.9.9.9/x", onList],
        ["hostname", warningList("hostname", [".google.com"]), "www.google.com", onList],
        ["hostname", warningList("hostname", ["www.google.com"]), "google.com", onList],
        ["hostname", warningList("hostname", ["google.com"]), "notgoogle.com", undefined],
        ["string", warningList("string", ["HTTP://Evil.Example/"]), "http://evil.example/", onList],
        ["substring", warningList("substring", ["/wp-content/"]), "http://evil.example/wp-content/x", onList],
        ["regex", warningList("regex", ["/^SINK\\d+\\./i"]), "sink12.example", onList],
        ["regex", warningList("regex", ["^sink"]), "mysink.example", undefined],
        [
            "domains only",
            warningList("hostname", ["google.com"], ["domain"]),
            "http://google.com/x",
            undefined,
        ],
        ["addresses only", warningList("cidr", ["9.9.9.0/24"], ["ip-dst"]), "9.9.9.9", onList],
    ];
    for (const [type, list, text, expected] of lists) {
        it(`with a warning list of ${type}: ${text} ${expected ? "is refused" : "passes"}`, () => {
            assert.equal(judge(new Safety({ warningLists: [list] }), text), expected);
        });
    }

    it("says what is wrong with a warning list", () => {
        assert.throws(() => new WarningList("<html>"), /no MISP warning list/);
        assert.throws(() => warningList("cidre", []), /unknown type "cidre"/);
        assert.throws(() => warningList("regex", ["/(/"]), /expression that cannot be used/);
    });
});

describe("RangeSet", () => {
    const v4 = fc
        .tuple(fc.nat(255), fc.integer({ min: 8, max: 32 }))
        .map(([octet, prefix]) => `9.9.${octet}.0/${prefix}`);
    const v6 = fc
        .tuple(fc.nat(15), fc.integer({ min: 20, max: 128 }))
        .map(([n, prefix]) => `2600:${n}::/${prefix}`);
    const value = fc.oneof(v4, v6);

    it("finds an overlap wherever a comparison of all pairs does", () => {
        fc.assert(
            fc.property(fc.array(value, { maxLength: 8 }), value, (texts, text) => {
                const ranges = texts.map((item) => rangeOf(item)!);
                const range = rangeOf(text)!;
                const naive = ranges.some(
                    (other) =>
                        other.family === range.family && other.start <= range.end && range.start <= other.end,
                );
                assert.equal(new RangeSet(ranges).overlaps(range), naive);
            }),
        );
    });
});
