import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, IncomingMessage, Server } from "node:http";
import { AddressInfo } from "node:net";
import { S3Reader } from "../s3-object";
import { Taxii2Definition } from "./definition";
import { FeedEnd, FeedPosition, FeedValue } from "./feed";
import { FeedError, FeedErrorKind } from "./feed-error";
import { FeedHttp, feedHttp } from "./http";
import { StixObject } from "./stix2";
import { NewestVersions } from "./stix2-versions";
import { openTaxii2 } from "./taxii2";

const TAXII = "application/taxii+json;version=2.1";
const SECRET = "reader:s3cr3t-word";
const DATE = "2026-11-24T10:00:00.000000Z";

interface Answer {
    readonly status?: number;
    readonly body?: unknown;
    readonly headers?: Record<string, string>;
}

type Handler = (query: URLSearchParams, count: number) => Answer;

interface Asked {
    readonly path: string;
    readonly query: URLSearchParams;
    readonly headers: IncomingMessage["headers"];
}

const indicator = (address: string, more: StixObject = {}): StixObject => ({
    type: "indicator",
    id: `indicator--${address}`,
    modified: "2026-11-01T00:00:00Z",
    pattern: `[ipv4-addr:value = '${address}']`,
    pattern_type: "stix",
    ...more,
});
const envelope = (addresses: readonly string[], more: object = {}, last?: string): Answer => ({
    body: { objects: addresses.map((address) => indicator(address)), ...more },
    headers: last ? { "x-taxii-date-added-last": last } : {},
});

