import assert from "node:assert/strict";
import fc from "fast-check";
import { boundedLines, LONGEST_LINE, LongLine } from "./bounded-lines";

async function* chunks(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
    let start = 0;
    for (let i = 0; start < bytes.length; i++) {
        const end = start + (sizes[i % sizes.length] ?? bytes.length);
        yield bytes.subarray(start, end);
        start = end;
    }
}

async function linesOf(bytes: Uint8Array, sizes: readonly number[]): Promise<string[]> {
    const lines: string[] = [];
    for await (const batch of boundedLines(chunks(bytes, sizes))) {
        lines.push(...batch.map((line) => (line instanceof LongLine ? `long ${line.start}` : line)));
    }
    return lines;
}

describe("boundedLines", () => {
    it("gives the lines of a text, wherever its bytes are cut", async () => {
        const line = fc.string({ unit: fc.constantFrom("a", ".", "é", "\ud83d\ude00"), maxLength: 8 });
        const parts = fc.array(fc.tuple(line, fc.constantFrom("\n", "\r\n", "\r")));
        const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });
        await fc.assert(
            fc.asyncProperty(parts, line, sizes, fc.boolean(), async (pairs, last, cuts, mark) => {
                const text = pairs.flat().join("") + last;
                const bytes = Buffer.from((mark ? "\ufeff" : "") + text);
                const expected = [...pairs.map(([first]) => first), last].filter(Boolean);
                assert.deepEqual(await linesOf(bytes, cuts), expected);
            }),
        );
    });

    it("tells of a line that is too long and goes on with the next", async () => {
        const long = "x".repeat(LONGEST_LINE + 1);
        const told = `long ${"x".repeat(100)}`;
        for (const sizes of [[7], [LONGEST_LINE], [LONGEST_LINE + 1], [10 * LONGEST_LINE]]) {
            const text = `a\n${long}\n${long.slice(1)}\n${long}${long}\r\nb\n${long}`;
            assert.deepEqual(
                await linesOf(Buffer.from(text), sizes),
                ["a", told, long.slice(1), told, "b", told],
                `${sizes}`,
            );
        }
    });
});
