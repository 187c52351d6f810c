import assert from "node:assert/strict";
import { valuesOfLine } from "./text-values";

describe("valuesOfLine", () => {
    const lines: readonly (readonly [string, ...string[]])[] = [
        ["203.0.113.4", "203.0.113.4"],
        ["  evil.example  ", "evil.example"],
        ["203.0.113.4 # seen today", "203.0.113.4"],
        ["203.0.113.0/24 ; SBL1", "203.0.113.0/24"],
        ["evil.example,2026-01-01", "evil.example"],
        ["203.0.113.4\t9", "203.0.113.4"],
        ["http://x.example/a,b?c=1#d", "http://x.example/a,b?c=1#d"],
        ["hxxps[:]//x.example/a,b seen", "hxxps[:]//x.example/a,b"],
        ['"http://y.example/","x"', "http://y.example/"],
        ["# a comment"],
        ["; a comment"],
        ["// a comment"],
        [" # a comment"],
        [""],
        ["0.0.0.0 evil.example", "evil.example"],
        ["127.0.0.1\tevil.example www.evil.example # both", "evil.example", "www.evil.example"],
        [":: evil.example", "evil.example"],
        ["::1 evil.example", "evil.example"],
    ];
    for (const [line, ...values] of lines) {
        it(`takes ${JSON.stringify(values)} of ${JSON.stringify(line)}`, () => {
            assert.deepEqual(valuesOfLine(line), values);
        });
    }

    it("keeps an address that names nothing in a hosts file, so that somebody refuses it", () => {
        for (const line of ["127.0.0.1 localhost", "0.0.0.0 0.0.0.0", "0.0.0.0\t3", "127.0.0.1"]) {
            assert.deepEqual(valuesOfLine(line), [line.split(/\s/)[0]]);
        }
        assert.deepEqual(valuesOfLine("203.0.113.4 evil.example"), ["203.0.113.4"]);
    });
});
