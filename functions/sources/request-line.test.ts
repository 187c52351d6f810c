import assert from "node:assert/strict";
import fc from "fast-check";
import { QuotedFields, splitQuoted } from "../bytes/quoted";
import { METHOD, RequestLine, URL, VERSION } from "./request-line";

function read(text: string): (string | undefined)[] {
    const bytes = Buffer.from(`before "${text}" behind`);
    const fields = new QuotedFields(3);
    splitQuoted(fields, bytes, 0, bytes.length);
    const request = new RequestLine();
    request.read(fields, 1);
    return [METHOD, URL, VERSION].map((part) => request.text(part));
}

describe("RequestLine", () => {
    const CASES: Readonly<Record<string, readonly (string | undefined)[]>> = {
        "GET http://x.example/ HTTP/1.1": ["GET", "http://x.example/", "1.1"],
        "GET /a b c HTTP/2.0": ["GET", "/a b c", "2.0"],
        "GET /a b": ["GET", "/a b", undefined],
        "GET /": ["GET", "/", undefined],
        "- - - ": [undefined, undefined, undefined],
        "- http://x.example:80- -": [undefined, "http://x.example:80-", undefined],
        "- http://x.example:80-/ ": [undefined, "http://x.example:80-/", undefined],
        "OPTIONS * HTTP/1.1": ["OPTIONS", "*", "1.1"],
        "GET  HTTP/1.1": ["GET", undefined, "1.1"],
        GET: ["GET", undefined, undefined],
        "-": [undefined, undefined, undefined],
        "": [undefined, undefined, undefined],
        " ": [undefined, undefined, undefined],
        "HTTP/1.1": ["HTTP/1.1", undefined, undefined],
    };
    for (const [text, expected] of Object.entries(CASES)) {
        it(`reads "${text}"`, () => {
            assert.deepEqual(read(text), expected);
        });
    }

    it("finds the parts of any request", () => {
        const method = fc.stringMatching(/^[A-Z_]{1,9}$/);
        const url = fc.stringMatching(/^[a-z/?: é]{0,20}[a-z/]$/).filter((text) => text.trim() === text);
        fc.assert(
            fc.property(method, url, (name, target) => {
                assert.deepEqual(read(`${name} ${target} HTTP/1.1`), [name, target, "1.1"]);
            }),
        );
    });
});
