import assert from "node:assert/strict";
import { MmdbData, MmdbError } from "./mmdb-data";

const decode = (hex: string, offset = 0) => {
    const bytes = Buffer.from(hex.replaceAll(" ", ""), "hex");
    return new MmdbData(bytes, 0, bytes.length).decode(offset);
};

describe("MmdbData", () => {
    /** Bytes by the format's description. */
    const values: readonly (readonly [what: string, hex: string, value: unknown])[] = [
        ["text", "43 666f6f", "foo"],
        ["text beyond ASCII", "44 f09f8c9e", "🌞"],
        ["text of no length", "40", ""],
        ["text of 30 bytes", `5d 01 ${"61".repeat(30)}`, "a".repeat(30)],
        ["text of 300 bytes", `5e 000f ${"61".repeat(300)}`, "a".repeat(300)],
        ["text of 66000 bytes", `5f 0000b3 ${"61".repeat(66000)}`, "a".repeat(66000)],
        ["double", "68 405ec00000000000", 123],
        ["float", "04 08 3fa00000", 1.25],
        ["bytes", "82 0102", Buffer.of(1, 2)],
        ["16-bit number", "a2 0102", 258],
        ["16-bit zero", "a0", 0],
        ["32-bit number", "c4 ffffffff", 4294967295],
        ["negative number", "04 01 ffffffff", -1],
        ["short signed number is not negative", "01 01 ff", 255],
        ["64-bit number", "08 02 ffffffffffffffff", 18446744073709551615n],
        ["128-bit number", `10 03 01${"00".repeat(15)}`, 2n ** 120n],
        ["true", "01 07", true],
        ["false", "00 07", false],
        ["list", "02 04 41 61 c1 07", ["a", 7]],
        [
            "map",
            "e2 41 61 c1 01 41 62 e0",
            new Map<string, unknown>([
                ["a", 1],
                ["b", new Map()],
            ]),
        ],
        ["a key that is a trap", "e1 49 5f5f70726f746f5f5f c1 01", new Map([["__proto__", 1]])],
    ];
    for (const [what, hex, value] of values) {
        it(`reads ${what}`, () => {
            assert.deepEqual(decode(hex), value);
        });
    }

    it("follows pointers of every length, and goes on behind them", () => {
        // [text, text] at the start, the text behind a gap.
        const pointers: readonly (readonly [hex: string, to: number])[] = [
            ["20 0c", 12],
            ["27 ff", 2047],
            ["28 0000", 2048],
            ["2f ffff", 526335],
            ["30 000000", 526336],
            ["38 00080800", 526336],
        ];
        for (const [pointer, to] of pointers) {
            const bytes = Buffer.alloc(to + 2);
            Buffer.from(`03 04 ${pointer} c1 05 ${pointer}`.replaceAll(" ", ""), "hex").copy(bytes);
            bytes.write("Ax", to, "latin1");
            assert.deepEqual(new MmdbData(bytes, 0, bytes.length).decode(0), ["x", 5, "x"], pointer);
        }
    });

    const damaged: readonly (readonly [what: string, hex: string])[] = [
        ["nothing", ""],
        ["text that is cut off", "43 66"],
        ["a length that is cut off", "5e 00"],
        ["a double of four bytes", "64 40000000"],
        ["a float of eight bytes", "08 08 0000000000000000"],
        ["a 32-bit number of five bytes", "c5 0000000001"],
        ["a truth value of two", "02 07"],
        ["an unknown type", "00 05"],
        ["a key that is a number", "e1 c1 01 41 61"],
        ["a map that is cut off", "e2 41 61 c1 01"],
        ["a list of sixteen million", "1f 04 ffffff"],
        ["a pointer to itself", "20 00"],
        ["a pointer behind the end", "20 10"],
        ["a list of itself", "01 04 20 00"],
        ["a map of itself", "e1 41 61 20 00"],
    ];
    for (const [what, hex] of damaged) {
        it(`refuses ${what}`, () => {
            assert.throws(() => decode(hex), MmdbError);
        });
    }

    it("refuses a small file that unfolds to more than memory holds", () => {
        // Each of 12 lists holds the next one 28 times.
        const lists = Array.from({ length: 12 }, (_, i) => {
            const to = (i + 1) * 58;
            return `1c 04 ${Buffer.of(0x20 | (to >> 8), to & 255)
                .toString("hex")
                .repeat(28)}`;
        });
        const start = Date.now();
        assert.throws(() => decode(`${lists.join("")} e0`), /too large/);
        assert.ok(Date.now() - start < 2000);
        // The same with one long text, which 1309 pointers lead to.
        const texts = `1e 04 0400 ${"28075b".repeat(1309)} 5f 00f000 ${"61".repeat(65821 + 0xf000)}`;
        assert.throws(() => decode(texts), /too large/);
    });
});
