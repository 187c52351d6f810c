import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { MispError, MispOptions, MispSighting, readMisp } from "./misp";
import { MispErrorKind } from "./misp-error";

const KEY = "k".repeat(40);
const SAMPLES = path.join(__dirname, "..", "..", "..", "shared", "data", "misp-samples");

async function read(options: Partial<MispOptions>): Promise<MispSighting[]> {
    const all: MispSighting[] = [];
    const base = { url: "http://127.0.0.1:1", key: KEY, tags: ["T"], sleep: async () => undefined };
    for await (const sighting of readMisp({ ...base, ...options })) {
        all.push(sighting);
    }
    return all;
}

function failsWith(kind: MispErrorKind, message: RegExp) {
    return (error: unknown): true => {
        assert.ok(error instanceof MispError, String(error));
        assert.equal(error.kind, kind);
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /\n|kkkk/);
        return true;
    };
}

function row(id: number, more: object = {}): object {
    return {
        uuid: `u${id}`,
        type: "ip-dst",
        value: `9.9.9.${id}`,
        to_ids: true,
        timestamp: "1795505806",
        ...more,
    };
}

/** A fetch that answers pages in order: rows, X-Result-Count, skipped. */
function pages(...answers: readonly (readonly [object[], number | undefined, number?])[]) {
    const bodies: Record<string, unknown>[] = [];
    const send = (async (_url: unknown, init?: RequestInit) => {
        bodies.push(JSON.parse(String(init?.body)) as Record<string, unknown>);
        const [rows, count, skipped] = answers[bodies.length - 1];
        const headers = new Headers();
        if (count !== undefined) {
            headers.set("x-result-count", String(count));
        }
        if (skipped !== undefined) {
            headers.set("x-skipped-elements-count", String(skipped));
        }
        return new Response(JSON.stringify({ response: { Attribute: rows } }), { headers });
    }) as typeof fetch;
    return { bodies, send };
}

/** A recorded exchange as a Response. */
function sample(name: string): Response {
    const text = readFileSync(path.join(SAMPLES, `${name}.http`), "utf8").replace(/\r/g, "");
    const answer = text.slice(text.indexOf("\nHTTP/1.1 ") + 1);
    const [head, ...body] = answer.split("\n\n");
    const [status, ...lines] = head.split("\n");
    const headers = new Headers();
    for (const line of lines.filter(
        (entry) => !/^(content-length|transfer-encoding|connection):/i.test(entry),
    )) {
        headers.append(line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim());
    }
    const code = Number(status.split(" ")[1]);
    return new Response(body.join("\n\n"), { status: code, headers });
}

describe("readMisp's guards", () => {
    it("asks for live detection attributes in a fixed order", async () => {
        const { bodies, send } = pages([[], 1]);
        await read({ fetch: send });
        const { type, ...rest } = bodies[0];
        const expected = {
            returnFormat: "json",
            tags: ["T"],
            to_ids: 1,
            order: "Attribute.id asc",
            limit: 5000,
            page: 1,
        };
        assert.deepEqual(rest, expected);
        assert.ok((type as string[]).includes("domain|ip"));
        assert.ok(!("deleted" in rest));
    });

    it("goes on over short and empty pages while rows were dropped after the limit", async () => {
        const { bodies, send } = pages([[], 4, 3], [[row(1), row(2)], 4, 1], [[], 4, 3], [[row(3)], 1, 0]);
        assert.equal((await read({ fetch: send, pageSize: 3 })).length, 3);
        assert.equal(bodies.length, 4);
    });

    it("works without the count headers", async () => {
        const { bodies, send } = pages([[row(1), row(2)], undefined], [[row(3)], undefined]);
        assert.equal((await read({ fetch: send, pageSize: 2 })).length, 3);
        assert.equal(bodies.length, 2);
    });

    it("counts a row once that moved to the next page", async () => {
        const { send } = pages([[row(1), row(2)], 3], [[row(2), row(3)], 3], [[], 1]);
        assert.equal((await read({ fetch: send, pageSize: 2 })).length, 3);
    });

    it("stops when the server ignores the filter or the page", async () => {
        const md5 = pages([[row(1, { type: "md5" })], 1]);
        await assert.rejects(read({ fetch: md5.send }), failsWith("response", /"md5".*ignored the filter/));
        const same = pages([[row(1), row(2)], 3], [[row(1), row(2)], 3]);
        await assert.rejects(read({ fetch: same.send, pageSize: 2 }), failsWith("response", /earlier pages/));
    });

    it("refuses settings that would read too much or send the key in clear", async () => {
        await assert.rejects(read({ tags: [] }), failsWith("configuration", /no MISP tag/));
        await assert.rejects(read({ tags: ["!x"] }), failsWith("configuration", /no MISP tag/));
        await assert.rejects(read({ url: "http://misp.example" }), failsWith("configuration", /https/));
        await assert.rejects(read({ url: "http://127.evil.example" }), failsWith("configuration", /https/));
        await assert.rejects(read({ key: "Bearer abc" }), failsWith("configuration", /Bearer/));
        await assert.rejects(read({ pageSize: 1 }), failsWith("configuration", /page size/));
    });

    it("takes a redirect for a wrong setting and does not follow it", async () => {
        let redirect: string | undefined;
        const send = (async (_url: unknown, init?: RequestInit) => {
            redirect = init?.redirect;
            return new Response("", { status: 302, headers: { location: "/users/login" } });
        }) as typeof fetch;
        await assert.rejects(read({ fetch: send }), failsWith("configuration", /302.*users\/login/));
        assert.equal(redirect, "manual");
    });
});

