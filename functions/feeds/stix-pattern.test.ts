import fc from "fast-check";
import assert from "node:assert/strict";
import { patternValues } from "./stix-pattern";

const accepted = (pattern: string): string[] => {
    const values = patternValues(pattern);
    assert.ok(values, `not read: ${pattern}`);
    assert.deepEqual(
        values.filter(({ refused }) => refused),
        [],
    );
    return values.map(({ value }) => value);
};

const JOINED = "pattern joins conditions";
const NOT = "negated";

describe("patternValues takes values that are enough alone", () => {
    const patterns: readonly [string, readonly string[]][] = [
        ["[ipv4-addr:value = '198.51.100.1']", ["198.51.100.1"]],
        ["[ipv4-addr:value == '198.51.100.0/24']", ["198.51.100.0/24"]],
        ["[ipv6-addr:value='2001:db8::1']", ["2001:db8::1"]],
        [
            "[domain-name:value = 'a.example' OR url:value = 'http://b.example/?a=1&b=[2]']",
            ["a.example", "http://b.example/?a=1&b=[2]"],
        ],
        ["[ipv4-addr:value = '1.1.1.1'] OR [ipv4-addr:value = '2.2.2.2']", ["1.1.1.1", "2.2.2.2"]],
        ["[ipv4-addr:value IN ('1.1.1.1', '2.2.2.2','1.1.1.1')]", ["1.1.1.1", "2.2.2.2"]],
        ["[ipv4-addr:value IN ()]", []],
        ["[ipv4-addr:value ISSUBSET '198.51.100.0/24']", ["198.51.100.0/24"]],
        ["([((ipv4-addr:value = '1.1.1.1') OR (ipv4-addr:value = '2.2.2.2'))])", ["1.1.1.1", "2.2.2.2"]],
        ["[ipv4-addr:'value' = '1.1.1.1']", ["1.1.1.1"]],
        ["[network-traffic:src_ref.value = '1.1.1.1']", ["1.1.1.1"]],
        [
            "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '1.1.1.1']",
            ["1.1.1.1"],
        ],
        [
            "[network-traffic:dst_ref.value IN ('1.1.1.1','::1') AND (network-traffic:dst_ref.type = 'ipv4-addr' OR network-traffic:dst_ref.type = 'ipv6-addr')]",
            ["1.1.1.1", "::1"],
        ],
        ["[url:value = 'http://x.example/it\\'s\\\\']", ["http://x.example/it's\\"]],
        [
            "[ipv4-addr:value = '1.1.1.1' /* c2 */ OR // next\n ipv4-addr:value = '2.2.2.2']",
            ["1.1.1.1", "2.2.2.2"],
        ],
        ["[ipv4-addr:value = '1.1.1.1'] WITHIN 30 SECONDS", ["1.1.1.1"]],
        ["[ipv4-addr:value = '1.1.1.1'] REPEATS 1 TIMES", ["1.1.1.1"]],
        // Beside other observables.
        ["[file:hashes.'SHA-256' = 'ab' OR ipv4-addr:value = '1.1.1.1' OR EXISTS file:name]", ["1.1.1.1"]],
        [
            "[x-a:b[*].c[0].d[-1] > 1.5 OR x-a:e = h'ab' OR x-a:f = b'YQ==' OR x-a:g = true OR x-a:h = t'2026-01-01T00:00:00.5Z' OR ipv4-addr:value = '1.1.1.1']",
            ["1.1.1.1"],
        ],
        ["[network-traffic:dst_port = 443]", []],
        ["[domain-name:resolves_to_refs[*].value = '1.1.1.1']", []],
        // The bare value is an alternative of its own.
        ["[ipv4-addr:value = '1.1.1.1' AND file:name = 'x'] OR [ipv4-addr:value = '1.1.1.1']", ["1.1.1.1"]],
    ];
    for (const [pattern, values] of patterns) {
        it(pattern, () => assert.deepEqual(accepted(pattern), values));
    }
});

