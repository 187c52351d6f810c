import assert from "node:assert/strict";
import { isSourceKind, kinds, sourceOf } from "./registry";
import { documentsOf } from "./testing";

describe("registry", () => {
    it("knows its kinds and no other", () => {
        assert.ok(kinds.length > 0 && kinds.every(isSourceKind));
        for (const name of ["", "x", "WAF", "__proto__", "constructor", "toString"]) {
            assert.equal(isSourceKind(name), false, name);
        }
    });

    for (const kind of kinds) {
        it(`makes ${kind}, which stands anything`, async () => {
            const source = sourceOf(kind);
            // What an index can be named after.
            assert.match(source.dataset, /^[a-z][a-z0-9._]{2,40}$/);
            for (const input of [
                "",
                "\n",
                "\u0000",
                "{}",
                "[]",
                '{"Records":[{}]}',
                '{"detail":{}}',
                "a b c",
                "[".repeat(100_000),
                '"'.repeat(1000),
                Buffer.of(0xff, 0xfe, 10, 0xc3),
                Buffer.alloc(1_200_000, "x "),
            ]) {
                const { report, documents, quarantined } = await documentsOf(source, input);
                assert.equal(report.in, documents.length + quarantined.length + report.skipped);
                quarantined.forEach(({ reason }) => assert.doesNotMatch(reason, /^no document:|\n/));
            }
        });
    }
});
