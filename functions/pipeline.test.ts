import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { LineReader } from "./bytes/lines";
import { ECS_MEMBERS } from "./documents/ecs";
import { Enrichment } from "./enrichment/enrichment";
import { BatchReport, processBatch, Sink } from "./pipeline";
import { LogSource, Malformed, RecordReader, Skipped } from "./sources/source";
import { CONTEXT, documentsOf, enrichmentOf, Json, Outcome, OutcomeOptions } from "./sources/testing";
import { vpcflow } from "./sources/vpcflow";
import { waf } from "./sources/waf";

const FLOW = "2 123456789012 eni-1 203.0.113.9 10.0.0.5 51000 443 6 7 800 1700000000 1700000060 REJECT OK";
const WAF = '{"timestamp":1700000000123,"action":"BLOCK","n":1.10,"httpRequest":{"clientIp":"203.0.113.9"}}';

/** Documents of no source need be enriched here: a table costs more to make than most tests. */
const PLAIN = new Enrichment();

async function run(
    source: LogSource,
    bytes: Uint8Array,
    { enrichment = PLAIN, ...options }: OutcomeOptions = {},
): Promise<Outcome> {
    const outcome = await documentsOf(source, bytes, { cuts: [65536], enrichment, ...options });
    const { report, documents, quarantined } = outcome;
    assert.equal(report.in, report.documents + report.quarantined + report.skipped);
    assert.equal(report.documents, documents.length);
    assert.equal(report.quarantined, quarantined.length);
    return outcome;
}

const flows = (count: number) =>
    Buffer.from(
        Array.from({ length: count }, (_, i) => `${FLOW.replace("51000", String(i % 65536))}\n`).join(""),
    );

const numberOf = ({ event }: Json): number => parseInt((event.id as string).slice(23), 36);

/** Hands on what `verdicts` says of each line: a document, or what it is instead. */
function sourceOf(verdict: (line: string) => Malformed | Skipped | undefined): LogSource {
    return {
        dataset: "test",
        reader: () =>
            new LineReader((sink, bytes, start, end) => {
                const text = bytes.toString("utf8", start, end);
                if (text === "reader skips") {
                    sink.skipped(new Skipped("by the reader"));
                    return;
                }
                sink.record(bytes, start, end, (document, record, from, to) => {
                    document.event(0);
                    document.close();
                    document.put(ECS_MEMBERS);
                    return verdict(record.toString("utf8", from, to));
                });
            }),
    };
}

/** Lines of all sorts: good ones of both kinds, damaged ones, and bytes. */
const LINE = fc.oneof(
    fc
        .constantFrom(
            FLOW,
            WAF,
            `${FLOW}\r`,
            "",
            "{}",
            "\u0000",
            '{"timestamp":1,"httpRequest":{"clientIp":"::1"}}',
            "version account-id end srcaddr",
            JSON.stringify({ message: FLOW }),
            `${'{"a":'.repeat(300)}1`,
            '{"__proto__":{"timestamp":1},"timestamp":1,"httpRequest":{"clientIp":"1.1.1.1"}}',
        )
        .map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 30 }).map((bytes) => bytes.filter((byte) => byte !== 10)),
    fc.string({ unit: "binary" }).map((text) => Buffer.from(text.replace(/\n/g, ""))),
    fc.json().map((text) => Buffer.from(text)),
    fc
        .tuple(fc.constantFrom(FLOW, WAF), fc.nat(), fc.uint8Array({ maxLength: 3 }))
        .map(([text, at, bytes]) => {
            const cut = at % text.length;
            const change = bytes.filter((byte) => byte !== 10);
            return Buffer.concat([Buffer.from(text.slice(0, cut)), change, Buffer.from(text.slice(cut + 1))]);
        }),
);

const join = (lines: readonly Uint8Array[]) => Buffer.concat(lines.flatMap((line) => [line, Buffer.of(10)]));

