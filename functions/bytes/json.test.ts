import assert from "node:assert/strict";
import * as fc from "fast-check";
import { INCOMPLETE, INVALID, JsonScanner } from "./json";

type Json = unknown;

const scanner = new JsonScanner({
    a: "a",
    b: "b",
    ab: "a.b",
    abc: "a.b.c",
    bb: "b.b",
    long: "request.headers",
    empty: "",
});
type Name = keyof typeof scanner.at;
const PATHS: Readonly<Record<Name, readonly string[]>> = {
    a: ["a"],
    b: ["b"],
    ab: ["a", "b"],
    abc: ["a", "b", "c"],
    bb: ["b", "b"],
    long: ["request", "headers"],
    empty: [""],
};
const NAMES = Object.keys(PATHS) as Name[];

function isJson(text: string): boolean {
    try {
        JSON.parse(text);
        return true;
    } catch {
        return false;
    }
}

/** Scans the text in the middle of other bytes. */
function scan(text: string, behind = "\n"): number {
    const bytes = Buffer.from(`{"a":${text}${behind}}`);
    const end = scanner.scan(bytes, 5, bytes.length - 1);
    return end < 0 ? end : end - 5;
}

function valueAt(value: Json, path: readonly string[]): Json {
    return path.reduce<Json>(
        (inner, name) =>
            typeof inner === "object" && inner !== null && !Array.isArray(inner) && Object.hasOwn(inner, name)
                ? (inner as Record<string, Json>)[name]
                : undefined,
        value,
    );
}

const found = (name: Name): Json => {
    const text = scanner.found.text(scanner.at[name]);
    return text === undefined ? undefined : (JSON.parse(text) as Json);
};

/** Values in which the paths' names come again and again, at all depths. */
const value = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
        { maxDepth: 5, withCrossShrink: true },
        fc.oneof(
            fc.string({ unit: "binary" }),
            fc.constantFrom(
                "",
                '"',
                "\\",
                '"a":1',
                "}{",
                "\u0000\n\r\t\u001f\u007f",
                "ä€😀",
                "\u2028",
                "\ud800",
            ),
            fc.double({ noNaN: true, noDefaultInfinity: true }),
            fc.integer(),
            fc.boolean(),
            fc.constant(null),
        ),
        fc.array(tie("value"), { maxLength: 4 }),
        fc.dictionary(
            fc.oneof(
                { arbitrary: fc.constantFrom("a", "b", "c", "request", "headers", ""), weight: 4 },
                { arbitrary: fc.string({ unit: "binary", maxLength: 3 }), weight: 1 },
            ),
            tie("value"),
            { maxKeys: 4 },
        ),
    ),
})).value;
const object = fc.dictionary(fc.constantFrom("a", "b", "c", "request", "headers", ""), value);

const indent = fc.constantFrom(undefined, 1, "\t", "\r\n ");

