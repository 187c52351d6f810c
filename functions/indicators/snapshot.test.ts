import assert from "node:assert/strict";
import * as fc from "fast-check";
import { IndicatorMatch, IndicatorType } from "./indicator";
import { normalizeDomain, normalizeIndicator } from "./normalize";
import { encodeSnapshot, Snapshot } from "./snapshot";

function indicator(text: string, feeds = ["a"], confidence = 50): IndicatorMatch {
    const normal = normalizeIndicator(text);
    assert.ok(normal, text);
    const seen = "2026-01-02T03:04:05.000Z";
    return { ...normal, feeds, firstSeen: seen, lastSeen: seen, confidence };
}

const snapshotOf = (...texts: string[]) =>
    Snapshot.decode(encodeSnapshot(texts.map((text) => indicator(text))));

const bits = (ip: string): [number, bigint] => {
    if (!ip.includes(":")) {
        return [32, ip.split(".").reduce((sum, octet) => sum * 256n + BigInt(octet), 0n)];
    }
    const [head, tail] = ip.split("::").map((side) => (side === "" ? [] : side.split(":")));
    const gap = tail === undefined ? [] : new Array<string>(8 - head.length - tail.length).fill("0");
    const groups = [...head, ...gap, ...(tail ?? [])];
    return [128, groups.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n)];
};

/** The look-up as one would write it without a thought for speed. */
function naive(values: ReadonlySet<string>, ip: string): string | undefined {
    if (values.has(ip)) {
        return ip;
    }
    const [width, number] = bits(ip);
    let best: string | undefined;
    for (const value of values) {
        const [network, prefix] = value.split("/");
        const [networkWidth, networkNumber] = bits(network);
        if (prefix === undefined || networkWidth !== width) {
            continue;
        }
        const shift = BigInt(width - Number(prefix));
        if (number >> shift !== networkNumber >> shift) {
            continue;
        }
        best = best === undefined || Number(prefix) > Number(best.split("/")[1]) ? value : best;
    }
    return best;
}

