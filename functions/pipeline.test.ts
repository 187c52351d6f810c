import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { indicatorEnricher } from "./enrichment/indicators";
import { parseTextFeed } from "./feeds/text";
import { encodeSnapshot, Snapshot } from "./indicators/snapshot";
import { BatchReport, Enricher, processBatch, Sink } from "./pipeline";
import { Decoder, EcsDocument, LogSource, Malformed, Skipped } from "./sources/source";
import { vpcflow } from "./sources/vpcflow";
import { waf } from "./sources/waf";

const CONTEXT = { accountId: "222222222222", region: "eu-west-1", origin: "logs/a.gz", version: "etag" };

class MemorySink implements Sink {
    readonly documents: string[] = [];
    readonly quarantined: string[] = [];

    document(line: string): void {
        this.documents.push(line);
    }

    async quarantine(line: string): Promise<void> {
        this.quarantined.push(line);
    }

    async close(): Promise<void> {}
}

async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
    for (let start = 0; start < bytes.length; start += size) {
        yield bytes.subarray(start, start + size);
    }
}

interface Run {
    readonly report: BatchReport;
    readonly documents: string[];
    readonly quarantined: string[];
}

async function run<R>(
    source: LogSource<R>,
    bytes: Uint8Array,
    { size = 65536, enrichers = [] }: { size?: number; enrichers?: Enricher[] } = {},
): Promise<Run> {
    const sink = new MemorySink();
    const report = await processBatch(source, chunks(bytes, size), CONTEXT, enrichers, sink);
    assert.equal(report.in, report.documents + report.quarantined + report.skipped);
    assert.equal(report.documents, sink.documents.length);
    assert.equal(report.quarantined, sink.quarantined.length);
    return { report, documents: sink.documents, quarantined: sink.quarantined };
}

const FLOW = "2 123456789012 eni-1 203.0.113.9 10.0.0.5 51000 443 6 7 800 1700000000 1700000060 REJECT OK";
const WAF = '{"timestamp":1700000000123,"action":"BLOCK","n":1.10,"httpRequest":{"clientIp":"203.0.113.9"}}';

const flows = (count: number) =>
    Buffer.from(
        Array.from({ length: count }, (_, i) => `${FLOW.replace("51000", String(i % 65536))}\n`).join(""),
    );

const parse = (line: string) => JSON.parse(line) as EcsDocument;