describe("patternValues refuses values that are not enough alone", () => {
    const patterns: readonly [string, string][] = [
        ["[ipv4-addr:value = '1.1.1.1' AND network-traffic:dst_port = 443]", JOINED],
        [
            "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '1.1.1.1' AND network-traffic:dst_port = 443]",
            JOINED,
        ],
        [
            "[network-traffic:src_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '1.1.1.1']",
            JOINED,
        ],
        ["[network-traffic:dst_ref.type = 'mac-addr' AND network-traffic:dst_ref.value = '1.1.1.1']", JOINED],
        [
            "[network-traffic:dst_ref.type != 'ipv4-addr' AND network-traffic:dst_ref.value = '1.1.1.1']",
            JOINED,
        ],
        [
            "[network-traffic:dst_ref.type = 'ipv4-addr'] AND [network-traffic:dst_ref.value = '1.1.1.1']",
            JOINED,
        ],
        [
            "[network-traffic:dst_ref.type = 'ipv4-addr' AND (network-traffic:dst_ref.value = '1.1.1.1' OR file:name = 'x')]",
            JOINED,
        ],
        ["[file:name = 'x' AND (ipv4-addr:value = '1.1.1.1')]", JOINED],
        ["[ipv4-addr:value = '1.1.1.1'] AND [file:name = 'x']", JOINED],
        ["([ipv4-addr:value = '1.1.1.1']) AND ([file:name = 'x'] OR [file:name = 'y'])", JOINED],
        ["[ipv4-addr:value = '1.1.1.1'] FOLLOWEDBY [file:name = 'x']", "pattern with FOLLOWEDBY"],
        ["[ipv4-addr:value != '1.1.1.1']", NOT],
        ["[ipv4-addr:value <> '1.1.1.1']", NOT],
        ["[ipv4-addr:value NOT = '1.1.1.1']", NOT],
        ["[ipv4-addr:value NOT IN ('1.1.1.1')]", NOT],
        ["[ipv4-addr:value NOT != '1.1.1.1']", NOT],
        ["[domain-name:value LIKE '1.1.1.1']", "pattern with LIKE or MATCHES"],
        ["[domain-name:value MATCHES '1.1.1.1']", "pattern with LIKE or MATCHES"],
        ["[ipv4-addr:value ISSUPERSET '1.1.1.1']", "pattern with another operator"],
        ["[ipv4-addr:value >= '1.1.1.1']", "pattern with another operator"],
        ["[domain-name:value ISSUBSET '1.1.1.1']", "pattern with another operator"],
        ["[ipv4-addr:value = '1.1.1.1'] REPEATS 5 TIMES", "pattern with REPEATS or START"],
        [
            "([ipv4-addr:value = '1.1.1.1'] REPEATS 5 TIMES) WITHIN 1.5 SECONDS",
            "pattern with REPEATS or START",
        ],
        [
            "[ipv4-addr:value = '1.1.1.1'] START t'2026-01-01T00:00:00Z' STOP t'2026-02-01T00:00:00Z'",
            "pattern with REPEATS or START",
        ],
    ];
    for (const [pattern, refused] of patterns) {
        it(pattern, () => assert.deepEqual(patternValues(pattern), [{ value: "1.1.1.1", refused }]));
    }

    it("AND binds closer than OR", () =>
        assert.deepEqual(
            patternValues("[ipv4-addr:value = '1.1.1.1' OR ipv4-addr:value = '2.2.2.2' AND file:name = 'x']"),
            [{ value: "1.1.1.1" }, { value: "2.2.2.2", refused: JOINED }],
        ));
});

describe("patternValues reads nothing out of what is no pattern", () => {
    const patterns = [
        "",
        "1.1.1.1",
        "[]",
        "ipv4-addr:value = '1.1.1.1'",
        "[ipv4-addr:value = '1.1.1.1'",
        "[ipv4-addr:value = '1.1.1.1']]",
        "[ipv4-addr:value = '1.1.1.1'] [ipv4-addr:value = '2.2.2.2']",
        "[ipv4-addr:value = '1.1.1.1'] or [ipv4-addr:value = '2.2.2.2']",
        "[ipv4-addr:value = '1.1.1.1' OR]",
        '[ipv4-addr:value = "1.1.1.1"]',
        "[ipv4-addr:value = '1.1.1.1\\n']",
        "[ipv4-addr:value = '1.1.1.1",
        "[ipv4-addr = '1.1.1.1']",
        "[ipv4-addr:value IN '1.1.1.1']",
        "[ipv4-addr:value IN ('1.1.1.1',)]",
        "[ipv4-addr:value LIKE 5]",
        "[ipv4-addr:value constructor '1.1.1.1']",
        "[NOT ipv4-addr:value = '1.1.1.1']",
        "[file:hashes.SHA-256 = 'x' OR ipv4-addr:value = '1.1.1.1']",
        "[ipv4-addr:value = '1.1.1.1'] REPEATS 0 TIMES",
        "[ipv4-addr:value = '1.1.1.1'] START t'yesterday' STOP t'today'",
        "[ipv4-addr:value = '1.1.1.1'] /* no end",
        "[ipv4-addr:value = '1.1.1.1'] ; x",
        `${"(".repeat(100_000)}[ipv4-addr:value = '1.1.1.1']${")".repeat(100_000)}`,
        `[${"(".repeat(101)}ipv4-addr:value = '1.1.1.1'${")".repeat(101)}]`,
        `[url:value = '${"x".repeat(1024 * 1024)}']`,
    ];
    for (const pattern of patterns) {
        it(JSON.stringify(pattern.slice(0, 70)), () => assert.equal(patternValues(pattern), undefined));
    }
});

