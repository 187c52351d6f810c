import assert from "node:assert/strict";
import fc from "fast-check";
import { IndicatorMatch } from "../indicators/indicator";
import { select } from "./select";
import { contentBytes, PLACEHOLDER_RULE, quotedText, SURICATA_RULES, withSids } from "./suricata";
import { blockable, indicator } from "./testing";

/** A rule's options, read as Suricata reads them: quotes and backslashes hold semicolons. */
function optionsOf(rule: string): Map<string, string> {
    const shape = /^(drop|alert) (ip|http) any any (<>|->) \S+ \S+ \((.*)\)$/.exec(rule);
    assert.ok(shape, rule);
    const options = new Map<string, string>();
    let rest = shape[4];
    while (rest !== "") {
        const option = /^([a-z._]+)(?::("(?:[^"\\;]|\\.)*"|[^"\\;]*))?; ?/.exec(rest);
        assert.ok(option, `not an option: ${rest}`);
        options.set(`${option[1]}${options.has(option[1]) ? "2" : ""}`, option[2] ?? "");
        rest = rest.slice(option[0].length);
    }
    return options;
}

function rulesOf(indicators: IndicatorMatch[], present: string[] = []): string[] {
    const { chosen } = select(SURICATA_RULES, blockable(indicators), 30_000);
    return withSids(
        chosen.map(({ entry }) => entry),
        present,
        "drop",
    );
}

function sidsOf(rules: readonly string[]): Map<string, string> {
    return new Map(
        rules.map((rule) => {
            const options = optionsOf(rule);
            return [options.get("msg") ?? "", options.get("sid") ?? ""];
        }),
    );
}

describe("Suricata rules", () => {
    it("drop both directions of an address, and exactly a URL", () => {
        const [address, url] = rulesOf([
            indicator("9.9.9.0/24"),
            indicator("http://evil.example:8080/a;b?c=%22d"),
        ]).sort((a, b) => Number(a.includes("http")) - Number(b.includes("http")));
        assert.match(
            address,
            /^drop ip any any <> 9\.9\.9\.0\/24 any \(msg:"SyntheticSun 9\.9\.9\.0\/24"; metadata:feeds misp; sid:1\d{9}; rev:1;\)$/,
        );
        assert.match(url, /^drop http any any -> any 8080 \(/);
        const options = optionsOf(url);
        assert.equal(options.get("content"), '"evil.example"');
        assert.equal(options.get("content2"), '"/a|3B|b|3F|c|3D 25|22d"');
        assert.deepEqual([options.get("bsize"), options.get("bsize2")], ["12", "11"]);
    });

    it("stay one rule each with only our options, whatever an indicator or a feed's name says", () => {
        const hostile = [
            '9.9.9.9"; sid:1; content:"x',
            "evil\\",
            '\\"; drop ip any any -> any any (sid:5;)',
            "a\r\nalert ip any any -> any any (sid:7;)",
            "ü;💥| sid:0000000000; )",
        ];
        const text = fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: "binary", maxLength: 30 }));
        fc.assert(
            fc.property(text, text, (value, feed) => {
                assert.match(quotedText(value), /^(?:[\x20-\x7e](?<![\\";])|\\[\\";])*$/);
                const path = encodeURI(value).replace(/[#?]/g, "");
                const list = [
                    indicator(`http://evil.example/${path}'$;|"`, { type: "url", feeds: [`f${feed}`, "b"] }),
                    indicator("9.9.9.9", { feeds: [`f${feed}`] }),
                ];
                for (const rule of rulesOf(list)) {
                    const options = optionsOf(rule);
                    assert.match(options.get("sid") ?? "", /^1\d{9}$/);
                    assert.match(options.get("metadata") ?? "", /^feeds [\w.|-]*$/);
                    assert.ok(options.get("msg")?.startsWith('"SyntheticSun '));
                    assert.equal(options.size, rule.startsWith("drop ip") ? 4 : 11);
                }
            }),
        );
    });

    it("write every byte of a content, and none that means something there", () => {
        fc.assert(
            fc.property(fc.string({ unit: "binary" }), (text) => {
                const written = contentBytes(text);
                assert.match(written, /^(?:[\w./-]|\|[0-9A-F]{2}(?: [0-9A-F]{2})*\|)*$/);
                const bytes = written.replace(/\|([^|]*)\|/g, (_, hex: string) =>
                    Buffer.from(hex.replace(/ /g, ""), "hex").toString("latin1"),
                );
                assert.deepEqual(Buffer.from(bytes, "latin1"), Buffer.from(text));
            }),
        );
    });

    it("keep their signature id as others come and go", () => {
        const values = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 30 });
        fc.assert(
            fc.property(fc.array(values, { minLength: 2, maxLength: 4 }), (rounds) => {
                let present: string[] = [];
                for (const round of rounds) {
                    const before = sidsOf(present);
                    present = crowded(round, [PLACEHOLDER_RULE, ...present]);
                    const now = sidsOf(present);
                    assert.equal(new Set(now.values()).size, round.length, "each has its own");
                    for (const [id, sid] of now) {
                        assert.equal(sid, before.get(id) ?? sid);
                    }
                    assert.deepEqual(crowded(round.toReversed(), present), present);
                }
            }),
        );
    });

    it("have the same signature ids in every account, where none collide", () => {
        const list = ["9.9.9.1", "9.9.9.2", "9.9.9.3"].map((value) => indicator(value));
        const all = sidsOf(rulesOf(list));
        const [first] = sidsOf(rulesOf([list[1]]));
        assert.equal(all.get(first[0]), first[1]);
    });

    it("leave out a rule that is too long, and what is beyond two megabytes", () => {
        const long = indicator(`http://evil.example/${"a".repeat(8000)}`);
        assert.deepEqual(select(SURICATA_RULES, blockable([long]), 10).unfit, { "too-long": 1 });
        const many = Array.from({ length: 25_000 }, (_, i) => indicator(`9.${i >> 8}.${i & 255}.1`));
        const { chosen, leftOut } = select(SURICATA_RULES, blockable(many), 30_000);
        const bytes = Buffer.byteLength(chosen.map(({ entry }) => entry).join("\n"));
        assert.ok(bytes <= 2_000_000 && bytes > 1_999_800, String(bytes));
        assert.equal(chosen.length + leftOut, 25_000);
    });
});

/** Rules whose first choice of a signature id is one of eight. */
function crowded(numbers: readonly number[], present: readonly string[]): string[] {
    const list = numbers.map((number) => indicator(`9.9.9.${number}`));
    const { chosen } = select(SURICATA_RULES, blockable(list), 100);
    const entries = chosen.map(({ entry }) => entry);
    return withSids(
        entries,
        present,
        "drop",
        (id, attempt) => 1_000_000_001 + ((id.charCodeAt(id.length - 1) + attempt) % (8 + attempt)),
    );
}