describe("readMisp's parts", () => {
    it("splits composite values and keeps the time of change", async () => {
        const { send } = pages([
            [
                row(1, {
                    type: "ip-src|port",
                    value: "203.0.113.9|8443",
                    timestamp: "1700000000",
                    comment: "c2",
                }),
                row(2, { type: "domain|ip", value: "pair.example|203.0.113.60" }),
                row(3, { to_ids: false }),
            ],
            3,
        ]);
        const all = await read({ fetch: send });
        const seen = "2026-11-24T07:36:46.000Z";
        assert.deepEqual(all, [
            { seen: "2023-11-14T22:13:20.000Z", comment: "c2", type: "ip-src", value: "203.0.113.9" },
            { seen, type: "domain", value: "pair.example" },
            { seen, type: "ip-dst", value: "203.0.113.60" },
        ]);
    });
});

describe("readMisp on recorded exchanges", () => {
    before(function () {
        if (!existsSync(SAMPLES)) {
            this.skip();
        }
    });
    const replay = (...names: string[]) =>
        (async () => sample(names.shift() as string)) as unknown as typeof fetch;

    const errors: readonly [string, MispErrorKind, RegExp][] = [
        ["40b-err-bad-key", "authentication", /Authentication failed/],
        ["40d-bearer", "authentication", /Authentication failed/],
        ["53-ip-not-allowed", "authentication", /IP address/],
        ["40f-html-key", "configuration", /users\/login/],
        ["25c-rs-bad-json", "request", /405.*Invalid JSON/],
        ["57c-ratelimit-zero", "request", /405.*not allowed for this user role/],
        ["57-ratelimit-5", "rate-limit", /899 s/],
        ["41-404-action", "request", /404/],
    ];
    for (const [name, kind, message] of errors) {
        it(`${name} is an error of kind ${kind}`, async () => {
            await assert.rejects(read({ fetch: replay(name) }), failsWith(kind, message));
        });
    }

    it("43e-php-down and 43-db-down are retried three times", async () => {
        const names = ["43e-php-down", "43-db-down", "43e-php-down", "43-db-down"];
        await assert.rejects(read({ fetch: replay(...names) }), failsWith("server", /500.*Internal Error/));
    });

    it("19-rs-page3 is the last page, 16-rs-unknown-tag an empty one", async () => {
        assert.equal((await read({ fetch: replay("19-rs-page3"), pageSize: 100 })).length, 50);
        assert.equal((await read({ fetch: replay("16-rs-unknown-tag"), pageSize: 100 })).length, 0);
    });

    it("31b: an empty page with skipped rows is not the last", async () => {
        const all = read({ fetch: replay("31b-rs-enforceWarninglist-page", "19-rs-page4"), pageSize: 3 });
        assert.deepEqual(await all, []);
    });
});
