import assert from "node:assert/strict";
import { DemoReport, imbalances, renderReport, SourceCounts } from "./report";

const counts: SourceCounts = {
    in: 10,
    documents: 7,
    quarantined: 2,
    skipped: { statistics: 1 },
    matched: 3,
    matchedBy: { ip: 2, domain: 1, url: 0 },
    located: 6,
    expected: {
        records: 10,
        quarantined: 2,
        skipped: { statistics: 1 },
        matched: 3,
        matchedBy: { ip: 2, domain: 1, url: 0 },
    },
};

const WAF = {
    place: "waf",
    added: 3,
    removed: 0,
    unchanged: 1,
    leftOut: 0,
    unfit: {},
    room: { ipv4: 20_000, ipv6: 10_000 },
};

function reportOf(changes: Partial<SourceCounts>): DemoReport {
    return {
        sources: { suricata: { ...counts, ...changes } },
        indicators: { collected: {}, snapshot: { ipv4: 3 }, matches: { misp: 4 }, poisonings: [] },
        enforcement: { "222222222222 us-east-1": { ipv4: 3, ipv6: 1, places: [WAF] } },
        findings: 7,
        seconds: { hub: 12.34 },
        skippedFiles: [],
    };
}

describe("demo report", () => {
    it("finds no fault when every record is where it should be", () => {
        assert.deepEqual(imbalances(reportOf({})), []);
    });

    it("names the source that lost a record", () => {
        assert.match(imbalances(reportOf({ in: 11 }))[0], /^suricata: 11 records in/);
    });

    for (const [what, changes, pattern] of [
        ["a good record in quarantine", { documents: 6, quarantined: 3 }, /3 quarantined.*should be 2/],
        [
            "a record that was skipped for no reason",
            { documents: 8, skipped: {} },
            /0 skipped for "statistics"/,
        ],
        ["a match that was missed", { matched: 2 }, /2 documents that match, but it should be 3/],
        ["a match of the wrong sort", { matchedBy: { ip: 2, domain: 0, url: 1 } }, /0 documents.*by domain/],
    ] as const) {
        it(`finds ${what}`, () => {
            assert.match(imbalances(reportOf(changes)).join("\n"), pattern);
        });
    }

    it("asks only for the sum of records that it did not make", () => {
        assert.deepEqual(imbalances(reportOf({ expected: undefined, matched: 0 })), []);
    });

    it("finds a poisoned list that was let in", () => {
        const report = reportOf({});
        const poisonings = [
            { what: "an empty list", outcome: "held", unharmed: true },
            { what: "the whole internet", outcome: "collected", unharmed: false },
        ];
        const poisoned = { ...report, indicators: { ...report.indicators, poisonings } };
        assert.deepEqual(imbalances(poisoned), ["the whole internet was let in (collected)"]);
    });

    it("shows counts, feeds, sets and times", () => {
        const text = renderReport(reportOf({}));
        for (const part of ["suricata", "misp", "222222222222 us-east-1", "waf 4", "12.3"]) {
            assert.ok(text.includes(part), part);
        }
    });
});
