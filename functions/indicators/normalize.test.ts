import assert from "node:assert/strict";
import * as fc from "fast-check";
import { formatIPv6, parseIPv4, parseIPv6 } from "./address";
import { normalizeIndicator } from "./normalize";

describe("normalizeIndicator", () => {
    const cases: [string, string | undefined][] = [
        ["203.0.113.9", "ipv4 203.0.113.9"],
        [" 203.0.113[.]9 ", "ipv4 203.0.113.9"],
        ["203(.)0(.)113(.)9", "ipv4 203.0.113.9"],
        ["203.0.113.9:8080", "ipv4 203.0.113.9"],
        ["203.0.113.9/32", "ipv4 203.0.113.9"],
        ["203.0.113.9/24", "cidr 203.0.113.0/24"],
        ["0.0.0.0/0", "cidr 0.0.0.0/0"],
        ["203.0.113.9/33", undefined],
        ["203.0.113.09", undefined],
        ["203.0.113", undefined],
        ["::ffff:203.0.113.9", "ipv4 203.0.113.9"],
        ["::ffff:203.0.113.9/120", "cidr 203.0.113.0/24"],
        ["2001:DB8:0:0:0:0:0:1", "ipv6 2001:db8::1"],
        ["2001:db8:0:1:0:0:0:1", "ipv6 2001:db8:0:1::1"],
        ["2001:db8:0:1:1:1:1:1", "ipv6 2001:db8:0:1:1:1:1:1"],
        ["[2001:db8::1]:443", "ipv6 2001:db8::1"],
        ["2001:db8::1/128", "ipv6 2001:db8::1"],
        ["2001:db8:ffff::/33", "cidr 2001:db8:8000::/33"],
        ["::", "ipv6 ::"],
        ["1::2::3", undefined],
        ["Evil.Example.", "domain evil.example"],
        ["evil[.]example", "domain evil.example"],
        ["evil.example:443", "domain evil.example"],
        ["bücher.example", "domain xn--bcher-kva.example"],
        ["_dmarc.evil.example", "domain _dmarc.evil.example"],
        ["localhost", undefined],
        ["evil.123", undefined],
        ["0x7f.1", undefined],
        ["evil..example", undefined],
        ["-evil.example", undefined],
        ["ev%69l.example", undefined],
        ["evil.example/path", "url http://evil.example/path"],
        ["Evil[.]Example:8080/A/24", "url http://evil.example:8080/A/24"],
        ["evil.example/24", "url http://evil.example/24"],
        ["203.0.113.9/a?b=1", "url http://203.0.113.9/a?b=1"],
        ["localhost/path", undefined],
        ["/etc/passwd", undefined],
        ["// comment", undefined],
        ["what is / this", undefined],
        ["hxxps://Evil[.]Example:443/A(.)b?q=1#top", "url https://evil.example/A(.)b?q=1"],
        ["hXXp[:]//evil.example", "url http://evil.example/"],
        ["http://0x7f.1/", "url http://127.0.0.1/"],
        ["http://[::ffff:203.0.113.9]/", "url http://203.0.113.9/"],
        ["http://evil.example./x", "url http://evil.example/x"],
        ["http://localhost/", undefined],
        ["ftp://evil.example/", undefined],
        ["http://", undefined],
        ["", undefined],
        ["x".repeat(10000), undefined],
    ];
    for (const [text, expected] of cases) {
        it(`${text.slice(0, 50) || "nothing"} is ${expected ?? "no indicator"}`, () => {
            const normal = normalizeIndicator(text);
            assert.equal(normal && `${normal.type} ${normal.value}`, expected);
        });
    }

    const texts = fc.oneof(
        fc.string({ unit: "binary" }),
        fc.ipV4(),
        fc.ipV6(),
        fc.domain(),
        fc.webUrl({ withFragments: true, withQueryParameters: true }),
        fc.tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(140)).map(([ip, prefix]) => `${ip}/${prefix}`),
        fc.tuple(fc.constantFrom("http://", "hxxp://", ""), fc.string()).map((parts) => parts.join("")),
    );

    it("never throws, and a normal form is its own normal form", () => {
        fc.assert(
            fc.property(texts, (text) => {
                const normal = normalizeIndicator(text);
                if (normal) {
                    assert.deepEqual(normalizeIndicator(normal.value), normal);
                    assert.match(normal.value, /^[\x21-\x7e]+$/);
                }
            }),
            { numRuns: 3000 },
        );
    });

    it("reads and writes addresses as WHATWG's URL does", () => {
        fc.assert(
            fc.property(fc.oneof(fc.ipV6(), fc.string({ unit: fc.constantFrom(..."01f:.") })), (text) => {
                const ours = parseIPv6(text);
                const theirs = URL.canParse(`http://[${text}]/`)
                    ? new URL(`http://[${text}]/`).hostname
                    : undefined;
                assert.equal(ours && `[${formatIPv6(ours)}]`, theirs);
            }),
            { numRuns: 3000 },
        );
        fc.assert(
            fc.property(fc.ipV4(), (text) => {
                assert.equal(
                    parseIPv4(text),
                    text.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0),
                );
            }),
        );
    });
});
