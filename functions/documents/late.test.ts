import assert from "node:assert/strict";
import * as fc from "fast-check";
import { LineReader } from "../bytes/lines";
import { AddressFacts, AddressResolver, Pair, PairScorer } from "../enrichment/enricher";
import { Enrichment, EnrichmentOptions } from "../enrichment/enrichment";
import { Indicator } from "../indicators/indicator";
import { encodeSnapshot, Snapshot } from "../indicators/snapshot";
import { LogSource, Malformed } from "../sources/source";
import { documentsOf, Json, OutcomeOptions } from "../sources/testing";
import { keys } from "./ecs";

const KEY = keys("source", "destination", "port", "note");

/** Lines `<source> <destination> <other address> <who>`; "-" for none. */
const source: LogSource = {
    dataset: "test.log",
    reader: () =>
        new LineReader((sink, bytes, start, end) =>
            sink.record(bytes, start, end, (document, record, from, to) => {
                const [client, server, other, who] = record.toString("utf8", from, to).split(" ");
                document.event(0);
                document.close();
                document.text(KEY.note, "x".repeat(client.length * 10));
                document.open(KEY.source);
                const slot = document.endpoint("source.ip", Buffer.from(client), 0, client.length);
                if (document.wantsPairs && slot >= 0 && who) {
                    document.pair(who, slot);
                }
                document.number(KEY.port, 1);
                document.close();
                document.open(KEY.destination);
                document.endpoint("destination.ip", Buffer.from(server ?? ""), 0, server?.length ?? 0);
                document.close();
                document.address("network.forwarded_ip", Buffer.from(other ?? ""), 0, other?.length ?? 0);
                document.host("url.domain", "shop.example");
                return client === "bad" ? new Malformed("bad") : undefined;
            }),
        ),
};

function resolverOf(
    facts: (address: string) => AddressFacts | undefined,
    name = "resolver",
): AddressResolver & { readonly asked: string[][] } {
    const asked: string[][] = [];
    return {
        name,
        asked,
        resolve: async (addresses) => {
            asked.push([...addresses]);
            await new Promise(setImmediate);
            return new Map(
                addresses.flatMap((address) => {
                    const fact = facts(address);
                    return fact ? [[address, fact] as const] : [];
                }),
            );
        },
    };
}

const member = (address: string): AddressFacts => ({ members: `"domain":"host of ${address}",`, names: [] });
const nothing = resolverOf(() => undefined);

async function run(input: string, options: EnrichmentOptions, more: OutcomeOptions = {}): Promise<Json[]> {
    return (await documentsOf(source, input, { enrichment: new Enrichment(options), ...more })).documents;
}

function snapshotOf(...values: readonly Pick<Indicator, "type" | "value">[]): Snapshot {
    const seen = "2026-01-02T03:04:05.000Z";
    const more = { feeds: ["feed"], firstSeen: seen, lastSeen: seen, expiresAt: 0, confidence: 50 };
    return Snapshot.decode(encodeSnapshot(values.map((value) => ({ ...value, ...more }))));
}

