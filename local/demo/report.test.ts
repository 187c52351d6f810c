import assert from "node:assert/strict";
import { DemoReport, imbalances, renderReport } from "./report";

const report: DemoReport = {
    sources: { waf: { in: 10, documents: 7, quarantined: 2, skipped: 1 } },
    indicators: { collected: {}, snapshot: { ipv4: 3 }, matches: { misp: 4 } },
    enforcement: { "222222222222 us-east-1": { ipv4: 3, ipv6: 1 } },
    seconds: { hub: 12.34 },
    skippedFiles: [],
};

describe("demo report", () => {
    it("finds no fault when records in are documents, quarantined and skipped", () => {
        assert.deepEqual(imbalances(report), []);
    });

    it("names the source that lost a record", () => {
        const lost = { ...report, sources: { waf: { in: 11, documents: 7, quarantined: 2, skipped: 1 } } };
        assert.match(imbalances(lost)[0], /^waf: 11 records in/);
    });

    it("shows counts, feeds, sets and times", () => {
        const text = renderReport(report);
        for (const part of ["waf", "misp", "222222222222 us-east-1", "12.3"]) {
            assert.ok(text.includes(part), part);
        }
    });
});
