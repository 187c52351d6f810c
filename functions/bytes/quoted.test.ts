import assert from "node:assert/strict";
import fc from "fast-check";
import { QuotedFields, splitQuoted } from "./quoted";

const CAPACITY = 12;

/** The fields as text, undefined for one that is missing. */
function split(line: string, first = 0, before = ""): (string | undefined)[] {
    const fields = new QuotedFields(CAPACITY);
    splitQuoted(fields, Buffer.from(before), 0, before.length);
    // Other bytes around the line must not matter.
    const bytes = Buffer.from(`" ${line}" x`);
    splitQuoted(fields, bytes, 2, bytes.length - 3, first);
    return Array.from({ length: Math.min(fields.count, CAPACITY) }, (_, i) => fields.text(i));
}

function quote(text: string): string {
    return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

describe("splitQuoted", () => {
    it("cuts at blanks outside of quotes", () => {
        assert.deepEqual(split('h2 "GET /a b HTTP/1.1" 200'), ["h2", "GET /a b HTTP/1.1", "200"]);
        assert.deepEqual(split("a  b "), ["a", "", "b", ""]);
        assert.deepEqual(split('"" x'), ["", "x"]);
    });

    it("takes a dash for a missing field, between quotes too", () => {
        assert.deepEqual(split('- "-" "- -" --'), [undefined, undefined, "- -", "--"]);
    });

    it("does not end at an escaped quote, and ends behind an escaped backslash", () => {
        assert.deepEqual(split('"a \\" b" c'), ['a \\" b', "c"]);
        assert.deepEqual(split('"a \\\\" c'), ["a \\\\", "c"]);
    });

    it("keeps quotes that do not end a field", () => {
        assert.deepEqual(split('"h2","http/1.1" x'), ['h2","http/1.1', "x"]);
        assert.deepEqual(split('a"b c'), ['a"b', "c"]);
    });

    it("begins at the number it is told, and forgets the fields of the line before", () => {
        assert.deepEqual(split("a b", 2, "1 2 3 4 5"), [undefined, undefined, "a", "b"]);
        const fields = new QuotedFields(CAPACITY);
        splitQuoted(fields, Buffer.from("1 2 3"), 0, 5);
        splitQuoted(fields, Buffer.from("1"), 0, 1);
        assert.equal(fields.text(2), undefined);
    });

    it("counts fields that it does not keep", () => {
        const fields = new QuotedFields(2);
        assert.equal(splitQuoted(fields, Buffer.from("a b c d"), 0, 7), true);
        assert.deepEqual([fields.count, fields.text(1)], [4, "b"]);
    });

    it("tells that quotes are not closed", () => {
        for (const line of ['a "b', 'a "b\\"', 'a "', 'a "b\\']) {
            assert.equal(splitQuoted(new QuotedFields(4), Buffer.from(line), 0, line.length), false, line);
        }
    });

    it("splits whatever was joined, and marks exactly what JSON must escape", () => {
        const plain = fc.stringMatching(/^[!#-[\]-~é]{1,12}$/).filter((text) => text !== "-");
        const field = fc.oneof(
            plain,
            fc.string({ unit: "grapheme", maxLength: 20 }).filter((text) => text !== "-"),
        );
        fc.assert(
            fc.property(fc.array(field, { minLength: 1, maxLength: CAPACITY }), (texts) => {
                const line = texts.map((text) => (/^[^\s"\\]+$/.test(text) ? text : quote(text))).join(" ");
                const fields = new QuotedFields(CAPACITY);
                const bytes = Buffer.from(line);
                assert.equal(splitQuoted(fields, bytes, 0, bytes.length), true);
                assert.equal(fields.count, texts.length);
                texts.forEach((text, i) => {
                    assert.equal(fields.text(i)?.replace(/\\(["\\])/g, "$1"), text);
                    if (JSON.stringify(text) !== `"${text}"`) {
                        assert.equal(fields.special[i], 1, text);
                    }
                });
            }),
        );
    });
});