describe("Snapshot", () => {
    it("answers as a naive model does, nested networks included", () => {
        // Few distinct bits, so that addresses and networks meet often.
        const v4 = fc
            .tuple(...[0, 1, 2, 3].map(() => fc.constantFrom(0, 1, 128, 129, 255)))
            .map((o) => o.join("."));
        const group = fc.constantFrom("0", "1", "8000", "ffff");
        // The first group is never zero: IPv4-mapped addresses are IPv4's affair.
        const v6 = fc
            .tuple(fc.constantFrom("2001", "a001"), ...new Array<typeof group>(7).fill(group))
            .map((groups) => normalizeIndicator(groups.join(":"))?.value as string);
        const cidr = fc.oneof(
            fc.tuple(v4, fc.integer({ min: 0, max: 32 })),
            fc.tuple(v6, fc.integer({ min: 0, max: 128 })),
        );
        const value = fc.oneof(
            v4,
            v6,
            cidr.map(([ip, prefix]) => `${ip}/${prefix}`),
        );
        fc.assert(
            fc.property(fc.array(value, { maxLength: 40 }), fc.array(fc.oneof(v4, v6)), (texts, probes) => {
                const snapshot = snapshotOf(...texts);
                const values = new Set(texts.map((text) => indicator(text).value));
                for (const probe of [...probes, ...texts.map((text) => text.split("/")[0])]) {
                    assert.equal(snapshot.ip(probe)?.value, naive(values, probe), probe);
                }
                assert.deepEqual(new Set([...snapshot.addresses()].map((match) => match.value)), values);
            }),
            { numRuns: 400 },
        );
    });

    it("takes the smallest of nested networks, and a parent beyond a sibling", () => {
        const snapshot = snapshotOf("1.0.0.0/8", "1.2.0.0/16", "1.2.3.0/24", "1.2.3.4", "1.2.5.0/24");
        assert.equal(snapshot.ip("1.2.3.4")?.value, "1.2.3.4");
        assert.equal(snapshot.ip("1.2.3.5")?.value, "1.2.3.0/24");
        assert.equal(snapshot.ip("1.2.4.1")?.value, "1.2.0.0/16");
        assert.equal(snapshot.ip("1.2.6.1")?.value, "1.2.0.0/16");
        assert.equal(snapshot.ip("1.3.0.0")?.value, "1.0.0.0/8");
        assert.equal(snapshot.ip("2.0.0.0"), undefined);
        assert.equal(snapshot.ip("::ffff:1.2.3.4")?.value, "1.2.3.4");
        assert.equal(snapshot.ip("1.2.3.4:80")?.value, "1.2.3.4");
    });

    it("matches domains by suffix without false answers", () => {
        const name = fc.array(fc.constantFrom("a", "b", "ab"), { minLength: 1, maxLength: 4 });
        const domain = name.map((labels) => `${labels.join(".")}.example`);
        fc.assert(
            fc.property(fc.array(domain), fc.array(domain), (texts, probes) => {
                const snapshot = snapshotOf(...texts);
                for (const probe of [...texts, ...probes]) {
                    const parents = texts.filter((text) => probe === text || probe.endsWith(`.${text}`));
                    const longest = parents.sort((a, b) => b.length - a.length)[0];
                    assert.equal(snapshot.domain(probe)?.value, longest, probe);
                    assert.equal(snapshot.url(`http://${probe}/x`)?.value, longest, probe);
                }
            }),
        );
        const snapshot = snapshotOf("evil.example", "bücher.example");
        assert.equal(snapshot.domain("a.Evil.Example.")?.value, "evil.example");
        assert.equal(snapshot.domain("evil.example:8443")?.value, "evil.example");
        assert.equal(snapshot.domain("BÜCHER.example")?.value, "xn--bcher-kva.example");
        for (const other of [
            "notevil.example",
            "example",
            "evil.example.org",
            "1.2.3.4",
            "",
            "ev il.example",
        ]) {
            assert.equal(snapshot.domain(other), undefined, other);
        }
    });

    it("matches URLs exactly, then by host", () => {
        const snapshot = snapshotOf("http://x.example/a?b=1", "evil.example", "1.2.3.4");
        assert.equal(snapshot.url("HTTP://X.example:80/a?b=1#c")?.value, "http://x.example/a?b=1");
        assert.equal(snapshot.url("http://x.example/a?b=2"), undefined);
        assert.equal(snapshot.url("https://www.evil.example/any")?.value, "evil.example");
        assert.equal(snapshot.url("https://1.2.3.4:8080/any")?.value, "1.2.3.4");
        assert.equal(snapshot.url("no url"), undefined);
    });

    it("matches URLs with the other scheme, and without their query", () => {
        const snapshot = snapshotOf("http://x.example/a?b=1", "http://x.example/c", "https://s.example/");
        const valueOf = (url: string) => snapshot.url(url)?.value;
        assert.equal(valueOf("https://x.example/a?b=1"), "http://x.example/a?b=1");
        assert.equal(valueOf("http://x.example/c?session=2#d"), "http://x.example/c");
        assert.equal(valueOf("https://X.example/c?session=2"), "http://x.example/c");
        assert.equal(valueOf("http://s.example"), "https://s.example/");
        for (const other of [
            "http://x.example/a",
            "http://x.example/",
            "http://x.example/c/d",
            "ftp://x.example/c",
        ]) {
            assert.equal(valueOf(other), undefined, other);
        }
    });

    it("takes the URL that says most", () => {
        const texts = ["https://x.example/a", "http://x.example/a?b=1", "http://x.example/a", "x.example"];
        for (let i = 0; i < texts.length; i++) {
            assert.equal(
                snapshotOf(...texts.slice(i)).url("http://x.example/a?b=1")?.value,
                ["http://x.example/a?b=1", "http://x.example/a?b=1", "http://x.example/a", "x.example"][i],
            );
        }
    });

    it("knows the hosts that have URLs, however they are written", () => {
        const snapshot = snapshotOf(
            "http://x.example/a?b=1",
            "https://user@y.example:8443/",
            "https://bücher.example/",
            "http://[2001:db8::1]:80/x",
            "http://203.0.113.9/x",
            "evil.example",
        );
        for (const host of [
            ...[
                "x.example",
                "X.Example",
                "x.example.",
                "y.example",
                "bücher.example",
                "xn--bcher-kva.example",
            ],
            ...["203.0.113.9", "[2001:db8::1]", "[2001:DB8:0::1]"],
        ]) {
            assert.equal(snapshot.hasUrls(host), true, host);
        }
        for (const host of ["", "example", "a.x.example", "evil.example", "user", "203.0.113.8", "a b"]) {
            assert.equal(snapshot.hasUrls(host), false, host);
        }
        assert.equal(snapshotOf("x.example").hasUrls("x.example"), false);
    });

    it("has no false answers among 200,000 entries", () => {
        const texts: string[] = [];
        for (let i = 0; i < 100_000; i++) {
            texts.push(`d${i}.example`);
            texts.push([20 + (i % 200), (i * 7) % 256, (i >> 8) % 256, i % 256].join("."));
        }
        const snapshot = Snapshot.decode(encodeSnapshot(texts.map((text) => indicator(text))));
        assert.deepEqual(snapshot.counts.domain, 100_000);
        const ips = new Set(texts.filter((_, i) => i % 2 === 1));
        for (let i = 0; i < 100_000; i++) {
            assert.equal(snapshot.domain(`x.d${i}.example`)?.value, `d${i}.example`);
            assert.equal(snapshot.domain(`e${i}.example`), undefined);
            const ip = [20 + (i % 200), (i * 11) % 256, (i >> 7) % 256, i % 251].join(".");
            assert.equal(snapshot.ip(ip) !== undefined, ips.has(ip), ip);
        }
        for (const ip of ips) {
            assert.equal(snapshot.ip(ip)?.value, ip);
        }
    });

    it("reads an empty snapshot", () => {
        const snapshot = snapshotOf();
        assert.equal(snapshot.ip("1.2.3.4") ?? snapshot.ip("::1") ?? snapshot.domain("a.b"), undefined);
        assert.deepEqual([...snapshot.addresses()], []);
    });

    it("looks odd names up as their normal form is looked up", () => {
        const label = fc.oneof(
            fc.constantFrom(
                "a",
                "b",
                "evil",
                "-a",
                "a-",
                "_a",
                "xn--bcher-kva",
                "xn--",
                "A",
                "ü",
                "1",
                "",
                " ",
            ),
            fc.constant("x".repeat(64)),
        );
        const name = fc
            .tuple(fc.array(label, { maxLength: 5 }), fc.constantFrom("", ".", ":80", "/"))
            .map(([labels, end]) => `${labels.join(".")}${end}`);
        const values = ["evil.a", "a.evil.a", "xn--bcher-kva.b", "_a.b", "b.evil", "a.1.evil"];
        const snapshot = snapshotOf(...values);
        fc.assert(
            fc.property(name, (probe) => {
                const normal = normalizeDomain(probe) ?? normalizeDomain(probe.replace(/:80$/, ""));
                const parents = values.filter((value) => `.${normal}`.endsWith(`.${value}`));
                const longest = parents.sort((a, b) => b.length - a.length)[0];
                assert.equal(snapshot.domain(probe)?.value, longest, probe);
            }),
            { numRuns: 5000 },
        );
        assert.equal(snapshot.domain(`${"x.".repeat(120)}evil.a`)?.value, "evil.a");
        assert.equal(snapshot.domain(`${"x.".repeat(130)}evil.a`), undefined);
    });

    it("finds an address that is written oddly, and no name for one", () => {
        const snapshot = snapshotOf("1.2.3.4", "2001:db8::1");
        for (const text of ["1.2.3[.]4", " 1.2.3.4 ", "1.2.3.4:443", "1.2.3.4/32", "::ffff:1.2.3.4"]) {
            assert.equal(snapshot.ip(text)?.value, "1.2.3.4", text);
        }
        assert.equal(snapshot.ip("[2001:DB8::1]:443")?.value, "2001:db8::1");
        for (const text of ["1.2.3.4.example", "01.2.3.4", "", "1.2.3"]) {
            assert.equal(snapshot.ip(text), undefined, text);
        }
    });

    it("has an indicator only if it is that very one", () => {
        const values = [
            ...[
                "1.2.3.4",
                "0.0.0.0",
                "255.255.255.255",
                "2001:db8::1",
                "10.0.0.0/8",
                "10.0.0.0/16",
                "10.0.0.0/24",
            ],
            ...["0.0.0.0/0", "255.255.255.0/24", "2001:db8::/32", "2001:db8::/48", "::/0", "evil.example"],
            ...["a.evil.example", "http://evil.example/", "https://x.example/a?b=c"],
        ];
        const others = [
            ...[
                "1.2.3.5",
                "10.0.0.1",
                "2001:db8::2",
                "10.0.0.0/9",
                "10.0.0.0/25",
                "10.1.0.0/16",
                "0.0.0.0/1",
            ],
            ...[
                "255.255.254.0/24",
                "2001:db8::/33",
                "2001:db8:1::/48",
                "::/1",
                "b.evil.example",
                "evil.example.",
            ],
            ...["https://evil.example/", "http://x.example/a?b=c", "x.example", "http://evil.example/a"],
        ];
        const snapshot = snapshotOf(...values);
        const typeOf = (value: string) => normalizeIndicator(value)?.type as IndicatorType;
        for (const value of values) {
            assert.equal(snapshot.has(typeOf(value), value), true, value);
        }
        for (const value of others) {
            assert.equal(snapshot.has(typeOf(value), value), false, value);
        }
        assert.equal(snapshot.has("cidr", "10.0.0.1/8"), false);
        assert.equal(snapshot.has("domain", "1.2.3.4"), false);
        assert.equal(snapshot.has("ipv4", "evil.example"), false);
    });

    it("tells all that went in, one after the other", () => {
        const texts = ["http://z.example/", "b.example", "a.example", "::1:0:0:0", "9.9.9.0/24", "8.8.8.8"];
        const entries = texts.map((text, i) => indicator(text, [`f${i}`, "g"], i));
        const snapshot = Snapshot.decode(encodeSnapshot(entries));
        const byValue = (a: IndicatorMatch, b: IndicatorMatch) => (a.value < b.value ? -1 : 1);
        assert.deepEqual([...snapshot.all()].sort(byValue), entries.sort(byValue));
        const [first] = snapshot.addresses();
        assert.equal(first.value, "8.8.8.8");
    });
});
