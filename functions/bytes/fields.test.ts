import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Fields, splitFields } from "./fields";
import { digits, equals } from "./span";

function split(text: string, capacity = 64): Fields {
    const fields = new Fields(capacity);
    const bytes = Buffer.from(`>>${text}<<`);
    splitFields(fields, bytes, 2, bytes.length - 2);
    return fields;
}

const textsOf = (fields: Fields) =>
    Array.from({ length: Math.min(fields.count, fields.capacity) }, (_, i) => fields.text(i));

describe("splitFields", () => {
    it("gives what a plain split at blanks gives; a dash is a missing field", () => {
        const field = fc.oneof(
            fc.constantFrom("-", "", "--", "a", "203.0.113.9"),
            fc.string({ maxLength: 5 }),
        );
        fc.assert(
            fc.property(fc.array(field, { minLength: 1, maxLength: 40 }), (parts) => {
                const expected = parts.join(" ").split(" ");
                const fields = split(parts.join(" "), 300);
                assert.equal(fields.count, expected.length);
                assert.deepEqual(
                    textsOf(fields),
                    expected.map((text) => (text === "-" ? undefined : text)),
                );
            }),
        );
    });

    it("counts the fields beyond its capacity, and forgets the last line", () => {
        const fields = split("a b c d", 3);
        assert.equal(fields.count, 4);
        assert.deepEqual(textsOf(fields), ["a", "b", "c"]);
        splitFields(fields, Buffer.from("-"), 0, 1);
        assert.equal(fields.count, 1);
        assert.equal(fields.text(0), undefined);
    });

    it("compares a field with a text", () => {
        const fields = split("OK -");
        assert.ok(fields.is(0, "OK"));
        assert.ok(!fields.is(0, "O") && !fields.is(0, "OKAY") && !fields.is(0, "ok"));
        assert.ok(!fields.is(1, "-") && !fields.is(1, ""));
    });
});

describe("digits", () => {
    it("reads what is 1 to 15 digits and nothing else", () => {
        const text = fc.oneof(
            fc.maxSafeNat().map(String),
            fc.stringMatching(/^\d{0,18}$/),
            fc.string({ maxLength: 4 }),
        );
        fc.assert(
            fc.property(text, (value) => {
                const expected = /^\d{1,15}$/.test(value) ? Number(value) : -1;
                const bytes = Buffer.from(value);
                assert.equal(digits(bytes, 0, bytes.length), expected);
            }),
        );
    });
});

describe("equals", () => {
    it("holds for the same bytes only", () => {
        const bytes = Buffer.from("abc");
        assert.ok(equals(bytes, 1, 3, "bc"));
        assert.ok(!equals(bytes, 1, 3, "b") && !equals(bytes, 0, 3, "abd") && !equals(bytes, 2, 3, "cd"));
        assert.ok(equals(bytes, 1, 1, ""));
    });
});
