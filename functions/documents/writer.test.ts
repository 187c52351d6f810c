import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Spans } from "../bytes/span";
import { keys } from "./ecs";
import { writeTime } from "./timeWriter";
import { JsonWriter, key, members } from "./writer";

const KEY = keys("a", "b", "a much longer name than the others");
const [A, B, LONG] = [KEY.a, KEY.b, KEY["a much longer name than the others"]];

/** What is written as the members of an object, as JSON.parse reads it. */
function written(write: (writer: JsonWriter) => void, capacity = 16): unknown {
    const writer = new JsonWriter(Buffer.allocUnsafeSlow(capacity));
    writer.reserve(4096);
    write(writer);
    const text = writer.bytes.toString("utf8", 0, writer.at);
    assert.match(text, /^$|,$/);
    return JSON.parse(`{${text.slice(0, -1)}}`);
}

/** Texts that a client can put into a log, long ones too. */
const TEXT = fc
    .tuple(
        fc.oneof(
            fc.string({ unit: "binary" }),
            fc.string({
                unit: fc.constantFrom("a", '"', "\\", "\n", "\u0000", "\u001f", "\u007f", "ä", "😀"),
            }),
            fc.constantFrom("\\u0041", "</script>", "\u2028", "{}", '","b":"'),
        ),
        fc.nat(30),
    )
    .map(([text, times]) => text.repeat(times))
    // Lone surrogates are no text: bytes have none.
    .map((text) => Buffer.from(text).toString("utf8"));