/** Names are compared as they are written: nobody escapes what needs no escape. */
function hasEscapedName(text: string): boolean {
    return /\\[^"\\]*"\s*:/.test(text);
}

describe("JsonScanner", () => {
    it("finds what JSON.parse finds at each path, and the end of the value", () => {
        fc.assert(
            fc.property(object, indent, (record, space) => {
                const text = JSON.stringify(record, null, space)
                    // JSON.stringify drops a carriage return from the blanks it is given: put them in by hand.
                    .replace(/\n/g, space === "\r\n " ? "\r\n" : "\n");
                assert.equal(scan(text), Buffer.byteLength(text));
                for (const name of NAMES) {
                    assert.deepEqual(found(name), valueAt(JSON.parse(text), PATHS[name]), name);
                }
                assert.equal(scanner.hasLineBreaks, text.includes("\n"));
            }),
            { numRuns: 2000 },
        );
    });

    it("agrees with JSON.parse on what is JSON, whatever is changed", () => {
        const piece = fc.oneof(
            fc.constantFrom(...'{}[],:"\\.+-eE0123456789tfnu \t\n\u0000\u00e4'),
            fc.constantFrom(
                "true",
                "null",
                "1e5",
                "\\u00e4",
                "\\x",
                "-",
                "01",
                ".5",
                '"a"',
                "\u00a0",
                "\ufeff",
            ),
        );
        const change = fc.tuple(fc.nat(), fc.nat(3), piece);
        fc.assert(
            fc.property(object, indent, fc.array(change, { maxLength: 3 }), (record, space, changes) => {
                let text = JSON.stringify(record, null, space);
                for (const [place, length, insert] of changes) {
                    const at = place % (text.length + 1);
                    text = text.slice(0, at) + insert + text.slice(at + length);
                }
                // A lone half of a pair is no text.
                text = Buffer.from(text).toString("utf8");
                const end = scan(text);
                const rest = end < 0 ? "" : Buffer.from(text).subarray(end).toString();
                const isWhole = end >= 0 && /^[ \t\r\n]*$/.test(rest);
                assert.equal(isWhole, isJson(text), text);
                if (isWhole) {
                    for (const name of hasEscapedName(text) ? [] : NAMES) {
                        assert.deepEqual(
                            found(name),
                            valueAt(JSON.parse(text), PATHS[name]),
                            `${name} of ${text}`,
                        );
                    }
                } else if (end === INVALID) {
                    assert.match(scanner.reason, /^not JSON: ./);
                }
            }),
            { numRuns: 5000 },
        );
    });

    it("agrees with JSON.parse on scraps of JSON", () => {
        const token = fc.constantFrom(
            ...["{", "}", "[", "]", ",", ":", '"a"', '"b"', "1", "-0.5e+3", "01", "true", "nul", " ", "\n"],
        );
        fc.assert(
            fc.property(fc.array(token, { minLength: 1, maxLength: 12 }), (tokens) => {
                const text = tokens.join("");
                const end = scan(text);
                assert.equal(end >= 0 && /^[ \n]*$/.test(text.slice(end)), isJson(text), text);
            }),
            { numRuns: 5000 },
        );
    });

    it("asks for more at every proper prefix of an object", () => {
        fc.assert(
            fc.property(object, indent, (record, space) => {
                const bytes = Buffer.from(JSON.stringify(record, null, space));
                for (let length = 0; length < bytes.length; length++) {
                    // What lies behind the end must not be looked at.
                    assert.equal(
                        scanner.scan(bytes, 0, length),
                        INCOMPLETE,
                        bytes.toString("utf8", 0, length),
                    );
                }
                assert.equal(scanner.scan(bytes, 0, bytes.length), bytes.length);
            }),
            { numRuns: 300 },
        );
    });

    it("never takes the same name at another depth, in an array, or in a string", () => {
        const text =
            '{"x":{"a":1,"b":2,"a.b":3},"y":[{"a":4,"b":5},"\\"a\\":6,"],"z":"\\",\\"a\\":7","a.b":8,' +
            '"A":9," a":10,"aa":11,"b":{"a":{"b":12}}}';
        assert.equal(scan(text), text.length);
        assert.deepEqual(NAMES.filter((name) => name !== "b").map(found), [, , , , , ,].fill(undefined));
        assert.deepEqual(found("b"), { a: { b: 12 } });
    });

    it("takes the last of several values, with all that was in the others forgotten", () => {
        for (const [text, expected] of [
            ['{"a":1,"a":2}', { a: 2 }],
            ['{"a":{"b":{"c":1}},"a":2}', { a: 2 }],
            ['{"a":{"b":{"c":1}},"a":{"b":3}}', { a: { b: 3 }, ab: 3 }],
            ['{"a":{"b":{"c":1},"b":{}}}', { a: { b: {} }, ab: {} }],
            ['{"a":2,"a":{"b":{"c":1}}}', { a: { b: { c: 1 } }, ab: { c: 1 }, abc: 1 }],
        ] as const) {
            assert.equal(scan(text), text.length);
            for (const name of NAMES) {
                assert.deepEqual(
                    found(name),
                    (expected as Partial<Record<Name, Json>>)[name],
                    `${name} of ${text}`,
                );
            }
        }
    });

    it("forgets the record before", () => {
        scan('{"a":{"b":{"c":1}}}');
        scan("{}");
        assert.ok(NAMES.every((name) => found(name) === undefined));
        assert.equal(scanner.hasLineBreaks, false);
    });

    it("refuses deep nesting, and 1 MB of brackets quickly", () => {
        const nested = (depth: number) => '{"a":'.repeat(depth) + "1" + "}".repeat(depth);
        assert.equal(scan(nested(200)), nested(200).length);
        for (const text of [nested(201), "[".repeat(1_000_000), '{"":'.repeat(250_000)]) {
            assert.equal(scan(text), INVALID);
            assert.equal(scanner.reason, "not JSON: nested deeper than 200");
        }
    });

    it("tells the values as texts and numbers", () => {
        const texts = (text: string) => {
            scan(`{"a":${text}}`);
            const { a } = scanner.at;
            return [scanner.text(a), scanner.number(a), scanner.isString(a)];
        };
        assert.deepEqual(texts('"x\\n\\u00e4\\"ä"'), ['x\nä"ä', NaN, true]);
        assert.deepEqual(texts('""'), ["", NaN, false]);
        assert.deepEqual(texts('"12"'), ["12", NaN, true]);
        assert.deepEqual(texts("1700000000123"), ["1700000000123", 1700000000123, false]);
        assert.deepEqual(texts("-1.5e3"), ["-1.5e3", -1500, false]);
        assert.deepEqual(texts("12345678901234567890"), [
            "12345678901234567890",
            12345678901234567890,
            false,
        ]);
        for (const other of ["true", "null", "{}", "[1]", '{"b":1}']) {
            assert.deepEqual(texts(other), [undefined, NaN, false]);
        }
        scan("{}");
        assert.deepEqual([scanner.text(0), scanner.number(0), scanner.isString(0)], [undefined, NaN, false]);
    });

    it("reads the number that JSON.parse reads", () => {
        fc.assert(
            fc.property(
                fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.maxSafeInteger()),
                (n) => {
                    scan(JSON.stringify({ a: n }));
                    assert.equal(scanner.number(scanner.at.a), JSON.parse(JSON.stringify(n)));
                },
            ),
        );
    });

    it("tells of each object of an array, and takes nothing from one for the next", () => {
        const scanner = new JsonScanner({ name: "list[].name", value: "list[].value", after: "after" });
        let seen: (string | undefined)[][] = [];
        scanner.onElement(
            "list[]",
            () => seen.push([scanner.text(scanner.at.name), scanner.text(scanner.at.value)]),
            () => (seen = []),
        );
        const text =
            '{"list":[{"name":"a","value":"1"},{"value":"2"},7,[{"name":"no"}],{},{"name":"c","value":{"name":"x"}}],' +
            '"other":[{"name":"no","value":"no"}],"after":true}';
        const bytes = Buffer.from(text);
        for (let end = 1; end < bytes.length; end++) {
            assert.equal(scanner.scan(bytes, 0, end), INCOMPLETE);
        }
        assert.equal(scanner.scan(bytes, 0, bytes.length), bytes.length);
        assert.deepEqual(seen, [
            ["a", "1"],
            [undefined, "2"],
            ["c", undefined],
        ]);
        assert.equal(scanner.found.starts[scanner.at.name], -1);
        assert.ok(scanner.found.starts[scanner.at.after] > 0);
    });
});