/** A pattern within one observation, and what it says of a world. */
interface Condition {
    readonly text: string;
    readonly holds: (world: World) => boolean;
}

/** An observation with nothing but one value at one place. */
interface World {
    readonly place: string;
    readonly value: string;
}

const PLACES = ["ipv4-addr:", "domain-name:", "url:", "network-traffic:dst_ref.", "network-traffic:src_ref."];
const value: fc.Arbitrary<string> = fc.constantFrom("1.1.1.1", "2.2.2.2", "a.example", "it's \\ [x] OR", "");
const quote = (text: string): string => `'${text.replace(/[\\']/g, "\\$&")}'`;

const atom: fc.Arbitrary<Condition> = fc.oneof(
    fc.tuple(fc.constantFrom(...PLACES), value, fc.boolean()).map(([place, wanted, negated]) => ({
        text: `${place}value ${negated ? "NOT " : ""}= ${quote(wanted)}`,
        holds: (world: World) => world.place === place && (world.value === wanted) !== negated,
    })),
    fc.tuple(fc.constantFrom(...PLACES), fc.array(value, { maxLength: 3 })).map(([place, wanted]) => ({
        text: `${place}value IN (${wanted.map(quote).join(" , ")})`,
        holds: (world: World) => world.place === place && wanted.includes(world.value),
    })),
    fc.constantFrom(...PLACES.slice(3)).map((place) => ({
        text: `${place}type IN ('ipv4-addr','domain-name','url','ipv6-addr')`,
        holds: (world: World) => world.place === place,
    })),
    fc.constantFrom("network-traffic:dst_port = 443", "file:name LIKE '%'", "EXISTS x-a:b").map((text) => ({
        text,
        holds: () => false,
    })),
);

const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
    condition: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        atom,
        fc
            .tuple(fc.constantFrom("AND", "OR"), fc.array(tie("condition"), { minLength: 1, maxLength: 4 }))
            .map(([word, parts]) => ({
                text: `(${parts.map(({ text }) => text).join(` ${word} `)})`,
                holds: (world: World) =>
                    word === "OR"
                        ? parts.some(({ holds }) => holds(world))
                        : parts.every(({ holds }) => holds(world)),
            })),
    ),
}));

describe("patternValues, whatever it is given", () => {
    it("accepts only values that fulfill the pattern alone", () => {
        fc.assert(
            fc.property(condition, ({ text, holds }) => {
                const values = patternValues(`[${text}]`);
                assert.ok(values, text);
                for (const { value, refused } of values) {
                    const enough = PLACES.some((place) => holds({ place, value }));
                    assert.ok(refused || enough, `${JSON.stringify(value)} taken from ${text}`);
                }
            }),
            { numRuns: 1000 },
        );
    });

    it("takes every value of alternatives, however they are nested and split over observations", () => {
        const terms = fc.array(fc.tuple(fc.constantFrom(...PLACES), value, fc.boolean()), { minLength: 1 });
        fc.assert(
            fc.property(terms, (list) => {
                const pattern = list
                    .map(([place, wanted, own], index) => {
                        const joint = index === 0 ? "[" : own ? "] OR [" : " OR ";
                        return `${joint}(${place}value=${quote(wanted)})`;
                    })
                    .join("");
                const expected = new Set(list.map(([, wanted]) => wanted));
                assert.deepEqual(new Set(accepted(`${pattern}]`)), expected);
            }),
        );
    });

    it("never throws and never takes a value from a spoilt pattern that is not in it", () => {
        const spoilt = fc
            .tuple(condition, fc.nat(), fc.nat(5), fc.string({ maxLength: 3 }))
            .map(([{ text }, at, length, other]) => {
                const start = at % (text.length + 1);
                return `[${text.slice(0, start)}${other}${text.slice(start + length)}]`;
            });
        fc.assert(
            fc.property(fc.oneof(fc.string(), spoilt), (pattern) => {
                for (const { value } of patternValues(pattern) ?? []) {
                    assert.ok(pattern.includes(quote(value)));
                }
            }),
            { numRuns: 1000 },
        );
    });
});