describe("openTaxii2", () => {
    let server: Server;
    let http: FeedHttp;
    let base: string;
    let routes: Record<string, Handler>;
    let asked: Asked[];
    let waits: number[];
    let now: Date;

    before(async () => {
        server = createServer((request, response) => {
            const { pathname, searchParams } = new URL(request.url ?? "", base);
            const count = asked.filter(({ path }) => path === pathname).length;
            asked.push({ path: pathname, query: searchParams, headers: request.headers });
            const {
                status = 200,
                body,
                headers,
            } = routes[pathname]?.(searchParams, count) ?? { status: 404 };
            response.writeHead(status, { "content-type": TAXII, ...headers });
            response.end(typeof body === "string" ? body : JSON.stringify(body ?? {}));
        }).listen(0, "127.0.0.1");
        await once(server, "listening");
        base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        http = feedHttp({ auth: { type: "basic" }, secret: SECRET });
    });
    after(async () => {
        await http.close();
        server.closeAllConnections();
        server.close();
    });
    beforeEach(() => {
        asked = [];
        waits = [];
        now = new Date("2026-11-24T12:00:00Z");
        routes = {
            "/taxii2/": () => ({ body: { title: "t", api_roots: [`${base}/api/`] } }),
            "/api/": () => ({ body: { versions: [TAXII] } }),
            "/api/collections/": () => ({
                body: {
                    collections: [
                        { id: "c-1", title: "First", can_read: true },
                        { id: "c-2", title: "Second", alias: "two", can_read: true },
                        { id: "c-3", title: "Closed", can_read: false },
                    ],
                },
            }),
            "/api/collections/c-1/objects/": () => envelope(["1.1.1.1"], {}, DATE),
            "/api/collections/c-2/objects/": () => ({ body: {} }),
        };
    });

    const first = (handler: Handler): void => void (routes["/api/collections/c-1/objects/"] = handler);
    const objectsAsked = (): Asked[] => asked.filter(({ path }) => path.endsWith("/objects/"));

    interface Pass {
        readonly values: FeedValue[];
        readonly end: FeedEnd;
        readonly resumes: FeedPosition["resume"][];
    }

    async function read(position: FeedPosition = {}, more: Partial<Taxii2Definition> = {}): Promise<Pass> {
        const definition: Taxii2Definition = {
            protocol: "taxii2",
            name: "t",
            confidence: 50,
            ttlDays: 8,
            url: `${base}/taxii2/`,
            ...more,
        };
        const reader = openTaxii2(definition, {
            http,
            s3: {} as S3Reader,
            now: () => now,
            sleep: async (milliseconds) => waits.push(milliseconds),
        });
        const values: FeedValue[] = [];
        const resumes: FeedPosition["resume"][] = [];
        const pages = reader.read(position);
        for (;;) {
            const { value, done } = await pages.next();
            if (done) {
                return { values, resumes, end: value };
            }
            values.push(...value.values);
            // As it comes back from where it is kept.
            resumes.push(JSON.parse(JSON.stringify(value.resume)) as FeedPosition["resume"]);
        }
    }
    const addresses = (values: readonly FeedValue[]): string[] => values.map(({ value }) => value);
    const fails = async (kind: FeedErrorKind, message: RegExp, more: Partial<Taxii2Definition> = {}) =>
        assert.rejects(read({}, more), (error: unknown) => {
            assert.ok(error instanceof FeedError, String(error));
            assert.equal(error.kind, kind);
            assert.match(error.message, message);
            assert.doesNotMatch(error.message, /s3cr3t/);
            return true;
        });

    it("reads all that can be read from the discovery on, and asks in TAXII 2.1", async () => {
        const { values, end } = await read();
        assert.deepEqual(addresses(values), ["1.1.1.1"]);
        assert.equal(end.pass, "full");
        for (const { headers } of asked) {
            assert.equal(headers.accept, TAXII);
        }
        assert.deepEqual(
            objectsAsked().map(({ path, query }) => [
                path,
                query.get("match[type]"),
                query.has("added_after"),
            ]),
            [
                ["/api/collections/c-1/objects/", "indicator", false],
                ["/api/collections/c-2/objects/", "indicator", false],
            ],
        );
    });

    it("takes an API root with or without its slash", async () => {
        assert.deepEqual(addresses((await read({}, { url: `${base}/api` })).values), ["1.1.1.1"]);
    });

    it("knows collections by id, alias and title, and says which there are", async () => {
        for (const [name, id] of [
            ["c-1", "c-1"],
            ["two", "c-2"],
            ["First", "c-1"],
        ]) {
            asked = [];
            await read({}, { collections: [name] });
            assert.deepEqual(
                objectsAsked().map(({ path }) => path),
                [`/api/collections/${id}/objects/`],
            );
        }
        await fails("configuration", /no collection "third".*"First", "Second"$/, { collections: ["third"] });
        await fails("authentication", /"Closed"/, { collections: ["Closed"] });
        routes["/api/collections/"] = () => ({ body: {} });
        await fails("configuration", /no collection to read/);
    });

    it("sends the secret to no other host that a discovery names", async () => {
        routes["/taxii2/"] = () => ({ body: { api_roots: ["https://elsewhere.example/api/"] } });
        await fails("configuration", /elsewhere\.example/);
    });

    it("takes a relative root, and one that names plain http of the same host", async () => {
        routes["/taxii2/"] = () => ({
            body: { default: "/api/", api_roots: [`${base.replace("http:", "https:")}/api/`] },
        });
        assert.deepEqual(addresses((await read()).values), ["1.1.1.1"]);
        assert.equal(asked.filter(({ path }) => path === "/api/collections/").length, 1);
    });

    it("pages by a token that stays the same, with the same parameters", async () => {
        first((_query, count) =>
            envelope([`1.1.1.${count}`], count < 4 ? { more: true, next: "same" } : {}, DATE),
        );
        const { values } = await read();
        assert.deepEqual(addresses(values), ["1.1.1.0", "1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.1.4"]);
        const queries = objectsAsked()
            .slice(0, 5)
            .map(({ query }) => query);
        assert.deepEqual(
            queries.map((query) => query.get("next")),
            [null, "same", "same", "same", "same"],
        );
        queries.forEach((query) => query.delete("next"));
        assert.equal(new Set(queries.map(String)).size, 1);
    });

    it("goes on after the last date where there is more but no token", async () => {
        first((query) =>
            query.has("added_after") ? envelope(["2.2.2.2"]) : envelope(["1.1.1.1"], { more: true }, DATE),
        );
        assert.deepEqual(addresses((await read()).values), ["1.1.1.1", "2.2.2.2"]);
        assert.equal(objectsAsked()[1].query.get("added_after"), DATE);
    });

    it("stops where a server does not say how to go on, or repeats itself", async () => {
        first(() => envelope(["1.1.1.1"], { more: true }));
        await fails("response", /"First" says that there is more/);
        first((_query, count) => envelope([`1.1.1.${count}`], { more: true }, DATE));
        await fails("response", /says that there is more/);
        first(() => envelope(["1.1.1.1"], { more: true, next: "x" }));
        await fails("response", /same page/);
    });

    it("stops a collection without an end, also over many runs", async () => {
        const open = { collection: "/api/collections/c-1/", next: "x", pages: 19_999, restarts: 0 };
        const resume = { full: true, fullAt: now.toISOString(), before: {}, ends: {}, open };
        first((_query, count) => envelope([`1.1.1.${count}`], { more: true, next: "x" }));
        await assert.rejects(read({ resume }), /"First" does not come to an end/);
    });

    it("begins a collection anew when its session has expired", async () => {
        first((query, count) => {
            if (count === 1) {
                return { status: 400, body: { title: "next not valid" } };
            }
            return query.has("next")
                ? envelope(["2.2.2.2"])
                : envelope(["1.1.1.1"], { more: true, next: "n" });
        });
        assert.deepEqual(addresses((await read()).values), ["1.1.1.1", "1.1.1.1", "2.2.2.2"]);
        first((query) =>
            query.has("next")
                ? { status: 400, body: { title: "gone" } }
                : envelope(["1.1.1.1"], { more: true, next: "n" }),
        );
        await fails("request", /HTTP 400, "gone"/);
    });

    it("asks next time for what was added since, and for all once a day", async () => {
        const { end } = await read();
        now = new Date("2026-11-25T11:59:00Z");
        asked = [];
        first(() => envelope(["2.2.2.2"], {}, "2026-11-25T01:00:00.000000Z"));
        const news = await read({ memory: end.memory });
        assert.equal(news.end.pass, "partial");
        assert.deepEqual(
            objectsAsked().map(({ query }) => query.get("added_after")),
            [DATE, null],
        );
        now = new Date("2026-11-25T12:00:00Z");
        asked = [];
        const all = await read({ memory: news.end.memory });
        assert.equal(all.end.pass, "full");
        assert.equal(objectsAsked()[0].query.get("added_after"), null);
    });

    it("keeps the checkpoint of a collection without news", async () => {
        const { end } = await read();
        first(() => ({ body: {} }));
        const news = await read({ memory: end.memory });
        assert.deepEqual(news.end.memory, end.memory);
    });

    it("reads all when a collection is gone, and all of a new one", async () => {
        const { end } = await read({}, { collections: ["First"] });
        asked = [];
        assert.equal((await read({ memory: end.memory })).end.pass, "partial");
        assert.deepEqual(
            objectsAsked().map(({ query }) => query.get("added_after")),
            [DATE, null],
        );
        assert.equal((await read({ memory: end.memory }, { collections: ["two"] })).end.pass, "full");
    });

    it("ends the same wherever it was cut off", async () => {
        first((query) => {
            const page = query.has("next") ? Number(query.get("next")) : 0;
            return envelope([`1.1.${page}.0`], page < 3 ? { more: true, next: String(page + 1) } : {}, DATE);
        });
        routes["/api/collections/c-2/objects/"] = () => envelope(["2.2.2.2"]);
        const whole = await read();
        assert.equal(whole.values.length, 5);
        for (const [index, resume] of whole.resumes.entries()) {
            const rest = await read({ resume });
            assert.deepEqual(addresses(rest.values), addresses(whole.values).slice(index + 1));
            assert.deepEqual(rest.end, whole.end);
        }
    });

    it("does not move the checkpoint before the last page", async () => {
        first((query) =>
            query.has("next")
                ? envelope(["2.2.2.2"], {}, "2026-11-24T11:00:00Z")
                : envelope(["1.1.1.1"], { more: true, next: "n" }, DATE),
        );
        const { resumes } = await read();
        assert.deepEqual(resumes[0]?.ends, {});
        assert.deepEqual(resumes[1]?.ends, { "/api/collections/c-1/": "2026-11-24T11:00:00Z" });
    });

    it("takes back in a partial pass what is revoked, unless another indicator has it", async () => {
        const { end } = await read();
        const other = { id: "indicator--other" };
        first(() => ({
            body: {
                objects: [
                    indicator("2.2.2.2", other),
                    indicator("1.1.1.1", { revoked: true, modified: "2026-11-02T00:00:00Z" }),
                    indicator("2.2.2.2", { revoked: true }),
                ],
            },
        }));
        const { values } = await read({ memory: end.memory });
        assert.deepEqual(
            values.map(({ value, revoked }) => [value, revoked]),
            [
                ["1.1.1.1", true],
                ["2.2.2.2", true],
                ["2.2.2.2", undefined],
            ],
        );
    });

    it("lets the newest version of an indicator speak", async () => {
        first(() => ({
            body: {
                objects: [
                    indicator("1.1.1.1"),
                    indicator("1.1.1.1", { revoked: true, modified: "2026-11-02T00:00:00Z" }),
                    null,
                    { type: "ipv4-addr", id: "ipv4-addr--1", value: "9.9.9.9" },
                ],
            },
        }));
        routes["/api/collections/c-2/objects/"] = () => envelope(["1.1.1.1", "2.2.2.2"]);
        assert.deepEqual(addresses((await read()).values), ["2.2.2.2"]);
    });

    it("waits for a rate limit as long as the server says", async () => {
        first((_query, count) =>
            count === 0
                ? { status: 429, headers: { "retry-after": "7" } }
                : count === 1
                  ? { status: 503, headers: { "retry-after": "Tue, 24 Nov 2026 12:00:30 GMT" } }
                  : envelope(["1.1.1.1"]),
        );
        assert.deepEqual(addresses((await read()).values), ["1.1.1.1"]);
        assert.deepEqual(waits, [7000, 30_000]);
    });

    it("does not wait for an hour", async () => {
        first(() => ({ status: 429, headers: { "retry-after": "3600" } }));
        await fails("rate-limit", /3600 s/);
        assert.deepEqual(waits, []);
    });

    it("tries a failing server three times again", async () => {
        first(() => ({ status: 502, headers: { "content-type": "text/html" }, body: "<html>" }));
        await fails("server", /objects\/ fails \(HTTP 502\)/);
        assert.deepEqual(waits, [1000, 2000, 4000]);
    });

    const answers: readonly [string, Answer, FeedErrorKind, RegExp][] = [
        ["401", { status: 401, body: { title: "Unauthorized" } }, "authentication", /401, "Unauthorized".*/],
        ["403", { status: 403 }, "authentication", /ask the operator for the right/],
        ["404", { status: 404 }, "configuration", /is not there/],
        ["406", { status: 406 }, "configuration", /TAXII 2\.1/],
        ["416", { status: 416 }, "configuration", /TAXII 2\.1/],
        ["418", { status: 418 }, "request", /418/],
        [
            "a redirect",
            { status: 302, headers: { location: "/login?key=s3cr3t" } },
            "configuration",
            /to http.*\/login:/,
        ],
        ["HTML", { headers: { "content-type": "text/html" }, body: "<html>" }, "response", /"text\/html"/],
        [
            "TAXII 2.0",
            { headers: { "content-type": "application/vnd.oasis.stix+json; version=2.0" } },
            "response",
            /2\.0/,
        ],
        [
            "another version",
            { headers: { "content-type": "application/taxii+json; version=2.2" } },
            "response",
            /2\.2/,
        ],
        ["broken JSON", { body: '{"objects": [' }, "response", /broken JSON/],
        ["a list", { body: [] }, "response", /no JSON object/],
        ["objects that are none", { body: { objects: "x" } }, "response", /no list/],
    ];
    for (const [title, answer, kind, message] of answers) {
        it(`says what to do about ${title}`, async () => {
            first(() => answer);
            await fails(kind, message);
        });
    }

    it("takes the media type as servers write it", async () => {
        first(() => ({
            ...envelope(["1.1.1.1"]),
            headers: { "content-type": 'Application/TAXII+json; version="2.1"' },
        }));
        assert.deepEqual(addresses((await read()).values), ["1.1.1.1"]);
    });

    it("refuses what is no TAXII 2.1 root", async () => {
        routes["/api/"] = () => ({ body: { versions: ["taxii-2.0"] } });
        await fails("configuration", /does not speak TAXII 2\.1/, { url: `${base}/api/` });
        routes["/api/"] = () => ({ body: { hello: "world" } });
        await fails("configuration", /neither a discovery/, { url: `${base}/api/` });
        await fails("configuration", /url is none/, { url: "taxii" });
    });
});

describe("NewestVersions", () => {
    it("remembers no more ids than it may", () => {
        const versions = new NewestVersions(2);
        const newer = indicator("1.1.1.1", { modified: "2026-11-02T00:00:00Z" });
        versions.of([newer]);
        assert.deepEqual(versions.of([indicator("1.1.1.1")]), []);
        versions.of([indicator("2.2.2.2"), indicator("3.3.3.3")]);
        assert.equal(versions.of([indicator("1.1.1.1")]).length, 1);
    });
});
