import assert from "node:assert/strict";
import * as fc from "fast-check";
import { LineSplitter, MAX_LINE_BYTES } from "./lines";
import { Malformed } from "./source";

function split(bytes: Uint8Array, cuts: readonly number[]): (string | [string, string])[] {
    const splitter = new LineSplitter();
    const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
    const lines = at.slice(1).flatMap((end, i) => splitter.split(bytes.slice(at[i], end)));
    return [...lines, ...splitter.end()].map((line) =>
        line instanceof Malformed ? [line.reason, Buffer.from(line.raw).toString("base64")] : line,
    );
}

describe("LineSplitter", () => {
    it("gives the same lines wherever the chunks are cut", () => {
        const piece = fc.oneof(
            fc.constantFrom(
                ...["\n", "\r\n", "\r", "\ufeff", "ä", "€", "😀", "a b"].map((text) => Buffer.from(text)),
            ),
            fc.uint8Array({ maxLength: 4 }),
        );
        const bytes = fc.array(piece, { maxLength: 30 }).map((pieces) => Buffer.concat(pieces));
        fc.assert(
            fc.property(bytes, fc.array(fc.nat(), { maxLength: 10 }), (whole, cuts) => {
                assert.deepEqual(split(whole, cuts), split(whole, []));
            }),
            { numRuns: 5000 },
        );
    });

    it("drops empty lines, carriage returns and the byte order mark", () => {
        assert.deepEqual(split(Buffer.from("\ufeffa\r\n\n\r\nb\nc"), []), ["a", "b", "c"]);
    });

    it("keeps the bytes of a line that is not UTF-8, and its neighbours", () => {
        const bytes = Buffer.concat([Buffer.from("a\n"), Buffer.of(0xff, 0x41), Buffer.from("\nb\n")]);
        assert.deepEqual(split(bytes, []), ["a", ["not valid UTF-8", "/0E="], "b"]);
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
        ]) {
            const [first, second, third] = split(bytes, cuts);
            assert.equal(first, fits.toString());
            assert.match(second[0], /^line of 1048577 bytes/);
            assert.equal(Buffer.from(second[1], "base64").length, MAX_LINE_BYTES);
            assert.equal(third, "z");
        }
    });

    it("does not hold on to an endless line", () => {
        const splitter = new LineSplitter();
        for (let i = 0; i < 64; i++) {
            assert.deepEqual(splitter.split(Buffer.alloc(MAX_LINE_BYTES)), []);
        }
        const [line] = splitter.end();
        assert.ok(line instanceof Malformed && line.raw.length === MAX_LINE_BYTES);
    });
});