describe("finishLate", () => {
    it("puts what is learned into the endpoint of the address, and nothing anywhere else", async () => {
        const [document] = await run("1.1.1.1 2.2.2.2 3.3.3.3", { resolvers: [resolverOf(member)] });
        assert.deepEqual(document.source, {
            domain: "host of 1.1.1.1",
            address: "1.1.1.1",
            ip: "1.1.1.1",
            port: 1,
        });
        assert.deepEqual(document.destination, {
            domain: "host of 2.2.2.2",
            address: "2.2.2.2",
            ip: "2.2.2.2",
        });
        assert.ok(!JSON.stringify(document).includes("host of 3.3.3.3"));
    });

    it("puts in what several resolvers know, and what one knows of the destination alone", async () => {
        const only = resolverOf((address) =>
            address === "2.2.2.2" ? { members: '"a":1,', names: [] } : undefined,
        );
        const [document] = await run("1.1.1.1 2.2.2.2", { resolvers: [nothing, only, resolverOf(member)] });
        assert.deepEqual(document.source.a, undefined);
        assert.deepEqual([document.destination.a, document.destination.domain], [1, "host of 2.2.2.2"]);
    });

    it("asks once for the unique addresses of a batch, in normal form", async () => {
        const resolver = resolverOf(member);
        await run("1.1.1.1 2.2.2.2\n2.2.2.2 1.1.1.1 ::FFFF\nbad 4.4.4.4\n0:0::ffff -\n", {
            resolvers: [resolver],
        });
        assert.deepEqual(resolver.asked, [["1.1.1.1", "2.2.2.2", "::ffff"]]);
    });

    it("gives the same bytes as without resolvers when nothing is learned, wherever the chunks are cut", async () => {
        const octet = fc.integer({ min: 0, max: 9 });
        const address = fc.oneof(
            fc.tuple(octet, octet).map(([a, b]) => `${a}.0.0.${b}`),
            fc.constantFrom("-", "bad", "2001:db8::1", "evil"),
        );
        const line = fc.array(address, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(" "));
        await fc.assert(
            fc.asyncProperty(
                fc.array(line, { maxLength: 20 }),
                fc.integer({ min: 1, max: 100 }),
                async (lines, size) => {
                    const indicators = snapshotOf(
                        { type: "cidr", value: "1.0.0.0/8" },
                        { type: "domain", value: "shop.example" },
                    );
                    const input = lines.join("\n");
                    const plain = await documentsOf(source, input, {
                        enrichment: new Enrichment({ indicators }),
                    });
                    const late = await documentsOf(source, input, {
                        enrichment: new Enrichment({ indicators, resolvers: [nothing] }),
                        cuts: [size],
                    });
                    assert.equal(late.text, plain.text);
                    assert.deepEqual(late.report, plain.report);
                    assert.deepEqual(late.quarantined, plain.quarantined);
                },
            ),
            { numRuns: 100 },
        );
    });

    it("changes nothing but what it puts in", async () => {
        const lines = Array.from({ length: 300 }, (_, i) => `10.0.${i % 7}.${i % 11} 10.1.0.${i % 5} - `);
        const plain = await run(lines.join("\n"), {});
        const late = await run(lines.join("\n"), { resolvers: [resolverOf(member)] }, { cuts: [999] });
        late.forEach((document, i) => {
            assert.equal(document.source.domain, `host of ${document.source.ip}`);
            delete document.source.domain;
            delete document.destination.domain;
            assert.deepEqual(document, plain[i]);
        });
        assert.equal(late.length, 300);
    });

    it("adds the names that lead to an address to the related hosts, and matches them", async () => {
        const indicators = snapshotOf(
            { type: "domain", value: "evil.example" },
            { type: "ipv4", value: "1.1.1.1" },
            { type: "domain", value: "shop.example" },
        );
        const names = ["a.evil.example", "b.evil.example", "good.example", "shop.example"];
        const resolver = resolverOf((address) =>
            address === "3.3.3.3"
                ? undefined
                : { members: "", names: address === "1.1.1.1" ? names : ["good.example"] },
        );
        const { documents, report } = await documentsOf(source, "1.1.1.1 2.2.2.2\n3.3.3.3 2.2.2.2 1.1.1.1", {
            enrichment: new Enrichment({ indicators, resolvers: [resolver] }),
        });
        assert.deepEqual(documents[0].related.hosts, ["shop.example", ...names.slice(0, 3)]);
        const matched = ({ threat }: Json) =>
            (threat.enrichments as Json[]).map(({ matched: { field, atomic } }) => `${field} ${atomic}`);
        assert.deepEqual(matched(documents[0]), [
            "source.ip 1.1.1.1",
            "url.domain shop.example",
            "source.domain a.evil.example",
        ]);
        // Of an address that stands in no endpoint, too.
        assert.deepEqual(matched(documents[1]), [
            "network.forwarded_ip 1.1.1.1",
            "url.domain shop.example",
            "network.forwarded_ip a.evil.example",
        ]);
        assert.deepEqual(report.matchesByFeed, { feed: 6 });
    });

    it("scores unique pairs once, and tells the greatest score of a record", async () => {
        const asked: (readonly Pair[])[] = [];
        const scores: Readonly<Record<string, number | undefined>> = { "a 1.1.1.1": -2.5, "b 1.1.1.1": 7.25 };
        const scorer: PairScorer = {
            name: "s",
            score: async (pairs) => {
                asked.push(pairs);
                return pairs.map(({ entity, ip }) => scores[`${entity} ${ip}`]);
            },
        };
        const input = "1.1.1.1 - - a\n1.1.1.1 - - a\n1.1.1.1 - - b\n2.2.2.2 - - a\n- - - a\n";
        const documents = await run(input, { scorer });
        assert.deepEqual(asked, [
            [
                { entity: "a", ip: "1.1.1.1" },
                { entity: "b", ip: "1.1.1.1" },
                { entity: "a", ip: "2.2.2.2" },
            ],
        ]);
        assert.deepEqual(
            documents.map(({ threat }) => threat),
            [
                { anomaly: { score: -2.5 } },
                { anomaly: { score: -2.5 } },
                { anomaly: { score: 7.25 } },
                undefined,
                undefined,
            ],
        );
        const [scored, unscored] = await run("1.1.1.1 - - a\n2.2.2.2 - - a", {
            scorer,
            indicators: snapshotOf(),
        });
        assert.deepEqual(scored.threat, { matched: false, anomaly: { score: -2.5 } });
        assert.deepEqual(unscored.threat, { matched: false });
    });

    it("asks nobody about nothing", async () => {
        const resolver = resolverOf(member);
        const scorer = { name: "s", score: () => assert.fail("asked without pairs") };
        await run("- - -\n- - -\n", { resolvers: [resolver], scorer });
        assert.deepEqual(resolver.asked, []);
    });

    it("passes a scorer's fault on, to be retried", async () => {
        const scorer = { name: "s", score: () => Promise.reject(new Error("down")) };
        await assert.rejects(run("1.1.1.1 - - a", { scorer }), /down/);
    });
});
