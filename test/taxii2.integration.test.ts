import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { FeedEnd, FeedMemory, FeedPosition, FeedValue } from "../functions/feeds/feed";
import { FeedError } from "../functions/feeds/feed-error";
import { feedHttp } from "../functions/feeds/http";
import { openTaxii2 } from "../functions/feeds/taxii2";
import { S3Reader } from "../functions/s3-object";
import { Medallion, startMedallion } from "./servers/medallion";

const PAGE = 50;
const DAY = 86_400_000;

interface Pass {
    readonly values: readonly FeedValue[];
    readonly pages: number;
    readonly end?: FeedEnd;
    readonly resume?: FeedMemory;
}

interface ReadOptions {
    readonly position?: FeedPosition;
    readonly secret?: string;
    readonly collections?: readonly string[];
    readonly now?: Date;
    /** Cut off after so many pages. */
    readonly pages?: number;
}

/** A feed on a server that others wrote; the tests go on from one another. */
describe("a TAXII 2.1 server (medallion)", function () {
    this.timeout(180_000);
    let medallion: Medallion;
    let memory: FeedMemory | undefined;
    const created = new Date(Date.now() - DAY).toISOString();

    before(async () => {
        medallion = await startMedallion(PAGE);
    });
    after(() => medallion?.stop());

    const indicator = (pattern: string, more: object = {}): { id: string } => ({
        ...{ type: "indicator", spec_version: "2.1", created, modified: created, valid_from: created },
        ...{ id: `indicator--${randomUUID()}`, pattern, pattern_type: "stix", ...more },
    });
    const address = (index: number): string => `198.51.100.${index}`;
    const indicators = Array.from({ length: 120 }, (_, index) =>
        indicator(`[ipv4-addr:value = '${address(index)}']`, { confidence: index % 101 }),
    );

    async function read(options: ReadOptions = {}): Promise<Pass> {
        const http = feedHttp({ auth: { type: "basic" }, secret: options.secret ?? medallion.secret });
        try {
            const reader = openTaxii2(
                {
                    protocol: "taxii2",
                    name: "test",
                    url: medallion.discovery,
                    confidence: 50,
                    ttlDays: 8,
                    collections: options.collections,
                },
                {
                    http,
                    s3: { send: () => Promise.reject(new Error("no S3 here")) } as unknown as S3Reader,
                    now: () => options.now ?? new Date(),
                },
            );
            const values: FeedValue[] = [];
            const read = reader.read(options.position ?? {});
            for (let pages = 0; ; pages++) {
                const { value, done } = await read.next();
                if (done) {
                    return { values, pages, end: value };
                }
                values.push(...value.values);
                if (pages + 1 === options.pages) {
                    return { values, pages: pages + 1, resume: value.resume };
                }
            }
        } finally {
            await http.close();
        }
    }
    const sorted = (values: readonly FeedValue[]): string[] => values.map(({ value }) => value).sort();
    const expected = indicators.map((_, index) => address(index)).sort();

    it("with nothing in it yet gives an empty full pass", async () => {
        const { values, end } = await read();
        assert.deepEqual(values, []);
        assert.equal(end?.pass, "full");
    });

    it("gives 120 indicators in three pages", async () => {
        await medallion.add(indicators);
        const { values, pages, end } = await read({ collections: [medallion.collection] });
        assert.equal(pages, 3);
        assert.deepEqual(sorted(values), expected);
        const { confidence, firstSeen } = values.find(({ value }) => value === address(77)) ?? {};
        assert.deepEqual({ confidence, firstSeen }, { confidence: 77, firstSeen: created });
        assert.equal(end?.pass, "full");
        memory = end?.memory;
    });

    it("goes on where a run was cut off", async () => {
        const begin = await read({ pages: 1 });
        assert.equal(begin.values.length, PAGE);
        const rest = await read({ position: { resume: begin.resume } });
        assert.equal(rest.values.length, 70);
        assert.deepEqual(sorted([...begin.values, ...rest.values]), expected);
        assert.deepEqual(rest.end?.memory?.collections, memory?.collections);
    });

    it("begins the collection anew where the session is over", async () => {
        const begin = await read({ pages: 1 });
        await read({ position: { resume: begin.resume } });
        // The server forgets a session once it was read to its end.
        const again = await read({ position: { resume: begin.resume } });
        assert.deepEqual(sorted(again.values), expected);
    });

    it("has no news after a pass", async () => {
        const { values, end } = await read({ position: { memory } });
        assert.deepEqual(values, []);
        assert.deepEqual(end, { pass: "partial", memory });
    });

    it("gives what was added since, and what was revoked", async () => {
        const modified = new Date().toISOString();
        await medallion.add([
            { ...indicators[5], modified, revoked: true },
            { ...indicators[6], modified, confidence: 99 },
            indicator("[domain-name:value = 'new.example' OR url:value = 'http://new.example/a']"),
            indicator("[ipv4-addr:value = '203.0.113.9' AND network-traffic:dst_port = 443]"),
            indicator("[ipv4-addr:value = '203.0.113.10']", {
                valid_until: new Date(Date.now() - 1000).toISOString(),
            }),
            {
                type: "ipv4-addr",
                spec_version: "2.1",
                id: `ipv4-addr--${randomUUID()}`,
                value: "203.0.113.11",
            },
        ]);
        const { values, end } = await read({ position: { memory } });
        assert.equal(end?.pass, "partial");
        const told = values.map(({ value, revoked, refused, confidence }) => [
            value,
            revoked ?? refused ?? confidence,
        ]);
        assert.deepEqual(
            new Map(told as [string, unknown][]),
            new Map<string, unknown>([
                [address(5), true],
                [address(6), 99],
                ["new.example", undefined],
                ["http://new.example/a", undefined],
                ["203.0.113.9", "pattern joins conditions"],
            ]),
        );
        memory = end?.memory;
        assert.deepEqual((await read({ position: { memory } })).values, []);
    });

    it("leaves out what is revoked when all is read the next day", async () => {
        const { values, end } = await read({ position: { memory }, now: new Date(Date.now() + DAY) });
        assert.equal(end?.pass, "full");
        const accepted = values.filter(({ refused }) => !refused);
        assert.deepEqual(
            sorted(accepted),
            [
                ...expected.filter((value) => value !== address(5)),
                "new.example",
                "http://new.example/a",
            ].sort(),
        );
    });

    it("refuses a wrong password, and the error does not show it", async () => {
        await assert.rejects(read({ secret: "reader:wrong-word" }), (error: unknown) => {
            assert.ok(error instanceof FeedError && error.kind === "authentication", String(error));
            assert.match(error.message, /HTTP 401.*secret|secret.*HTTP 401/);
            assert.doesNotMatch(error.message, /wrong-word/);
            return true;
        });
    });

    it("answers no media type but the one of TAXII 2.1", async () => {
        const authorization = `Basic ${Buffer.from(medallion.secret).toString("base64")}`;
        const status = async (accept: string): Promise<number> => {
            const response = await fetch(medallion.discovery, { headers: { accept, authorization } });
            await response.arrayBuffer();
            return response.status;
        };
        assert.equal(await status("application/json"), 406);
        assert.equal(await status("application/taxii+json"), 406);
        assert.equal(await status("application/taxii+json;version=2.1"), 200);
    });
});
