import assert from "node:assert/strict";
import { parseClfTime } from "./clf-time";

function parse(text: string): number {
    return parseClfTime(Buffer.from(`[${text}]`), 1, text.length + 1);
}

describe("parseClfTime", () => {
    it("reads every month and any offset", () => {
        const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        months.forEach((month, i) => {
            assert.equal(parse(`24/${month}/2026:13:31:01 +0000`), Date.UTC(2026, i, 24, 13, 31, 1));
        });
        assert.equal(parse("24/Nov/2026:14:31:01 +0100"), Date.UTC(2026, 10, 24, 13, 31, 1));
        assert.equal(parse("24/Nov/2026:08:01:01 -0530"), Date.UTC(2026, 10, 24, 13, 31, 1));
    });

    it("refuses what is no time", () => {
        const bad = [
            ...["", "24/Nov/2026:13:31:01", "24/anF/2026:13:31:01 +0000", "31/Feb/2026:13:31:01 +0000"],
            ...["24/Nov/2026:24:31:01 +0000", "24-Nov-2026:13:31:01 +0000", "2026-11-24T13:31:01 +00:00"],
        ];
        for (const text of bad) {
            assert.ok(Number.isNaN(parse(text)), text);
        }
    });
});
