import assert from "node:assert/strict";
import fc from "fast-check";
import { QuotedFields, splitQuoted } from "../bytes/quoted";
import { Piece, WordWriter } from "./word-writer";
import { JsonWriter } from "./writer";

const STRING = new Piece('"text":"');
const NESTED = new Piece('"outer":{"text":"');
const LIST = new Piece('"list":["');
const NUMBER = new Piece('"number":');
const NESTED_NUMBER = new Piece('"of":{"number":');

const quote = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;

/** What is written of a line's fields, as an object. */
function written(line: string, write: (words: WordWriter, writer: JsonWriter) => void): unknown {
    const fields = new QuotedFields(8);
    const bytes = Buffer.from(line);
    splitQuoted(fields, bytes, 0, bytes.length);
    const writer = new JsonWriter();
    writer.byte(123);
    write(new WordWriter(fields), writer);
    return JSON.parse(`${writer.bytes.toString("utf8", 0, writer.at).replace(/,$/, "")}}`);
}

describe("WordWriter", () => {
    it("writes any text as the string that it is", () => {
        fc.assert(
            fc.property(
                fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }).filter((text) => text !== "-"),
                fc.string({ maxLength: 5 }),
                (text, behind) => {
                    const write = (words: WordWriter, writer: JsonWriter) => {
                        words.string(writer, STRING, 0);
                        words.nested(writer, NESTED, 0);
                    };
                    const expected = { text, outer: { text } };
                    assert.deepEqual(written(`${quote(text)} ${quote(behind)}`, write), expected);
                    assert.deepEqual(written(quote(text), write), expected, "at the very end of the bytes");
                },
            ),
        );
    });

    it("writes lists of one and of several values", () => {
        fc.assert(
            fc.property(fc.array(fc.stringMatching(/^[a-z"\\é]{1,9}$/), { minLength: 1 }), (values) => {
                const line = `${quote(values.join(","))} behind`;
                const list = written(line, (words, writer) => words.list(writer, LIST, 0, 44));
                assert.deepEqual(list, { list: values });
            }),
        );
    });

    it("writes numbers, and nothing for what is none or missing", () => {
        const write = (words: WordWriter, writer: JsonWriter) => {
            words.integer(writer, NUMBER, 0);
            words.nestedDecimal(writer, NESTED_NUMBER, 1);
        };
        assert.deepEqual(written("200 0.086 x", write), { number: 200, of: { number: 0.086 } });
        assert.deepEqual(written("007 4", write), { number: 7, of: { number: 4 } });
        for (const line of ["- -", "-1 -1", "x y", '"" ""', "1.5 1e3"]) {
            assert.deepEqual(written(line, write), {}, line);
        }
        const nested = (words: WordWriter, writer: JsonWriter) =>
            words.nestedInteger(writer, NESTED_NUMBER, 0);
        assert.deepEqual(written("404", nested), { of: { number: 404 } });
        assert.deepEqual(written("-", nested), {});
    });

    it("leaves out strings and lists that are missing or empty", () => {
        for (const line of ["- x", '"-" x', '"" x']) {
            assert.deepEqual(
                written(line, (words, writer) => {
                    words.string(writer, STRING, 0);
                    words.nested(writer, NESTED, 0);
                    words.list(writer, LIST, 0, 44);
                }),
                {},
            );
        }
    });

    it("goes on in the buffer that a document grew into", () => {
        const value = written("first", (words, writer) => {
            words.string(writer, STRING, 0);
            writer.reserve(writer.bytes.length * 2);
            words.nested(writer, NESTED, 0);
        });
        assert.deepEqual(value, { text: "first", outer: { text: "first" } });
    });
});
