import assert from "node:assert/strict";
import { IndicatorLookup, IndicatorMatch } from "../indicators/indicator";
import { EcsDocument, Observables } from "../sources/source";
import { indicatorEnricher } from "./indicators";

const SEEN = "2026-01-02T03:04:05.000Z";

function match(type: IndicatorMatch["type"], value: string, feeds = ["a"], confidence = 50): IndicatorMatch {
    return { type, value, feeds, firstSeen: SEEN, lastSeen: SEEN, confidence };
}

function lookupOf(matches: Record<string, IndicatorMatch>): IndicatorLookup & { asked: string[] } {
    const asked: string[] = [];
    const ask = (value: string) => {
        asked.push(value);
        return matches[value] as IndicatorMatch | undefined;
    };
    return { asked, ip: ask, domain: ask, url: ask };
}

function entry(observables: Partial<Observables>): { document: EcsDocument; observables: Observables } {
    return {
        document: { "@timestamp": SEEN, ecs: { version: "8" }, event: { dataset: "x" } },
        observables: { ips: [], domains: [], urls: [], ...observables },
    };
}

const ip = (value: string) => entry({ ips: [{ value, field: "source.ip", role: "source" }] });

describe("indicatorEnricher", () => {
    it("asks once for each value of a slice and marks every document", async () => {
        const lookup = lookupOf({ "1.2.3.4": match("ipv4", "1.2.3.4", ["a", "b"], 90) });
        const batch = [ip("1.2.3.4"), ip("5.6.7.8"), ip("1.2.3.4"), ip("5.6.7.8")];
        await indicatorEnricher(lookup).enrich(batch);
        assert.deepEqual(lookup.asked, ["1.2.3.4", "5.6.7.8"]);
        assert.deepEqual(
            batch.map(({ document }) => document.threat?.matched),
            [true, false, true, false],
        );
        assert.equal("enrichments" in JSON.parse(JSON.stringify(batch[1].document.threat)), false);
        const enrichment = (feed: string) => ({
            matched: { atomic: "1.2.3.4", field: "source.ip", type: "indicator_match_rule" },
            indicator: {
                type: "ipv4-addr",
                name: "1.2.3.4",
                ip: "1.2.3.4",
                provider: feed,
                first_seen: SEEN,
                last_seen: SEEN,
                confidence: "High",
            },
            feed: { name: feed },
        });
        assert.deepEqual(JSON.parse(JSON.stringify(batch[0].document.threat?.enrichments)), [
            enrichment("a"),
            enrichment("b"),
        ]);
    });

    it("names networks, which are no addresses", async () => {
        const one = ip("2001:db8::1");
        await indicatorEnricher(lookupOf({ "2001:db8::1": match("cidr", "2001:db8::/32", ["a"], 0) })).enrich(
            [one],
        );
        const [{ indicator }] = one.document.threat?.enrichments as { indicator: Record<string, unknown> }[];
        assert.equal(indicator.type, "ipv6-addr");
        assert.equal(indicator.name, "2001:db8::/32");
        assert.equal(indicator.ip, undefined);
        assert.equal(indicator.confidence, "Low");
    });

    it("says once that a host matched, though its URL holds it too", async () => {
        const host = match("domain", "evil.example");
        const one = entry({
            domains: [{ value: "evil.example", field: "url.domain" }],
            urls: [
                { value: "http://evil.example/", field: "url.full" },
                { value: "http://x.example/", field: "http.request.referrer" },
            ],
        });
        const lookup = lookupOf({
            "evil.example": host,
            "http://evil.example/": host,
            "http://x.example/": match("url", "http://x.example/"),
        });
        await indicatorEnricher(lookup).enrich([one]);
        const fields = one.document.threat?.enrichments?.map(
            (e) => (e as { matched: { field: string } }).matched.field,
        );
        assert.deepEqual(fields, ["url.domain", "http.request.referrer"]);
    });
});
