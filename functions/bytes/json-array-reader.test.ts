import assert from "node:assert/strict";
import fc from "fast-check";
import { Malformed, RecordSink, Skipped } from "../sources/source";
import { JsonScanner } from "./json";
import { JsonArrayReader } from "./json-array-reader";
import { MAX_LINE_BYTES } from "./lines";

const PATHS = { id: "id", kind: "kind", items: "detail.items" };

/** What a reader hands over: records as text, and what it skips in angle brackets. */
function taken(input: string | Buffer, cuts: readonly number[] = []): string[] {
    const bytes = typeof input === "string" ? Buffer.from(input) : input;
    const scanner = new JsonScanner(PATHS);
    const { id, kind, items } = scanner.at;
    const reader = new JsonArrayReader(scanner, () => undefined, {
        member: "items",
        inner: items,
        first: new Set(["id", "kind"]),
        isRecord: () => scanner.isString(id) && scanner.isString(kind),
    });
    const out: string[] = [];
    const sink: RecordSink = {
        record: (from, start, end) => out.push(from.toString("utf8", start, end)),
        malformed: ({ reason, raw }: Malformed) =>
            out.push(`<${reason}: ${Buffer.from(raw ?? []).toString("latin1")}>`),
        skipped: ({ reason }: Skipped) => out.push(`<skipped: ${reason}>`),
    };
    let rest: Buffer = Buffer.alloc(0);
    for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const size = cuts.length === 0 ? bytes.length : Math.max(1, cuts[turn % cuts.length]);
        const chunk = Buffer.concat([rest, bytes.subarray(at, at + size)]);
        rest = Buffer.from(chunk.subarray(reader.read(chunk, false, sink)));
        at += size;
    }
    assert.equal(reader.read(rest, true, sink), rest.length);
    return out;
}

const item = (id: string, more = "") => `{"id":"${id}","kind":"k"${more}}`;
const A = item("a");
const B = item("b", ',"text":"} ],{\\"","nested":[{"id":"x"},{"a":[]}]');
const C = item("ü");

