import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Document } from "../documents/document";
import { Malformed, RecordSink } from "../sources/source";
import { JsonScanner } from "./json";
import { JsonReader, WriteJson } from "./json-reader";
import { MAX_LINE_BYTES } from "./lines";

/** A record's text, or reason and text of what is none. */
type Outcome = string | readonly [reason: string, raw: string];

/** Feeds the chunks as the pipeline does. */
function read(chunks: readonly Uint8Array[], inArray = false): Outcome[] {
    const outcomes: Outcome[] = [];
    const scanner = new JsonScanner({ id: "id" });
    const write: WriteJson = (_document, bytes, start, end) => {
        // What was found must be that of this record.
        const { id } = JSON.parse(bytes.toString("utf8", start, end)) as { id?: unknown };
        const found = scanner.found.text(0);
        assert.deepEqual(found === undefined ? undefined : JSON.parse(found), id);
        outcomes.push(bytes.toString("utf8", start, end));
        return undefined;
    };
    const reader = new JsonReader(scanner, write, inArray);
    const sink: RecordSink = {
        record: (bytes, start, end, write) => void write(undefined as unknown as Document, bytes, start, end),
        skipped: () => assert.fail("nothing is skipped"),
        malformed: ({ reason, raw }: Malformed) => {
            outcomes.push([reason, Buffer.from(raw ?? []).toString("latin1")]);
        },
    };
    let rest = Buffer.alloc(0);
    for (const chunk of chunks) {
        const bytes = Buffer.concat([rest, chunk]);
        const taken = reader.read(bytes, false, sink);
        rest = Buffer.from(bytes.subarray(taken));
        bytes.fill(0x78);
    }
    reader.read(rest, true, sink);
    return outcomes;
}

const readText = (text: string) => read([Buffer.from(text)]);

