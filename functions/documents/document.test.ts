import assert from "node:assert/strict";
import * as fc from "fast-check";
import { LineReader } from "../bytes/lines";
import { NO_ADDRESS } from "../enrichment/address-table";
import { Enrichment } from "../enrichment/enrichment";
import { IndicatorMatch } from "../indicators/indicator";
import { encodeSnapshot, Snapshot } from "../indicators/snapshot";
import { LogSource, Malformed, Skipped, Verdict } from "../sources/source";
import { CONTEXT, documentsOf, enrichmentOf, Json, OutcomeOptions } from "../sources/testing";
import { Document } from "./document";
import { ECS_MEMBERS, keys } from "./ecs";

const KEY = keys("source", "destination", "port", "url", "full");
const TIME = Date.UTC(2026, 10, 24, 13, 31, 1, 7);

/** What shows its lines to `write`, behind the members that every source writes. */
function sourceOf(write: (document: Document, line: string) => Verdict | void, ownId?: string): LogSource {
    return {
        dataset: "test.log",
        reader: () =>
            new LineReader((sink, bytes, start, end) =>
                sink.record(bytes, start, end, (document, record, from, to) => {
                    document.event(TIME, ownId);
                    document.original(record, from, to);
                    document.close();
                    document.put(ECS_MEMBERS);
                    return write(document, record.toString("utf8", from, to)) ?? undefined;
                }),
            ),
    };
}

async function one(
    write: (document: Document) => void,
    enrichment?: Enrichment,
    options: OutcomeOptions = {},
): Promise<Json> {
    const { documents } = await documentsOf(sourceOf(write), "line", { enrichment, ...options });
    assert.equal(documents.length, 1);
    return documents[0];
}

const bytesOf = (text: string): [Buffer, number, number] => {
    const bytes = Buffer.from(`>${text}<`);
    return [bytes, 1, bytes.length - 1];
};

function address(document: Document, field: string, text: string): number {
    return document.address(field, ...bytesOf(text));
}

function endpoint(document: Document, name: "source" | "destination", text: string): number {
    document.open(KEY[name]);
    const slot = document.endpoint(`${name}.ip`, ...bytesOf(text));
    document.close();
    return slot;
}

const matches = ({ threat }: Json) =>
    (threat.enrichments as Json[]).map(
        ({ matched, indicator }) => `${matched.field} ${matched.atomic} ${indicator.name}`,
    );

