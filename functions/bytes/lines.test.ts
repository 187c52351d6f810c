import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Malformed } from "../sources/source";
import { LineReader, MAX_LINE_BYTES } from "./lines";
import { textLines } from "./text-lines";

/** A line, or reason and bytes (base64) of what is none. */
type Line = string | readonly [reason: string, raw: string];

/** Feeds the chunks as the pipeline does: what was not taken comes again in front of the next chunk. */
function read(chunks: readonly Uint8Array[]): Line[] {
    const lines: Line[] = [];
    const reader = new LineReader((_sink, bytes, start, end) => {
        lines.push(bytes.toString("utf8", start, end));
    });
    const sink = {
        record: () => assert.fail("a reader of lines hands its lines to its callback"),
        skipped: () => assert.fail("no line is skipped"),
        malformed: ({ reason, raw }: Malformed) => {
            lines.push([reason, Buffer.from(raw ?? []).toString("base64")]);
        },
    };
    let rest = Buffer.alloc(0);
    for (const chunk of chunks) {
        const bytes = Buffer.concat([rest, chunk]);
        const taken = reader.read(bytes, false, sink);
        rest = Buffer.from(bytes.subarray(taken));
        // Nobody may hold on to bytes that are handed over.
        bytes.fill(0x78);
    }
    reader.read(rest, true, sink);
    return lines;
}

function cut(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
    const at = [0, ...cuts.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
    return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
}

const PIECE = fc.oneof(
    fc.constantFrom(
        ...["\n", "\r\n", "\r", "\ufeff", "ä", "€", "😀", "a b"].map((text) => Buffer.from(text)),
    ),
    fc.uint8Array({ maxLength: 4 }),
);

describe("LineReader", () => {
    it("gives the same lines wherever the chunks are cut", () => {
        const bytes = fc.array(PIECE, { maxLength: 30 }).map((pieces) => Buffer.concat(pieces));
        fc.assert(
            fc.property(bytes, fc.array(fc.nat(), { maxLength: 10 }), (whole, cuts) => {
                assert.deepEqual(read(cut(whole, cuts)), read([whole]));
            }),
            { numRuns: 3000 },
        );
    });

    it("gives the lines that a plain split gives", () => {
        const line = fc.string({ unit: "binary" }).map((text) => text.replace(/[\r\n]/g, ""));
        fc.assert(
            fc.property(fc.array(line), (lines) => {
                const text = lines.join("\n").replace(/^\ufeff/, "");
                // A string of lone surrogates is no text.
                const plain = Buffer.from(text).toString("utf8");
                assert.deepEqual(read([Buffer.from(text)]), plain.split("\n").filter(Boolean));
            }),
        );
    });

    it("drops empty lines, carriage returns and the byte order mark", () => {
        assert.deepEqual(read([Buffer.from("\ufeffa\r\n\n\r\nb\nc")]), ["a", "b", "c"]);
        assert.deepEqual(read([Buffer.from("a\n\ufeffb\r\rc\n")]), ["a", "\ufeffb\r\rc"]);
        assert.deepEqual(read([Buffer.from("\ufeff")]), []);
    });

    it("keeps the bytes of a line that is not UTF-8, and its neighbours", () => {
        const bytes = Buffer.concat([Buffer.from("a\n"), Buffer.of(0xff, 0x41), Buffer.from("\nb\n")]);
        assert.deepEqual(read([bytes]), ["a", ["not valid UTF-8", "/0E="], "b"]);
    });

    it("sets the limit at 1 MiB, whatever the chunks", () => {
        const fits = Buffer.alloc(MAX_LINE_BYTES, "x");
        const long = Buffer.alloc(MAX_LINE_BYTES + 1, "y");
        const bytes = Buffer.concat([fits, Buffer.from("\n"), long, Buffer.from("\nz")]);
        for (const cuts of [
            [],
            [5],
            [MAX_LINE_BYTES + 100],
            [MAX_LINE_BYTES * 2 + 1, MAX_LINE_BYTES * 2 + 2],
            [MAX_LINE_BYTES * 2 + 2, MAX_LINE_BYTES * 2 + 3],
        ]) {
            const [first, second, third, ...more] = read(cut(bytes, cuts));
            assert.equal(first, fits.toString());
            assert.match(second[0], /^line of 1048577 bytes/);
            assert.equal(Buffer.from(second[1], "base64").length, MAX_LINE_BYTES);
            assert.deepEqual([third, ...more], ["z"]);
        }
    });

    it("does not hold on to an endless line", () => {
        const piece = Buffer.alloc(MAX_LINE_BYTES, "e");
        const lines = read(Array.from({ length: 20 }, () => piece));
        assert.equal(lines.length, 1);
        assert.match(lines[0][0], /^line of 20971520 bytes/);
        assert.equal(Buffer.from(lines[0][1], "base64").length, MAX_LINE_BYTES);
    });
});

describe("textLines", () => {
    it("gives lines and what is none in order", async () => {
        async function* input() {
            yield Buffer.from("a\nä");
            yield Buffer.of(10, 0xff, 10);
            yield Buffer.from("last");
        }
        const lines: unknown[] = [];
        for await (const some of textLines(input())) {
            lines.push(...some.map((line) => (line instanceof Malformed ? line.reason : line)));
        }
        assert.deepEqual(lines, ["a", "ä", "not valid UTF-8", "last"]);
    });
});