describe("JsonArrayReader", () => {
    it("reads the elements of the array, and nothing of what is around it", () => {
        assert.deepEqual(taken(`{"items":[${A},${B},${C}]}`), [A, B, C]);
        assert.deepEqual(taken(`{"next":"t","n":-1.5,"items":[${A}],"other":[{"id":"z"}],"last":null}\n`), [
            A,
        ]);
        assert.deepEqual(taken(`{"items":[]}`), []);
        assert.deepEqual(taken(`{"items":[${A}]}{"items":[${B}]}\n{"items":[${C}]}`), [A, B, C]);
    });

    it("reads pretty-printed records, and a byte order mark", () => {
        const pretty = JSON.stringify({ items: [JSON.parse(A), JSON.parse(B)] as unknown[] }, null, 4);
        const records = taken(`\ufeff${pretty.replace(/\n/g, "\r\n")}`, [1]);
        assert.deepEqual(
            records.map((text) => JSON.parse(text) as unknown),
            [JSON.parse(A), JSON.parse(B)],
        );
    });

    it("reads records without an array: lines, one after another, a bare array", () => {
        assert.deepEqual(taken(`${A}\n${B}\r\n\n${C}`), [A, B, C]);
        assert.deepEqual(taken(`${A}${B} ${C}\n`), [A, B, C]);
        assert.deepEqual(taken(`[${A},\n${B}]\n`), [A, B]);
        assert.deepEqual(taken(`null\n"{"\n${A}\n`), [
            "<not a JSON object: null>",
            '<not a JSON object: "{">',
            A,
        ]);
    });

    it("reads the array in the middle of a whole object", () => {
        assert.deepEqual(taken(`{"id":"e","resources":[],"detail":{"x":{},"items":[${A} , ${B}]}}\n${C}`), [
            A,
            B,
            C,
        ]);
        assert.deepEqual(taken(`{"id":"e","detail":{"items":[]}}`), ["<skipped: no records>"]);
    });

    const broken = '{"id":"b","kind":"k","list":[{"id":"fake"},{"no":1}],"x":tru}';
    it("goes on with the next record behind a damaged one", () => {
        assert.deepEqual(taken(`{"items":[${A},${broken},${C}]}`), [
            A,
            `<not JSON: value expected: ${broken}>`,
            C,
        ]);
        assert.deepEqual(taken(`{"items":[${broken} , ${broken},\n ${C}]}`), [
            `<not JSON: value expected: ${broken} , ${broken}>`,
            C,
        ]);
        assert.deepEqual(taken(`{"items":[${A},${C},${broken}]}`), [
            A,
            C,
            `<not JSON: value expected: ${broken}]}>`,
        ]);
    });

    it("goes on behind damage between records, and at the beginning of the array", () => {
        assert.deepEqual(taken(`{"items":[${A}${B}]}`), [A, B]);
        assert.deepEqual(taken(`{"items":[${A}#${B}]}`), [A, "<not a JSON object: #>", B]);
        for (const head of ['{"items":', '{"items";[', '{items":[', '#"items":[', '"', '{"items":{', ""]) {
            const [first, ...rest] = taken(`${head}${A},${B}]}`);
            const all = first === A ? [first, ...rest] : rest;
            assert.deepEqual(
                all.filter((text) => !text.startsWith("<")),
                [A, B],
                head,
            );
        }
        assert.deepEqual(taken(`{"itXms":[${A},${B}]}`), [A, B]);
    });

    it("does not take a nested object for a record, even where it looks like one", () => {
        const named = `{"id":"b","kind":"k","nested":${item("fake")},"x":tru}`;
        assert.deepEqual(taken(`{"items":[${A},${named},${C}]}`), [
            A,
            `<not JSON: value expected: ${named}>`,
            C,
        ]);
    });

    it("ends the damage of a line with the line", () => {
        assert.deepEqual(taken(`${A}\n{"id":\n${B}\nno JSON\n${C}\n{"id":"cut`), [
            A,
            '<not JSON: "," or "}" expected: {"id":>',
            B,
            "<not a JSON object: no JSON>",
            C,
            '<not JSON: cut off: {"id":"cut>',
        ]);
    });

    it("tells when the array is cut off", () => {
        assert.deepEqual(taken(`{"items":[${A},`), [A, "<not JSON: the array of records is cut off: >"]);
        assert.deepEqual(taken(`{"items":[${A},{"id":"b"`), [A, '<not JSON: cut off: {"id":"b">']);
    });

    it("refuses a record that is too long, and keeps its first MiB", () => {
        const long = item("b", `,"text":"${"x".repeat(MAX_LINE_BYTES)}"`);
        const [first, malformed, last] = taken(`{"items":[${A},${long},${C}]}`, [100_000]);
        assert.deepEqual([first, last], [A, C]);
        const kept = `<record longer than ${MAX_LINE_BYTES} bytes: ${long}`.slice(0, malformed.length - 1);
        assert.equal(malformed, `${kept}>`);
        assert.ok(malformed.length > MAX_LINE_BYTES && malformed.length < MAX_LINE_BYTES + 100);
    });

    it("refuses a record that is not UTF-8, and keeps its neighbours", () => {
        const bytes = Buffer.from(`{"items":[${C},${item("#")},${C}]}`);
        bytes[bytes.indexOf(35)] = 0xff;
        assert.deepEqual(taken(bytes, [7]), [C, `<not valid UTF-8: ${item("\xff")}>`, C]);
    });

    const letters = fc.string({
        unit: fc.constantFrom("a", '"', "\\", "{", "}", "[", "]", ",", ":", "ü", "\n", "1"),
    });
    const records = fc.array(
        fc.record({
            id: fc.string({ minLength: 1 }),
            kind: fc.constant("k"),
            more: fc.jsonValue({ maxDepth: 3 }),
            text: letters,
        }),
        { maxLength: 8 },
    );
    const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });

    it("reads any records, wherever the chunks are cut", () => {
        fc.assert(
            fc.property(records, cuts, fc.constantFrom(undefined, 2), (values, sizes, indent) => {
                const text = JSON.stringify({ items: values }, null, indent);
                assert.deepEqual(
                    taken(text, sizes).map((record) => JSON.parse(record) as unknown),
                    JSON.parse(JSON.stringify(values)),
                );
            }),
        );
    });

    it("hands over the same, wherever the chunks are cut, also of damaged input", () => {
        const damage = fc.array(
            fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.integer({ min: 0, max: 255 })),
            {
                maxLength: 4,
            },
        );
        fc.assert(
            fc.property(records, damage, cuts, fc.boolean(), (values, flips, sizes, lines) => {
                const text = lines
                    ? values.map((value) => JSON.stringify(value)).join("\n")
                    : JSON.stringify({ items: values });
                const bytes = Buffer.from(text);
                for (const [at, byte] of flips) {
                    bytes[Math.floor(at * bytes.length)] = byte;
                }
                assert.deepEqual(taken(bytes, sizes), taken(bytes));
            }),
            { numRuns: 300 },
        );
    });

    it("loses no more than the record that a flipped bit is in", () => {
        const values = Array.from({ length: 6 }, (_, i) => item(`r${i}`, `,"more":[{"a":${i}},"x"]`));
        const good = `{"items":[${values.join(",")}]}`;
        for (let at = 0; at < good.length; at++) {
            const bytes = Buffer.from(good);
            bytes[at] ^= 0x10;
            const whole = taken(bytes).filter((text) => values.includes(text));
            assert.ok(whole.length >= values.length - 1, `byte ${at}: ${bytes.toString("latin1")}`);
        }
    });
});
