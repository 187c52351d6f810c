import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { SOURCE_KINDS, SourceKind } from "../../config/sources";
import { Enrichment } from "../../functions/enrichment/enrichment";
import { parseTextIndicators } from "../../functions/feeds/text-indicators";
import { encodeSnapshot, Snapshot } from "../../functions/indicators/snapshot";
import { sourceOf } from "../../functions/sources/registry";
import { documentsOf, Json, Outcome } from "../../functions/sources/testing";
import { sampleBadValues, sampleFeed } from "../demo/sampleFeed";
import { lotOf, Parcel } from "./lots";
import { Random } from "./random";
import { TrafficOptions } from "./traffic";

const ACCOUNT = { accountId: "222222222222", region: "eu-west-1" };
const UNTIL = Date.parse("2026-11-24T10:00:00Z");

function optionsOf(seed: number, changes: Partial<TrafficOptions> = {}): TrafficOptions {
    return {
        ...ACCOUNT,
        random: new Random(seed),
        count: 1200,
        until: UNTIL,
        bad: sampleBadValues(),
        broken: 8,
        ...changes,
    };
}

/** Runs a parcel through the pipeline, as the function that it wakes does. */
function outcomeOf(kind: SourceKind, parcel: Parcel, enrichment?: Enrichment): Promise<Outcome> {
    const [origin, input] =
        parcel.to === "bucket"
            ? [parcel.key, parcel.body]
            : parcel.to === "logGroup"
              ? [`group:${parcel.stream}`, Buffer.from(`${parcel.messages.join("\n")}\n`)]
              : [`${parcel.source}:${parcel.detailType}`, Buffer.from(eventOf(parcel))];
    const version = createHash("sha256").update(input).digest("hex");
    const context = { ...ACCOUNT, origin, version, time: UNTIL };
    return documentsOf(sourceOf(kind), input, { enrichment, context });
}

function eventOf({ source, detailType, detail }: Extract<Parcel, { to: "eventBus" }>): string {
    const time = new Date(UNTIL).toISOString();
    const envelope = {
        version: "0",
        id: "x",
        source,
        "detail-type": detailType,
        time,
        account: "222222222222",
    };
    return `${JSON.stringify(envelope).slice(0, -1)},"region":"eu-west-1","resources":[],"detail":${detail}}`;
}

const TYPES: Readonly<Record<string, "ip" | "domain" | "url">> = {
    "ipv4-addr": "ip",
    "ipv6-addr": "ip",
    "domain-name": "domain",
    url: "url",
};

function matchesOf(documents: readonly Json[]) {
    const matchedBy = { ip: 0, domain: 0, url: 0 };
    const matched = documents.filter(({ threat }) => threat.matched);
    for (const { threat } of matched) {
        const types = threat.enrichments.map(({ indicator }: Json) => TYPES[indicator.type]);
        new Set<"ip" | "domain" | "url">(types).forEach((type) => matchedBy[type]++);
    }
    return { matched: matched.length, matchedBy };
}

describe("sample traffic", () => {
    const { indicators } = parseTextIndicators(sampleFeed(), { feed: "sample", seen: new Date(UNTIL) });
    const snapshot = Snapshot.decode(encodeSnapshot(indicators));

    for (const kind of SOURCE_KINDS) {
        it(`of ${kind} becomes what it says, record by record`, async () => {
            const enrichment = new Enrichment({ indicators: snapshot });
            const { parcels, expected } = lotOf(kind, optionsOf(3));
            const outcomes = await Promise.all(parcels.map((parcel) => outcomeOf(kind, parcel, enrichment)));
            const skipped: Record<string, number> = {};
            for (const [reason, count] of outcomes.flatMap(({ report }) =>
                Object.entries(report.skippedBy),
            )) {
                skipped[reason] = (skipped[reason] ?? 0) + count;
            }
            const documents = outcomes.flatMap((outcome) => outcome.documents);
            assert.deepEqual(
                {
                    records: outcomes.reduce((sum, { report }) => sum + report.in, 0),
                    quarantined: outcomes.reduce((sum, { report }) => sum + report.quarantined, 0),
                    skipped,
                    ...matchesOf(documents),
                },
                expected,
            );
            assert.equal(expected.quarantined, 8);
            assert.ok(expected.matched > 0);
            assert.equal(new Set(documents.map(({ event }) => event.id)).size, documents.length);
        });

        it(`of ${kind} is the same for the same seed`, () => {
            const textOf = (seed: number) => JSON.stringify(lotOf(kind, optionsOf(seed, { count: 50 })));
            assert.equal(textOf(5), textOf(5));
            assert.notEqual(textOf(5), textOf(6));
        });

        it(`of ${kind} is never taken for that of another time`, async () => {
            const idsOf = async (until: number) => {
                const { parcels } = lotOf(kind, optionsOf(5, { count: 50, until }));
                const outcomes = await Promise.all(parcels.map((parcel) => outcomeOf(kind, parcel)));
                return outcomes.flatMap(({ documents }) => documents.map(({ event }) => event.id as string));
            };
            const ids = [...(await idsOf(UNTIL)), ...(await idsOf(UNTIL + 1000))];
            assert.equal(new Set(ids).size, ids.length);
        });
    }

    it("shows no indicator where none is given", () => {
        const bad = { addresses: [], domains: [], urls: [] };
        for (const kind of SOURCE_KINDS) {
            assert.equal(lotOf(kind, optionsOf(9, { bad })).expected.matched, 0);
        }
    });
});