describe("JsonWriter", () => {
    it("writes strings from bytes so that they read back", () => {
        fc.assert(
            fc.property(TEXT, TEXT, (first, second) => {
                const bytes = Buffer.from(`>${first}<`);
                const read = written((writer) => {
                    writer.reserve(6 * (bytes.length + second.length * 3));
                    writer.string(A, bytes, 1, bytes.length - 1);
                    writer.text(B, second);
                    // Any bytes will do, not only a Buffer.
                    writer.string(LONG, new Uint8Array(bytes), 0, bytes.length);
                });
                const expected: Record<string, string> = { a: first, b: second };
                for (const name of Object.keys(expected).filter((name) => expected[name] === "")) {
                    delete expected[name];
                }
                assert.deepEqual(read, { ...expected, "a much longer name than the others": `>${first}<` });
            }),
            { numRuns: 1000 },
        );
    });

    it("puts a string together of pieces", () => {
        fc.assert(
            fc.property(fc.array(TEXT), (texts) => {
                const read = written((writer) => {
                    writer.reserve(6 * Buffer.byteLength(texts.join("")) + 10);
                    writer.name(A);
                    writer.byte(34);
                    texts.forEach((text) => writer.escaped(Buffer.from(text), 0, Buffer.byteLength(text)));
                    writer.byte(34);
                    writer.byte(44);
                });
                assert.deepEqual(read, { a: texts.join("") });
            }),
        );
    });

    it("writes numbers so that they read back", () => {
        const number = fc.oneof(
            fc.maxSafeInteger(),
            fc.nat(),
            fc.double({ noNaN: true, noDefaultInfinity: true }),
            fc.constantFrom(
                0,
                9,
                10,
                99,
                100,
                2 ** 31 - 1,
                2 ** 31,
                2 ** 32,
                2 ** 53 - 1,
                2 ** 53,
                1e21,
                1e-7,
                -1,
            ),
        );
        fc.assert(
            fc.property(number, number, (first, second) => {
                const read = written((writer) => {
                    writer.number(A, first);
                    writer.number(LONG, second);
                });
                // JSON has no -0.
                assert.deepEqual(read, { a: first + 0, "a much longer name than the others": second + 0 });
            }),
            { numRuns: 2000 },
        );
        assert.deepEqual(
            written((writer) => {
                writer.number(A, NaN);
                writer.number(B, Infinity);
            }),
            { a: null, b: null },
        );
    });

    it("copies JSON as it is, short and long, and lists and constants", () => {
        fc.assert(
            fc.property(fc.json(), fc.array(fc.string()), (json, list) => {
                const bytes = Buffer.from(`[${json}]`);
                const read = written((writer) => {
                    writer.reserve(3 * bytes.length);
                    writer.json(A, bytes, 1, bytes.length - 1);
                    writer.list(LONG, list);
                    writer.put(members({ n: 1, nothing: undefined }));
                    writer.raw(B, json);
                    writer.boolean(key('q"\n'), true);
                });
                assert.deepEqual(read, {
                    a: JSON.parse(json) as unknown,
                    ...(list.length > 0 ? { "a much longer name than the others": list } : {}),
                    n: 1,
                    b: JSON.parse(json) as unknown,
                    'q"\n': true,
                });
            }),
        );
    });

    it("lets objects vanish in which nothing was written", () => {
        const read = written((writer) => {
            writer.open(A);
            writer.close();
            writer.open(B);
            writer.open(A);
            writer.text(A, undefined);
            writer.text(A, "");
            writer.string(A, Buffer.from("x"), 1, 1);
            writer.piece(A, new Spans(1), 0);
            writer.list(A, []);
            writer.close();
            writer.number(B, 0);
            writer.open(LONG);
            writer.open(LONG);
            writer.close();
            writer.close();
            writer.close();
        });
        assert.deepEqual(read, { b: { b: 0 } });
        assert.deepEqual(
            written((writer) => {
                writer.open(A);
                writer.open(B);
                writer.close();
                writer.close();
            }),
            {},
        );
    });

    it("writes any nesting of objects", () => {
        type Tree = { readonly [name: string]: Tree | number };
        const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
            tree: fc.dictionary(
                fc.string({ maxLength: 3 }),
                fc.oneof({ maxDepth: 6 }, fc.nat(), tie("tree")),
                { maxKeys: 4 },
            ) as fc.Arbitrary<Tree>,
        }));
        const prune = (node: Tree): Tree =>
            Object.fromEntries(
                Object.entries(node)
                    .map(([name, inner]) => [name, typeof inner === "number" ? inner : prune(inner)] as const)
                    .filter(([, inner]) => typeof inner === "number" || Object.keys(inner).length > 0),
            );
        const write = (writer: JsonWriter, node: Tree) => {
            for (const [name, inner] of Object.entries(node)) {
                if (typeof inner === "number") {
                    writer.number(key(name), inner);
                } else {
                    writer.open(key(name));
                    write(writer, inner);
                    writer.close();
                }
            }
        };
        fc.assert(
            fc.property(tree, (node) => {
                // Not deepEqual of the pruned tree: it would not see `__proto__`.
                const read = written((writer) => write(writer, node), 1 << 16);
                assert.equal(JSON.stringify(read), JSON.stringify(JSON.parse(JSON.stringify(prune(node)))));
            }),
        );
    });

    it("nests 32 objects", () => {
        const read = written((writer) => {
            Array.from({ length: 32 }, () => writer.open(A));
            writer.number(B, 1);
            Array.from({ length: 32 }, () => writer.close());
        });
        assert.equal(JSON.stringify(read), `${'{"a":'.repeat(32)}{"b":1}${"}".repeat(32)}`);
    });

    it("opens an object with its first members in one piece", () => {
        const piece = Buffer.from('"a":{"id":1,');
        const read = written((writer) => {
            writer.openWith(piece, 5);
            writer.close();
            writer.openWith(Buffer.from('"b":{"id":1,'), 5);
            writer.number(B, 2);
            writer.close();
        });
        assert.deepEqual(read, { a: { id: 1 }, b: { id: 1, b: 2 } });
    });

    it("grows and keeps what is written", () => {
        const writer = new JsonWriter(Buffer.allocUnsafeSlow(8));
        const expected: Record<string, string> = {};
        for (let i = 0; i < 50; i++) {
            const text = `${i} `.repeat(i * 10);
            writer.reserve(text.length + 20);
            writer.string(key(`k${i}`), Buffer.from(text), 0, text.length);
            expected[`k${i}`] = text;
        }
        delete expected.k0;
        assert.deepEqual(JSON.parse(`{${writer.bytes.toString("utf8", 0, writer.at - 1)}}`), expected);
    });
});

describe("writeTime", () => {
    it("writes any time as Date does, whatever was written before", () => {
        const time = fc.oneof(
            fc.integer({ min: 0, max: 253402300799999 }),
            // Seconds that share a place in the memory.
            fc.tuple(fc.nat(3), fc.nat(999)).map(([n, millis]) => (1_700_000_000 + n * 1024) * 1000 + millis),
        );
        fc.assert(
            fc.property(fc.array(time, { minLength: 1, maxLength: 10 }), (times) => {
                for (const one of times) {
                    assert.deepEqual(
                        written((writer) => writeTime(writer, A, one)),
                        { a: new Date(one).toISOString() },
                    );
                }
            }),
        );
    });
});