describe("processBatch", () => {
    it("starts documents with time, id and data set, and splices verbatim JSON", async () => {
        const { documents } = await run(waf(), Buffer.from(WAF));
        assert.match(
            documents[0],
            /^\{"@timestamp":"2023-11-14T22:13:20.123Z","event":\{"id":"[\w-]{22}-1","dataset":"aws.waf",/,
        );
        assert.ok(documents[0].endsWith(`,"aws":{"waf":${WAF}}}`));
        parse(documents[0]);
    });

    it("puts the keys of any source in that order", async () => {
        const base = waf();
        const source: typeof base = {
            ...base,
            toDocument(record, context) {
                const { "@timestamp": timestamp, event, ...rest } = base.toDocument(record, context);
                return { ...rest, event: { kind: "event", ...event, dataset: "x" }, "@timestamp": timestamp };
            },
        };
        const { documents } = await run(source, Buffer.from(WAF));
        assert.match(documents[0], /^\{"@timestamp":"[^"]+","event":\{"id":"[^"]+","dataset":"x","kind"/);
    });

    it("numbers every record, so that ids are unique and do not move", async () => {
        const bytes = Buffer.from(`${FLOW}\nbad\n${FLOW}\n`);
        const { documents, quarantined } = await run(vpcflow(), bytes);
        const ids = documents.map((line) => parse(line).event.id as string);
        assert.deepEqual(
            ids.map((id) => id.slice(22)),
            ["-1", "-3"],
        );
        assert.deepEqual(JSON.parse(quarantined[0]), {
            dataset: "aws.vpcflow",
            origin: "logs/a.gz",
            record: 2,
            reason: "1 fields where the format has 14",
            raw: "bad",
        });
        const many = await run(vpcflow(), flows(5000));
        assert.equal(new Set(many.documents.map((line) => parse(line).event.id)).size, 5000);
    });

    it("accounts for every line of fuzzed input, the same in a second run and however it is cut", async () => {
        const line = fc.oneof(
            fc
                .constantFrom(
                    FLOW,
                    WAF,
                    `${FLOW}\r`,
                    "",
                    "{}",
                    "\u0000",
                    '{"timestamp":1,"httpRequest":{"clientIp":"::1"}}',
                )
                .map((text) => Buffer.from(text)),
            fc.uint8Array({ maxLength: 30 }).map((bytes) => bytes.filter((byte) => byte !== 10)),
            fc.string({ unit: "binary" }).map((text) => Buffer.from(text.replace(/\n/g, ""))),
            fc.json().map((text) => Buffer.from(text)),
            fc
                .tuple(fc.nat(FLOW.length), fc.string({ maxLength: 3 }))
                .map(([at, text]) =>
                    Buffer.from(FLOW.slice(0, at) + text.replace(/\n/g, "") + FLOW.slice(at + 1)),
                ),
        );
        await fc.assert(
            fc.asyncProperty(
                fc.array(line, { maxLength: 30 }),
                fc.integer({ min: 1, max: 200 }),
                fc.boolean(),
                fc.boolean(),
                async (lines, size, zip, json) => {
                    const source = (json ? waf() : vpcflow()) as LogSource;
                    // An innocent first line: a header is not a record, nor a byte order mark part of a line.
                    const plain = Buffer.concat([
                        Buffer.from(`${FLOW}\n`),
                        ...lines.map((l) => Buffer.concat([l, Buffer.from("\n")])),
                    ]);
                    const first = await run(source, plain);
                    const expected =
                        lines.filter((l) => l.length > (l[l.length - 1] === 13 ? 1 : 0)).length + 1;
                    assert.equal(first.report.in, expected);
                    assert.deepEqual(await run(source, zip ? gzipSync(plain) : plain, { size }), first);
                    first.documents.forEach(parse);
                    first.quarantined.forEach(parse);
                },
            ),
            { numRuns: 300 },
        );
    }).timeout(60_000);

    it("writes bytes that are not UTF-8 as base64", async () => {
        const { quarantined } = await run(vpcflow(), Buffer.of(0xff, 0xfe, 10));
        assert.equal((JSON.parse(quarantined[0]) as { rawBase64: string }).rawBase64, "//4=");
    });

    describe("gzip", () => {
        it("reads several members, cut anywhere", async () => {
            const bytes = Buffer.concat([gzipSync(flows(3)), gzipSync(Buffer.alloc(0)), gzipSync(flows(2))]);
            for (const size of [1, 2, 7, 65536]) {
                assert.equal(
                    (await run(vpcflow(), bytes, { size })).report.documents,
                    5,
                    `chunks of ${size}`,
                );
            }
        });

        it("keeps what comes before a cut, and one quarantined record", async () => {
            const bytes = gzipSync(flows(100_000));
            for (const length of [2, 5, 18, 1000, bytes.length >> 1, bytes.length - 8, bytes.length - 1]) {
                const { report, quarantined, documents } = await run(vpcflow(), bytes.subarray(0, length));
                assert.equal(report.quarantined, 1, `cut at ${length}`);
                assert.match(quarantined[0], /"reason":"truncated gzip"/);
                documents.forEach((line, i) => {
                    assert.equal((parse(line).source as { port: number }).port, i % 65536);
                });
                assert.ok(length < 1000 || documents.length > 100);
                if (length >= bytes.length - 8) {
                    assert.equal(documents.length, 100_000);
                }
            }
        }).timeout(60_000);

        it("does not take the cut-off end of a line for a record", async () => {
            const source = vpcflow("srcaddr end bytes");
            const bytes = Buffer.concat([
                gzipSync("1.2.3.4 1700000000 12"),
                gzipSync("345\n").subarray(0, 8),
            ]);
            const { documents, quarantined } = await run(source, bytes);
            assert.equal(documents.length, 0);
            assert.deepEqual(quarantined.length, 1);
        });

        it("reports damage and what follows that is no gzip", async () => {
            const good = gzipSync(flows(50));
            const broken = Buffer.from(good);
            broken[broken.length - 6] ^= 0xff;
            const damaged = await run(vpcflow(), broken);
            assert.match(damaged.quarantined[0], /damaged gzip/);
            const trailing = await run(vpcflow(), Buffer.concat([good, Buffer.from("trailing")]), {
                size: good.length,
            });
            assert.equal(trailing.report.documents, 50);
            assert.match(trailing.quarantined[0], /gzip/);
        });

        it("passes on input that is empty or a single byte", async () => {
            assert.equal((await run(vpcflow(), Buffer.alloc(0))).report.in, 0);
            assert.equal((await run(vpcflow(), Buffer.of(0x1f))).report.in, 1);
        });
    });

    it("counts skipped records by reason, and quarantines what makes no document", async () => {
        const decoder: Decoder<number> = {
            decode: () => [
                1,
                new Skipped("test event"),
                2,
                new Malformed("x", "bad"),
                new Skipped("test event"),
            ],
            end: () => [],
        };
        const source: LogSource<number> = {
            dataset: "test",
            decoder: () => decoder,
            toDocument(record) {
                if (record === 2) {
                    throw new Error("cannot\nbe");
                }
                return { "@timestamp": "t", ecs: { version: "8" }, event: { dataset: "test" } };
            },
            observables: () => ({ ips: [], domains: [], urls: [] }),
        };
        const { report, quarantined } = await run(source, Buffer.of(1));
        assert.deepEqual(report, {
            in: 5,
            documents: 1,
            quarantined: 2,
            skipped: 2,
            skippedBy: { "test event": 2 },
            matchesByFeed: {},
        });
        assert.match(quarantined[0], /"reason":"no document: cannot be","raw":"2"/);
    });

    it("enriches in slices and counts matches by feed", async () => {
        const { indicators } = parseTextFeed("203.0.113.0/24\n", "list", new Date(0));
        const slices: number[] = [];
        const spy: Enricher = { name: "spy", enrich: (batch) => void slices.push(batch.length) };
        const enrichers = [spy, indicatorEnricher(Snapshot.decode(encodeSnapshot(indicators)))];
        const { report } = await run(vpcflow(), flows(2500), { enrichers });
        assert.deepEqual(slices, [1000, 1000, 500]);
        assert.deepEqual(report.matchesByFeed, { list: 2500 });
    });

    it("lets faults of enrichers, sinks and input through, to be retried", async () => {
        const fault = new Error("down");
        const enrichers = [{ name: "x", enrich: () => Promise.reject(fault) }];
        await assert.rejects(run(vpcflow(), flows(1), { enrichers }), fault);
        const sink = new MemorySink();
        sink.document = () => {
            throw fault;
        };
        await assert.rejects(processBatch(vpcflow(), chunks(flows(1), 10), CONTEXT, [], sink), fault);
    });
});