function cut(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
    const at = [0, ...cuts.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
    return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
}

describe("JsonReader", () => {
    it("reads objects a line each, one behind the other, and pretty-printed", () => {
        const records = ['{"id":1}', '{"id":"ä","b":[{}]}', "{}"];
        const pretty = records.map((record) => JSON.stringify(JSON.parse(record), null, 2));
        assert.deepEqual(readText(records.join("\n")), records);
        assert.deepEqual(readText(`\ufeff\r\n ${records.join("\r\n\t\n")}\r\n`), records);
        assert.deepEqual(readText(records.join("")), records);
        assert.deepEqual(readText(pretty.join("\n")), pretty);
        assert.deepEqual(readText(""), []);
        assert.deepEqual(readText(" \n\ufeff".slice(0, 2)), []);
    });

    for (const [line, reason] of [
        ['{"id":1', 'not JSON: "," or "}" expected'],
        ['{"id":1,', "not JSON: member name expected"],
        ['{"id":', 'not JSON: "," or "}" expected'],
        ['{"id":tru}', "not JSON: value expected"],
        ['{"id":"a', "not JSON: control character in a string"],
        ['{"id":"\\x"}', "not JSON: bad escape in a string"],
        ["[1]", "not a JSON object"],
        ["null", "not a JSON object"],
        ["plain text", "not a JSON object"],
        ['"id"', "not a JSON object"],
    ] as const) {
        it(`keeps the neighbours of ${line}`, () => {
            const outcomes = readText(`{"id":0}\n${line}\n{"id":1}\n{"id":2}\n`);
            assert.deepEqual(
                outcomes.filter((outcome) => typeof outcome === "string"),
                ['{"id":0}', '{"id":1}', '{"id":2}'],
            );
            const malformed = outcomes.filter((outcome) => typeof outcome !== "string");
            assert.deepEqual(malformed, [[reason, line]]);
        });
    }

    it("says what is wrong with a record that is cut off at the end", () => {
        assert.deepEqual(readText('{"id":1}\n{"id":2,"a":[1'), [
            '{"id":1}',
            ["not JSON: cut off", '{"id":2,"a":[1'],
        ]);
    });

    it("takes what follows a record on its line for a record of its own", () => {
        assert.deepEqual(readText('{"id":1} {"id":2} x {"id":3}\n{"id":4}'), [
            '{"id":1}',
            '{"id":2}',
            ["not a JSON object", 'x {"id":3}'],
            '{"id":4}',
        ]);
    });

    it("keeps the bytes of a record that is not UTF-8, and its neighbours", () => {
        const bytes = Buffer.concat([
            Buffer.from('{"id":1}\n{"id":"'),
            Buffer.of(0xff),
            Buffer.from('"}\n{"id":2}\n'),
        ]);
        assert.deepEqual(read([bytes]), ['{"id":1}', ["not valid UTF-8", '{"id":"\u00ff"}'], '{"id":2}']);
    });

    it("sets the limit at 1 MiB, whatever the chunks and the neighbours", () => {
        const record = (length: number) => `{"id":"${"x".repeat(length - 9)}"}`;
        const [fits, long] = [record(MAX_LINE_BYTES), record(MAX_LINE_BYTES + 1)];
        const whole = Buffer.from(`${fits}\n{bad}\n${long}\n{"id":1}\n${fits}`);
        const expected = [
            fits,
            ["not JSON: member name expected", "{bad}"],
            [`record longer than ${MAX_LINE_BYTES} bytes`, long.slice(0, MAX_LINE_BYTES)],
            '{"id":1}',
            fits,
        ];
        const L = MAX_LINE_BYTES;
        for (const cuts of [[], [5], [L - 1, L + 3], [L + 1000, 2 * L], [2 * L + 7, 2 * L + 8, 2 * L + 9]]) {
            const outcomes = read(cut(whole, cuts));
            // Not `deepEqual` alone: it takes long to say how long texts differ.
            assert.deepEqual(
                outcomes.map((outcome) => outcome.length),
                expected.map((outcome) => outcome.length),
            );
            assert.ok(JSON.stringify(outcomes) === JSON.stringify(expected), `cut at ${cuts.join()}`);
        }
    });

    it("does not hold on to an endless record or line", () => {
        for (const [begin, reason] of [
            ['{"id":"', /^record longer/],
            ["x", /^not a JSON object/],
            ["{x", /^not JSON: member name expected/],
        ] as const) {
            const piece = Buffer.alloc(MAX_LINE_BYTES / 2, "e");
            const chunks = [Buffer.from(begin), ...Array.from({ length: 20 }, () => piece)];
            const outcomes = read([...chunks, Buffer.from('\n{"id":1}')]);
            assert.equal(outcomes.length, 2);
            assert.match(outcomes[0][0], reason);
            assert.equal(outcomes[0][1].length, MAX_LINE_BYTES);
            assert.equal(outcomes[1], '{"id":1}');
        }
    });

    it("reads the elements of an array, where it is told to", () => {
        const records = ['{"id":1}', '{"id":"a","b":[{}]}', "{}"];
        const array = Buffer.from(`\ufeff[\n ${records.join(",\n ")}\n]\n${records.join("\n")}`);
        assert.deepEqual(read([array], true), [...records, ...records]);
        assert.deepEqual(read(cut(array, [1, 2, 4, 9, 14, 15, 16]), true), [...records, ...records]);
        assert.deepEqual(read([Buffer.from("[[],]\n")], true), []);
        assert.deepEqual(read([Buffer.from('[{"id":1},\n{"id":},\n{"id":2}]')], true), [
            '{"id":1}',
            ["not JSON: value expected", '{"id":},'],
            '{"id":2}',
        ]);
        assert.deepEqual(read([Buffer.from('[{"id":1}]')]), [["not a JSON object", '[{"id":1}]']]);
    });

    it("finds the same wherever the chunks are cut", () => {
        const piece = fc.oneof(
            { arbitrary: fc.json().map((text) => Buffer.from(`{"id":${text}}`)), weight: 3 },
            {
                arbitrary: fc
                    .object({ maxDepth: 2 })
                    .map((object) => Buffer.from(JSON.stringify(object, null, 1))),
                weight: 2,
            },
            fc.constantFrom(
                ...["\n", "\r\n", " ", "\ufeff", "{", "}", '{"id":', '"', "ä", "[", ","].map((t) =>
                    Buffer.from(t),
                ),
            ),
            fc.uint8Array({ maxLength: 3 }),
        );
        const bytes = fc.array(piece, { maxLength: 12 }).map((pieces) => Buffer.concat(pieces));
        fc.assert(
            fc.property(bytes, fc.array(fc.nat(), { maxLength: 8 }), fc.boolean(), (whole, cuts, mark) => {
                const input = mark ? Buffer.concat([Buffer.from("\ufeff"), whole]) : whole;
                const outcomes = read([input]);
                const pieces = cut(input, mark ? [1, 2, ...cuts] : cuts);
                assert.deepEqual(read(pieces), outcomes);
                assert.deepEqual(read(pieces, true), read([input], true));
                // Nothing is lost: what is no blank is in a record or in a malformed one, in order.
                const kept = outcomes.map((outcome) =>
                    typeof outcome === "string" ? Buffer.from(outcome) : Buffer.from(outcome[1], "latin1"),
                );
                const hasMark = input.subarray(0, 3).equals(Buffer.from("\ufeff"));
                const dense = (some: Uint8Array) =>
                    Buffer.from(some.filter((byte) => byte > 32)).toString("hex");
                assert.equal(dense(Buffer.concat(kept)), dense(input.subarray(hasMark ? 3 : 0)));
            }),
            { numRuns: 3000 },
        );
    });
});