describe("Document", () => {
    it("begins with time, id and data set, and is a line each", async () => {
        const { text, documents } = await documentsOf(
            sourceOf(() => undefined),
            "a\nb\n".repeat(40),
        );
        const lines = text.split("\n");
        assert.equal(lines.pop(), "");
        lines.forEach((line) => {
            assert.match(
                line,
                /^\{"@timestamp":"2026-11-24T13:31:01.007Z","event":\{"id":"[\w-]{22}-[0-9a-z]+","dataset":"test.log"\},"ecs"/,
            );
        });
        const numbers = documents.map(({ event }) => parseInt(event.id.slice(23), 36));
        assert.deepEqual(
            numbers,
            Array.from({ length: 80 }, (_, i) => i + 1),
        );
    });

    it("makes ids of where the record comes from", async () => {
        const ids = new Set<string>();
        for (const context of [
            CONTEXT,
            { ...CONTEXT, origin: "other" },
            { ...CONTEXT, version: "v2" },
            { ...CONTEXT, origin: "test/logv", version: "1" },
        ]) {
            ids.add((await one(() => undefined, undefined, { context })).event.id);
            ids.add((await one(() => undefined, undefined, { context })).event.id);
        }
        assert.equal(ids.size, 4);
    });

    it("takes a record's own id, if it is one", async () => {
        const idOf = async (own: string) =>
            (
                await documentsOf(
                    sourceOf(() => undefined, own),
                    "x",
                )
            ).documents[0].event;
        assert.deepEqual(await idOf("own-id_1:/.+=@"), { id: "own-id_1:/.+=@", dataset: "test.log" });
        for (const bad of [
            "",
            "short",
            "x".repeat(201),
            'quote"quote',
            "blank blank",
            "line\nline",
            "ä".repeat(9),
        ]) {
            const { id, dataset } = await idOf(bad);
            assert.match(id as string, /^[\w-]{22}-1$/, bad);
            assert.equal(dataset, "test.log");
        }
    });

    it("keeps the original line only when it is asked to", async () => {
        const line = 'a "quoted"\tline\u0000';
        const source = sourceOf(() => undefined);
        const kept = await documentsOf(source, line, { enrichment: new Enrichment({ keepOriginal: true }) });
        assert.equal(kept.documents[0].event.original, line);
        assert.equal("original" in (await documentsOf(source, line)).documents[0].event, false);
    });

    it("says each related value once, in order", async () => {
        const document = await one((doc) => {
            endpoint(doc, "source", "203.0.113.9");
            endpoint(doc, "destination", "2001:DB8::0001");
            address(doc, "x", "203.0.113.9");
            address(doc, "x", "2001:db8::1");
            address(doc, "x", "198.51.100.7");
            for (const host of [
                "Shop.Example.",
                "shop.example",
                'q"uote.example',
                "a.example",
                "Shop.Example.",
            ]) {
                doc.host("url.domain", host);
            }
            doc.relatedUser("alice");
            doc.relatedUser("al");
            doc.relatedUser(undefined);
            doc.relatedUser("");
            doc.relatedUser("alice");
            doc.relatedHash("00ff");
            doc.relatedHash("");
        });
        assert.deepEqual(document.related, {
            ip: ["203.0.113.9", "2001:db8::1", "198.51.100.7"],
            hosts: ["shop.example", 'q"uote.example', "a.example"],
            user: ["alice", "al"],
            hash: ["00ff"],
        });
        assert.deepEqual(document.source, { address: "203.0.113.9", ip: "203.0.113.9" });
        assert.deepEqual(document.destination, { address: "2001:db8::1", ip: "2001:db8::1" });
    });

    it("writes no related values for none, and forgets those of the record before", async () => {
        const { documents } = await documentsOf(
            sourceOf((doc, line) => {
                if (line === "a") {
                    endpoint(doc, "source", "203.0.113.9");
                    doc.host("h", "evil.example");
                }
            }),
            "a\nb\na\nb",
            { enrichment: enrichmentOf({ type: "domain", value: "evil.example" }) },
        );
        const { related, threat } = documents[2];
        assert.deepEqual(related, { ip: ["203.0.113.9"], hosts: ["evil.example"] });
        assert.equal(threat.enrichments.length, 1);
        assert.deepEqual([documents[1].related, documents[1].threat], [undefined, { matched: false }]);
        assert.deepEqual([documents[3].related, documents[3].source], [undefined, undefined]);
    });

    it("keeps related values within bounds, whatever a client sends", async () => {
        const document = await one((doc) => {
            for (let i = 0; i < 1000; i++) {
                doc.host("h", `host-${i}.example`);
                doc.relatedUser("\u0001".repeat(2000) + i);
            }
            doc.host("h", "x".repeat(1_000_000));
        });
        assert.equal(document.related.hosts.length, 64);
        assert.equal(document.related.hosts[63], "host-63.example");
        assert.ok(JSON.stringify(document.related.user).length <= 16_384);
    });

    it("writes nothing for what is no address", async () => {
        const document = await one((doc) => {
            for (const text of ["", "-", "999.1.1.1", "example", "1.2.3", "::g", "fe80::1%eth0"]) {
                assert.equal(endpoint(doc, "source", text), NO_ADDRESS);
                assert.equal(address(doc, "x", text), NO_ADDRESS);
            }
        });
        assert.deepEqual([document.source, document.related], [undefined, undefined]);
    });

    it("has no threat without indicators, and says when none matched", async () => {
        const write = (doc: Document) => void endpoint(doc, "source", "203.0.113.9");
        assert.equal("threat" in (await one(write)), false);
        assert.deepEqual((await one(write, enrichmentOf())).threat, { matched: false });
    });

    it("tells of a match what ECS has fields for", async () => {
        const indicator = (type: IndicatorMatch["type"], value: string, confidence: number) => ({
            type,
            value,
            feeds: ["a", "b"],
            firstSeen: "2026-01-02T03:04:05.000Z",
            lastSeen: "2026-02-02T03:04:05.000Z",
            confidence,
        });
        const indicators = Snapshot.decode(
            encodeSnapshot([
                indicator("ipv4", "203.0.113.9", 70),
                indicator("ipv6", "2001:db8::1", 69),
                indicator("cidr", "198.51.100.0/24", 30),
                indicator("cidr", "2001:db9::/32", 29),
                indicator("domain", "evil.example", 100),
                indicator("url", "http://shop.example/bad", 0),
            ]),
        );
        const { threat, source } = await one((doc) => {
            endpoint(doc, "source", "203.0.113.9");
            address(doc, "a", "2001:db8::1");
            address(doc, "b", "198.51.100.7");
            address(doc, "c", "2001:db9::7");
            doc.host("d", "A.Evil.Example");
            doc.url("e", ...bytesOf("http://shop.example/bad"));
        }, new Enrichment({ indicators }));
        assert.equal(source.ip, "203.0.113.9");
        assert.equal(threat.matched, true);
        const entry = (atomic: string, field: string, own: object) =>
            ["a", "b"].map((feed) => ({
                matched: { atomic, field, type: "indicator_match_rule" },
                indicator: {
                    ...own,
                    provider: feed,
                    first_seen: "2026-01-02T03:04:05.000Z",
                    last_seen: "2026-02-02T03:04:05.000Z",
                },
                feed: { name: feed },
            }));
        assert.deepEqual(threat.enrichments, [
            ...entry("203.0.113.9", "source.ip", {
                type: "ipv4-addr",
                name: "203.0.113.9",
                ip: "203.0.113.9",
                confidence: "High",
            }),
            ...entry("2001:db8::1", "a", {
                type: "ipv6-addr",
                name: "2001:db8::1",
                ip: "2001:db8::1",
                confidence: "Medium",
            }),
            // A network is no address.
            ...entry("198.51.100.7", "b", {
                type: "ipv4-addr",
                name: "198.51.100.0/24",
                confidence: "Medium",
            }),
            ...entry("2001:db9::7", "c", { type: "ipv6-addr", name: "2001:db9::/32", confidence: "Low" }),
            ...entry("a.evil.example", "d", {
                type: "domain-name",
                name: "evil.example",
                url: { domain: "evil.example" },
                confidence: "High",
            }),
            ...entry("http://shop.example/bad", "e", {
                type: "url",
                name: "http://shop.example/bad",
                url: { full: "http://shop.example/bad" },
                confidence: "Low",
            }),
        ]);
    });

    it("says an indicator once, and a network once for each address in it", async () => {
        const enrichment = enrichmentOf(
            { type: "domain", value: "evil.example" },
            { type: "ipv4", value: "203.0.113.9" },
            { type: "cidr", value: "198.51.100.0/24" },
        );
        const document = await one((doc) => {
            endpoint(doc, "source", "203.0.113.9");
            doc.host("url.domain", "evil.example");
            doc.url("url.full", ...bytesOf("http://evil.example/"));
            doc.url("http.request.referrer", ...bytesOf("http://www.evil.example/"));
            for (let i = 0; i < 100; i++) {
                address(doc, "network.forwarded_ip", "203.0.113.9");
                address(doc, "network.forwarded_ip", "198.51.100.1");
            }
            address(doc, "destination.ip", "198.51.100.2");
            doc.url("url.full", ...bytesOf("http://203.0.113.9:8080/"));
        }, enrichment);
        assert.deepEqual(matches(document), [
            "source.ip 203.0.113.9 203.0.113.9",
            "url.domain evil.example evil.example",
            "network.forwarded_ip 198.51.100.1 198.51.100.0/24",
            "destination.ip 198.51.100.2 198.51.100.0/24",
        ]);
    });

    const URLS: readonly [url: string, found: readonly string[]][] = [
        ["http://evil.example/any", ["evil.example"]],
        ["HTTPS://user:pass@a.Evil.Example:8443/any?q#f", ["evil.example"]],
        ["http://evil.example", ["evil.example"]],
        ["http://evil.example?q", ["evil.example"]],
        ["ftp://evil.example/x", ["evil.example"]],
        ["http://notevil.example/", []],
        ["http://a@b@evil.example/", ["evil.example"]],
        ["http://shop.example/evil.example", []],
        ["http://shop.example/?u=http://evil.example/", []],
        ["http://shop.example\\@evil.example/", []],
        ["http://203.0.113.9/x", ["203.0.113.9"]],
        ["http://[2001:db8::1]:80/x", ["2001:db8::1"]],
        ["https://shop.example/bad/page", ["http://shop.example/bad/page"]],
        ["http://shop.example/bad/page?session=1", ["http://shop.example/bad/page"]],
        ["http://shop.example:80/bad/page#here", ["http://shop.example/bad/page"]],
        ["http://SHOP.example/bad/page", ["http://shop.example/bad/page"]],
        ["http://shop.example/bad", []],
        ["http://a.shop.example/bad/page", []],
        ["https://bücher.example/", ["https://xn--bcher-kva.example/"]],
        ["http://[2001:0DB8:0::2]/x", ["http://[2001:db8::2]/x"]],
        ["http://both.example/x", ["http://both.example/x", "both.example"]],
        ["/path", []],
        ["http:/evil.example/", []],
        ["http://", []],
        ["://evil.example/", ["evil.example"]],
        ["", []],
    ];
    for (const [url, found] of URLS) {
        it(`looks up ${url || "no URL"}`, async () => {
            const enrichment = enrichmentOf(
                { type: "domain", value: "evil.example" },
                { type: "domain", value: "both.example" },
                { type: "url", value: "http://both.example/x" },
                { type: "ipv4", value: "203.0.113.9" },
                { type: "ipv6", value: "2001:db8::1" },
                { type: "url", value: "http://shop.example/bad/page" },
                { type: "url", value: "https://xn--bcher-kva.example/" },
                { type: "url", value: "http://[2001:db8::2]/x" },
            );
            const document = await one((doc) => doc.url("url.full", ...bytesOf(url)), enrichment);
            assert.deepEqual(
                document.threat.matched ? matches(document) : [],
                found.map((name) => `url.full ${url} ${name}`),
            );
            assert.equal(document.related, undefined);
        });
    }

    it("looks up a URL that lies in the document itself", async () => {
        const document = await one(
            (doc) => {
                doc.open(KEY.url);
                doc.text(KEY.full, "http://evil.example/x");
                doc.close();
                const at = doc.bytes.indexOf("http://evil");
                doc.url("url.full", doc.bytes, at, at + 21);
            },
            enrichmentOf({ type: "domain", value: "evil.example" }),
        );
        assert.deepEqual(matches(document), ["url.full http://evil.example/x evil.example"]);
    });

    it("takes back a record that fails, wherever it failed, and keeps its neighbours", async () => {
        const source = sourceOf((doc, line): Verdict => {
            endpoint(doc, "source", "203.0.113.9");
            doc.ownThreat('"own":1,');
            if (line === "good") {
                return undefined;
            }
            doc.open(KEY.url);
            doc.open(KEY.source);
            if (line === "skip") {
                return new Skipped("uninteresting");
            }
            if (line === "bad") {
                return new Malformed("bad line");
            }
            throw new Error("a fault\nof ours");
        });
        const { documents, quarantined, report } = await documentsOf(
            source,
            "good\nbad\ngood\nskip\nfault\ngood",
        );
        assert.deepEqual(
            documents.map(({ event, url, source: from }) => [event.id.slice(23), url, from.ip]),
            [1, 3, 6].map((number) => [String(number), undefined, "203.0.113.9"]),
        );
        assert.deepEqual(
            documents.map(({ threat }) => threat),
            [{ own: 1 }, { own: 1 }, { own: 1 }],
        );
        assert.deepEqual(
            quarantined.map(({ reason, raw, record }) => [record, reason, raw]),
            [
                [2, "bad line", "bad"],
                [5, "no document: a fault of ours", "fault"],
            ],
        );
        assert.deepEqual(report.skippedBy, { uninteresting: 1 });
    });

    it("puts what a sensor says of the threat beside the indicators", async () => {
        const write = (doc: Document) => {
            doc.host("h", "evil.example");
            doc.ownThreat('"technique":{"id":["T1046"]},');
            doc.ownThreat('"tactic":{"name":["Aufklärung"]},');
        };
        const own = { technique: { id: ["T1046"] }, tactic: { name: ["Aufklärung"] } };
        assert.deepEqual((await one(write)).threat, own);
        const { threat } = await one(write, enrichmentOf({ type: "domain", value: "evil.example" }));
        const { enrichments, ...rest } = threat;
        assert.deepEqual(rest, { matched: true, ...own });
        assert.equal(enrichments.length, 1);
    });

    it("says what its enrichers know in the endpoint, and only there", async () => {
        const enricher = {
            name: "n",
            ipv4: (ip: number) => `"geo":{"name":"v4 ${ip}"},`,
            ipv6: ([first]: readonly number[]) => `"geo":{"name":"v6 ${first}"},`,
        };
        const document = await one(
            (doc) => {
                endpoint(doc, "source", "0.0.0.7");
                endpoint(doc, "destination", "0:5::");
                address(doc, "x", "0.0.0.8");
            },
            new Enrichment({ addresses: [enricher] }),
        );
        assert.deepEqual(document.source, { address: "0.0.0.7", ip: "0.0.0.7", geo: { name: "v4 7" } });
        assert.deepEqual(document.destination, { address: "0:5::", ip: "0:5::", geo: { name: "v6 5" } });
        assert.deepEqual(document.related.ip, ["0.0.0.7", "0:5::", "0.0.0.8"]);
    });

    it("stays JSON whatever is written, however large", async () => {
        const text = fc.string({ unit: "binary", maxLength: 50 }).map((part) => part.repeat(200));
        await fc.assert(
            fc.asyncProperty(fc.array(text, { maxLength: 20 }), async (texts) => {
                const document = await one(
                    (doc) => {
                        for (const part of texts) {
                            doc.host("h", part);
                            doc.relatedUser(part);
                            doc.relatedHash(part);
                            doc.url("u", ...bytesOf(`http://${part}/`));
                        }
                    },
                    enrichmentOf({ type: "domain", value: "evil.example" }),
                );
                assert.deepEqual(document.threat, { matched: false });
            }),
            { numRuns: 50 },
        );
    });
});