describe("processBatch", () => {
    it("starts documents with time, id and data set, and keeps JSON records as they are", async () => {
        const { text } = await run(waf(), Buffer.from(WAF));
        assert.match(
            text,
            /^\{"@timestamp":"2023-11-14T22:13:20.123Z","event":\{"id":"[\w-]{22}-1","dataset":"aws.waf",/,
        );
        assert.ok(text.includes(`,"aws":{"waf":${WAF}}`));
        assert.ok(text.endsWith("}\n"));
    });

    it("numbers every record, so that ids are unique and do not move", async () => {
        const { documents, quarantined } = await run(vpcflow(), Buffer.from(`${FLOW}\nbad\n${FLOW}\n`));
        assert.deepEqual(documents.map(numberOf), [1, 3]);
        assert.deepEqual(quarantined, [
            {
                dataset: "aws.vpcflow",
                origin: CONTEXT.origin,
                record: 2,
                reason: "1 fields, and no format is set that has so many",
                raw: "bad",
            },
        ]);
        const many = await run(vpcflow(), flows(5000));
        assert.equal(new Set(many.documents.map(({ event }) => event.id)).size, 5000);
    });

    it("accounts for every line of fuzzed input, the same in a second run and however it is cut", async () => {
        await fc.assert(
            fc.asyncProperty(
                fc.array(LINE, { maxLength: 30 }),
                fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 }),
                fc.boolean(),
                async (lines, cuts, zip) => {
                    // An innocent first line: a header is not a record, nor a byte order mark part of a line.
                    const plain = join([Buffer.from(FLOW), ...lines]);
                    const first = await run(vpcflow(), plain);
                    const isHeader = (line: Uint8Array) =>
                        /^[a-z][a-z0-9 -]*-id\b/.test(Buffer.from(line).toString());
                    const expected = lines.filter(
                        (line) => line.length > (line[line.length - 1] === 13 ? 1 : 0) && !isHeader(line),
                    );
                    assert.equal(first.report.in, expected.length + 1);
                    assert.deepEqual(await run(vpcflow(), zip ? gzipSync(plain) : plain, { cuts }), first);
                },
            ),
            { numRuns: 300 },
        );
    }).timeout(60_000);

    it("loses no good record of JSON between fuzzed lines, however it is cut", async () => {
        await fc.assert(
            fc.asyncProperty(
                fc.array(LINE, { maxLength: 20 }),
                fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 }),
                fc.boolean(),
                async (lines, cuts, zip) => {
                    const good = (i: number) => Buffer.from(WAF.replace('"BLOCK"', `"GOOD ${i}"`));
                    // A line that ends in the middle of a record makes the next line part of it, once.
                    const plain = join(lines.flatMap((line, i) => [line, good(i), good(i)]));
                    const first = await run(waf(), plain);
                    const seen = new Set(first.documents.map(({ event }) => event.action));
                    lines.forEach((_line, i) => assert.ok(seen.has(`GOOD ${i}`), `${i}`));
                    assert.deepEqual(await run(waf(), zip ? gzipSync(plain) : plain, { cuts }), first);
                },
            ),
            { numRuns: 300 },
        );
    }).timeout(60_000);

    it("writes bytes that are not UTF-8 as base64", async () => {
        const { quarantined } = await run(vpcflow(), Buffer.of(0xff, 0xfe, 10));
        assert.deepEqual([quarantined[0].rawBase64, quarantined[0].raw], ["//4=", undefined]);
    });

    it("does not hold on to the bytes it is given", async () => {
        async function* reused() {
            const chunk = Buffer.alloc(50);
            for (let at = 0, all = flows(200); at < all.length; at += chunk.length) {
                yield chunk.subarray(0, all.copy(chunk, 0, at, at + chunk.length));
                chunk.fill(0x78);
            }
        }
        const lines: string[] = [];
        const sink: Sink = {
            documents: (bytes) => void lines.push(bytes.toString("latin1")),
            quarantine: (line) => assert.fail(line),
            close: async () => undefined,
        };
        await processBatch(vpcflow(), reused(), CONTEXT, PLAIN, sink);
        assert.equal(lines.join(""), (await run(vpcflow(), flows(200))).text);
    });

    it("lets a slow sink have the bytes until it is done", async () => {
        const seen: string[] = [];
        const sink: Sink = {
            documents: async (bytes) => {
                await new Promise(setImmediate);
                seen.push(bytes.toString("latin1"));
            },
            quarantine: () => undefined,
            close: async () => undefined,
        };
        async function* input() {
            for (let i = 0; i < 20; i++) {
                yield flows(3);
            }
        }
        await processBatch(vpcflow(), input(), CONTEXT, PLAIN, sink);
        const whole = Buffer.concat(Array.from({ length: 20 }, () => flows(3)));
        assert.equal(seen.join(""), (await run(vpcflow(), whole)).text);
    });

    describe("gzip", () => {
        it("reads several members, cut anywhere", async () => {
            const bytes = Buffer.concat([gzipSync(flows(3)), gzipSync(Buffer.alloc(0)), gzipSync(flows(2))]);
            for (const size of [1, 2, 7, 65536]) {
                const { report } = await run(vpcflow(), bytes, { cuts: [size] });
                assert.equal(report.documents, 5, `chunks of ${size}`);
            }
        });

        it("keeps what comes before a cut, and one quarantined record", async () => {
            const bytes = gzipSync(flows(30_000));
            for (const length of [2, 5, 18, 1000, bytes.length >> 1, bytes.length - 8, bytes.length - 1]) {
                const { report, quarantined, documents } = await run(vpcflow(), bytes.subarray(0, length));
                assert.equal(report.quarantined, 1, `cut at ${length}`);
                assert.equal(quarantined[0].reason, "truncated gzip");
                documents.forEach(({ source }, i) => assert.equal(source.port, i % 65536));
                assert.ok(length < 1000 || documents.length > 100);
                if (length >= bytes.length - 8) {
                    assert.equal(documents.length, 30_000);
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
            assert.deepEqual(
                quarantined.map(({ reason, raw }) => [reason, raw]),
                [["truncated gzip", "1.2.3.4 1700000000 12"]],
            );
        });

        it("reports damage and what follows that is no gzip", async () => {
            const good = gzipSync(flows(50));
            const broken = Buffer.from(good);
            broken[broken.length - 6] ^= 0xff;
            const damaged = await run(vpcflow(), broken);
            assert.match(damaged.quarantined[0].reason, /damaged gzip/);
            const trailing = await run(vpcflow(), Buffer.concat([good, Buffer.from("trailing")]), {
                cuts: [good.length],
            });
            assert.equal(trailing.report.documents, 50);
            assert.match(trailing.quarantined[0].reason, /gzip/);
        });

        it("stands any byte turned or cut", async () => {
            const bytes = gzipSync(flows(40));
            for (let at = 0; at < bytes.length - 1; at += 3) {
                const turned = Buffer.from(bytes);
                turned[at] ^= 1 << (at % 8);
                const { report } = await run(vpcflow(), turned, { cuts: [20] });
                assert.ok(report.in > 0);
                assert.equal((await run(vpcflow(), bytes.subarray(0, at + 1))).report.quarantined, 1);
            }
        });

        it("stands a file that grows a thousandfold", async () => {
            const { quarantined } = await run(waf(), gzipSync(Buffer.alloc(100 << 20, "[")));
            assert.deepEqual(
                quarantined.map(({ reason, raw }) => [reason, raw?.length]),
                [["not a JSON object", 1 << 20]],
            );
        });

        it("passes on input that is empty or a single byte", async () => {
            assert.equal((await run(vpcflow(), Buffer.alloc(0))).report.in, 0);
            assert.equal((await run(vpcflow(), Buffer.of(0x1f))).report.in, 1);
            assert.equal((await run(vpcflow(), gzipSync(""))).report.in, 0);
        });
    });

    it("counts skipped records by reason, and quarantines what makes no document", async () => {
        const source = sourceOf((line) => {
            switch (line) {
                case "skip":
                    return new Skipped("test event");
                case "bad":
                    return new Malformed("is bad");
                case "other bytes":
                    return new Malformed("is bad", Buffer.from("of it"));
                case "fault":
                    throw new Error("cannot\nbe");
                default:
                    return undefined;
            }
        });
        const input = "good\nskip\nfault\nbad\nreader skips\nskip\nother bytes\ngood";
        const { report, quarantined, documents } = await run(source, Buffer.from(input));
        assert.deepEqual(report, {
            in: 8,
            documents: 2,
            quarantined: 3,
            skipped: 3,
            skippedBy: { "test event": 2, "by the reader": 1 },
            matchesByFeed: {},
        });
        assert.deepEqual(
            quarantined.map(({ record, reason, raw }) => [record, reason, raw]),
            [
                [3, "no document: cannot be", "fault"],
                [4, "is bad", "bad"],
                [7, "is bad", "of it"],
            ],
        );
        assert.deepEqual(documents.map(numberOf), [1, 8]);
    });

    it("counts by reasons of any name", async () => {
        const source = sourceOf((line) => new Skipped(line));
        const { report } = await run(source, Buffer.from("__proto__\nconstructor\n__proto__\n"));
        assert.deepEqual(Object.entries(report.skippedBy), [
            ["__proto__", 2],
            ["constructor", 1],
        ]);
    });

    it("keeps 1 MB of a record in quarantine", async () => {
        const { quarantined } = await run(vpcflow(), Buffer.alloc(3 << 20, "x"));
        assert.equal(quarantined[0].raw?.length, 1 << 20);
    });

    it("counts matches by feed", async () => {
        const enrichment = enrichmentOf({ type: "cidr", value: "203.0.113.0/24" });
        const { report } = await run(vpcflow(), flows(2500), { enrichment });
        assert.deepEqual(report.matchesByFeed, { feed: 2500 });
    });

    it("lets the enrichers bring themselves up to date once, before the first record", async () => {
        const calls: string[] = [];
        let country = "DE";
        const enricher = {
            name: "geo",
            prepare: async () => {
                calls.push("prepare");
                return country === "FR";
            },
            ipv4: () => {
                calls.push("ask");
                return `"geo":{"country_iso_code":"${country}"},`;
            },
            ipv6: () => "",
        };
        const enrichment = new Enrichment({ addresses: [enricher] });
        const countries = async () => {
            const { documents } = await run(vpcflow(), flows(500), { enrichment });
            return new Set(documents.map(({ source }) => source.geo.country_iso_code));
        };
        assert.deepEqual(await countries(), new Set(["DE"]));
        // One question for each of the two addresses, not for each record.
        assert.deepEqual(calls, ["prepare", "ask", "ask"]);
        country = "CH";
        assert.deepEqual(await countries(), new Set(["DE"]));
        assert.equal(calls.length, 4);
        country = "FR";
        assert.deepEqual(await countries(), new Set(["FR"]));
    });

    describe("continuation", () => {
        const input = join([
            ...Array.from({ length: 300 }, (_, i) =>
                Buffer.from(i % 7 === 3 ? `bad ${i}` : FLOW.replace("51000", String(i))),
            ),
            Buffer.from("end srcaddr"),
            ...Array.from({ length: 50 }, (_, i) => Buffer.from(`17000000${10 + i} 203.0.113.9`)),
        ]);

        it("goes on exactly behind the record where it stopped, header lines included", async () => {
            const whole = await run(vpcflow(), input);
            await fc.assert(
                fc.asyncProperty(
                    fc.integer({ min: 200, max: 5000 }),
                    fc.array(fc.nat(20), { minLength: 1, maxLength: 6 }),
                    fc.boolean(),
                    async (size, looks, zip) => {
                        const bytes = zip ? gzipSync(input) : input;
                        let [after, text, runs] = [0, "", 0];
                        const quarantined: Outcome["quarantined"] = [];
                        const counts = { in: 0, documents: 0, quarantined: 0 };
                        for (;;) {
                            let left = looks[runs % looks.length];
                            const outOfTime = () => left-- <= 0;
                            const outcome = await run(vpcflow(), bytes, {
                                cuts: [size],
                                batch: { after, outOfTime },
                            });
                            text += outcome.text;
                            quarantined.push(...outcome.quarantined);
                            counts.in += outcome.report.in;
                            counts.documents += outcome.report.documents;
                            counts.quarantined += outcome.report.quarantined;
                            runs++;
                            const { continueAfter } = outcome.report;
                            if (continueAfter === undefined) {
                                break;
                            }
                            assert.ok(continueAfter > after, "no run may stand still");
                            after = continueAfter;
                        }
                        assert.equal(text, whole.text);
                        assert.deepEqual(quarantined, whole.quarantined);
                        assert.deepEqual(counts, {
                            in: whole.report.in,
                            documents: whole.report.documents,
                            quarantined: whole.report.quarantined,
                        });
                    },
                ),
                { numRuns: 40 },
            );
        }).timeout(60_000);

        it("starts anywhere", async () => {
            const whole = await run(vpcflow(), input);
            for (const after of [0, 1, 150, 299, 300, 349, 350, 1000]) {
                const { text, quarantined, report } = await run(vpcflow(), input, { batch: { after } });
                const rest = whole.documents.filter((document) => numberOf(document) > after);
                assert.equal(
                    text,
                    whole.text
                        .split("\n")
                        .slice(whole.documents.length - rest.length)
                        .join("\n"),
                );
                assert.deepEqual(
                    quarantined,
                    whole.quarantined.filter(({ record }) => record > after),
                );
                assert.equal(report.in, Math.max(0, 350 - after));
            }
        });

        it("does not enrich what is done, nor match it", async () => {
            const enrichment = enrichmentOf({ type: "cidr", value: "203.0.113.0/24" });
            const { report } = await run(vpcflow(), flows(100), { enrichment, batch: { after: 60 } });
            assert.deepEqual([report.in, report.matchesByFeed], [40, { feed: 40 }]);
        });

        it("ends early only when the time is out, and closes its input", async () => {
            let closed = false;
            async function* endless() {
                try {
                    for (;;) {
                        yield flows(10);
                    }
                } finally {
                    closed = true;
                }
            }
            let looks = 0;
            const sink = {
                documents: () => undefined,
                quarantine: () => undefined,
                close: async () => undefined,
            };
            const report = await processBatch(vpcflow(), endless(), CONTEXT, PLAIN, sink, {
                outOfTime: () => ++looks === 3,
            });
            assert.deepEqual([report.in, report.continueAfter, closed], [30, 30, true]);
            const done = await run(vpcflow(), flows(10), { batch: { outOfTime: () => false } });
            assert.equal("continueAfter" in done.report, false);
        });
    });

    it("lets faults of sinks and input through, to be retried", async () => {
        const fault = new Error("down");
        const sink: Sink = {
            documents: () => undefined,
            quarantine: () => undefined,
            close: async () => undefined,
        };
        async function* input(error?: Error) {
            yield flows(1);
            yield Buffer.from("bad\n");
            if (error) {
                throw error;
            }
        }
        const batch = (own: Partial<Sink>, error?: Error): Promise<BatchReport> =>
            processBatch(vpcflow(), input(error), CONTEXT, PLAIN, { ...sink, ...own });
        const fail = () => {
            throw fault;
        };
        const reject = () => Promise.reject(fault);
        await assert.rejects(batch({}, fault), fault);
        for (const own of [
            { documents: fail },
            { documents: reject },
            { quarantine: fail },
            { quarantine: reject },
        ]) {
            await assert.rejects(batch(own), fault);
        }
        assert.equal((await batch({})).in, 2);
    });

    it("does not read ahead of a reader that takes nothing", async () => {
        const taken: number[] = [];
        const reader: RecordReader = {
            read(bytes, last) {
                taken.push(bytes.length);
                return last ? bytes.length : 0;
            },
        };
        await run({ dataset: "test", reader: () => reader }, Buffer.alloc(25), { cuts: [10] });
        assert.deepEqual(taken, [10, 20, 25, 25]);
    });

    it("keeps memory flat", async () => {
        // Clients and hosts change, so that what is remembered is tried too.
        const headers = `{"name":"Host","value":"h########.example"},{"name":"X","value":"${"x".repeat(2800)}"}`;
        const record = `{"timestamp":1,"httpRequest":{"clientIp":"2001:db8::####:####","headers":[${headers}]}}\n`;
        const chunk = Buffer.from(record.repeat(350));
        let records = 0;
        async function* large() {
            for (let bytes = 0; bytes < 300e6; bytes += chunk.length) {
                for (let start = 0; start < chunk.length; start += record.length) {
                    const hex = ((records++ % 5000) * 0x9e37).toString(16).padStart(8, "0").slice(-8);
                    chunk.write(hex, start + record.indexOf("########"), "latin1");
                    chunk.write(
                        `${hex.slice(4)}:${hex.slice(0, 4)}`,
                        start + record.indexOf("####:"),
                        "latin1",
                    );
                }
                yield chunk;
            }
        }
        let written = 0;
        const sink: Sink = {
            documents: (lines) => void (written += lines.length),
            quarantine: (line) => assert.fail(line),
            close: async () => undefined,
        };
        let [before, most] = [0, 0];
        const enrichment = enrichmentOf({ type: "url", value: "http://evil.example/" });
        const report = await processBatch(waf(), large(), CONTEXT, enrichment, sink, {
            outOfTime: () => {
                const { rss } = process.memoryUsage();
                before ||= rss;
                most = Math.max(most, rss);
                return false;
            },
        });
        assert.deepEqual([report.in, report.documents], [records, records]);
        assert.ok(written > 300e6, `${written}`);
        assert.ok(most - before < 150e6, `${most - before} bytes more`);
    }).timeout(60_000);
});
