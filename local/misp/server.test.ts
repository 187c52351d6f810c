import assert from "node:assert/strict";
import { MispError, MispOptions, MispSighting, readMisp } from "../../functions/feeds/misp";
import { attributesFromFeed, MispAttribute, RunningMisp, startMisp } from "./server";

const KEY = "k".repeat(40);

async function read(options: Partial<MispOptions>): Promise<MispSighting[]> {
    const all: MispSighting[] = [];
    const base = { url: "http://127.0.0.1:1", key: KEY, tags: ["T"], sleep: async () => undefined };
    for await (const sighting of readMisp({ ...base, ...options })) {
        all.push(sighting);
    }
    return all;
}

function failsWith(kind: MispError["kind"], message: RegExp) {
    return (error: unknown): true => {
        assert.ok(error instanceof MispError, String(error));
        assert.equal(error.kind, kind);
        assert.match(error.message, message);
        return true;
    };
}

function attribute(value: string, type = "ip-dst", more: Partial<MispAttribute> = {}): MispAttribute {
    return { value, type, tags: ["T"], ...more };
}

describe("readMisp against the stand-in", () => {
    let misp: RunningMisp;
    const attributes = [
        ...Array.from({ length: 250 }, (_, index) => attribute(`198.18.0.${index}`)),
        attribute("203.0.113.9|8443", "ip-dst|port", { timestamp: 1_700_000_000, comment: "c2" }),
        attribute("pair.example|203.0.113.60", "domain|ip"),
        attribute("http://evil.example/a", "url"),
        attribute("d41d8cd98f00b204e9800998ecf8427e", "md5"),
        attribute("203.0.113.77", "ip-dst", { toIds: false }),
        attribute("203.0.113.78", "ip-dst", { deleted: true }),
        attribute("203.0.113.79", "ip-dst", { tags: ["OTHER"] }),
    ];
    before(async () => (misp = await startMisp({ key: KEY, attributes })));
    after(() => misp.close());
    afterEach(() => misp.fail(undefined));

    for (const pageSize of [2, 100, 125, 253, 5000]) {
        it(`reads every row once with pages of ${pageSize}`, async () => {
            const all = await read({ url: misp.url, pageSize });
            assert.equal(all.length, 250 + 1 + 2 + 1);
            assert.equal(new Set(all.map(({ value }) => value)).size, all.length);
        });
    }

    it("splits composite values and keeps the time of change", async () => {
        const all = await read({ url: misp.url });
        const tail = all.filter(({ value }) => !value.startsWith("198.18."));
        assert.deepEqual(
            tail.map(({ type, value }) => [type, value]),
            [
                ["ip-dst", "203.0.113.9"],
                ["domain", "pair.example"],
                ["ip-dst", "203.0.113.60"],
                ["url", "http://evil.example/a"],
            ],
        );
        assert.equal(tail[0].seen, "2023-11-14T22:13:20.000Z");
        assert.equal(tail[0].comment, "c2");
    });

    it("gives nothing under an unknown tag", async () => {
        assert.deepEqual(await read({ url: misp.url, tags: ["NOPE"] }), []);
    });

    it("tells a wrong key by MISP's own message", async () => {
        const wrong = read({ url: misp.url, key: "x".repeat(40) });
        await assert.rejects(wrong, failsWith("authentication", /403.*Authentication failed/));
    });

    it("comes over a gateway error that passes, and names one that stays", async () => {
        misp.fail("bad-gateway", 2);
        assert.equal((await read({ url: misp.url })).length, 254);
        misp.fail("bad-gateway");
        await assert.rejects(read({ url: misp.url }), failsWith("server", /502.*502 Bad Gateway/));
    });

    it("does not wait longer than it may for a rate limit", async () => {
        misp.fail("rate-limit");
        await assert.rejects(read({ url: misp.url }), failsWith("rate-limit", /899 s/));
    });

    it("waits for a rate limit that ends soon", async () => {
        misp.fail("rate-limit", 1);
        const waits: number[] = [];
        const sleep = async (milliseconds: number) => waits.push(milliseconds);
        assert.equal((await read({ url: misp.url, longestWait: 900, sleep })).length, 254);
        assert.deepEqual(waits, [900_000]);
    });

    it("names a server that is not there", async () => {
        await assert.rejects(
            read({ url: "http://127.0.0.1:1" }),
            failsWith("unreachable", /ECONNREFUSED|bad port/),
        );
    });
});

describe("the stand-in's traps", () => {
    let misp: RunningMisp;
    const attributes = [attribute("203.0.113.1"), attribute("evil.example", "domain", { tags: ["OTHER"] })];
    before(async () => (misp = await startMisp({ key: KEY, attributes })));
    after(() => misp.close());

    const call = async (init: RequestInit, path = "/attributes/restSearch") => {
        const headers = { accept: "application/json", authorization: KEY, ...(init.headers ?? {}) };
        const response = await fetch(misp.url + path, { redirect: "manual", ...init, headers });
        const text = await response.text();
        return { status: response.status, headers: response.headers, text };
    };
    const rows = ({ text }: { text: string }) =>
        (JSON.parse(text) as { response: { Attribute: { value: string }[] } }).response.Attribute.length;
    const json = { "content-type": "application/json" };
    const body = JSON.stringify({ tags: ["T"] });

    it("filters a proper search", async () => {
        assert.equal(rows(await call({ method: "POST", headers: json, body })), 1);
        const wrapped = JSON.stringify({ request: { tags: ["T"] } });
        assert.equal(rows(await call({ method: "POST", headers: json, body: wrapped })), 1);
    });

    it("answers everything without content type, with an empty body and to PUT", async () => {
        assert.equal(
            rows(await call({ method: "POST", headers: { "content-type": "text/plain" }, body })),
            2,
        );
        assert.equal(rows(await call({ method: "POST", headers: json, body: "{}" })), 2);
        assert.equal(rows(await call({ method: "PUT", headers: json, body })), 2);
    });

    it("redirects without Accept, and refuses GET, broken JSON and a Bearer key", async () => {
        const redirected = await call({ method: "POST", headers: { ...json, accept: "*/*" }, body });
        assert.deepEqual([redirected.status, redirected.headers.get("location")], [302, "/users/login"]);
        assert.equal((await call({})).status, 400);
        assert.equal((await call({ method: "POST", headers: json, body: "{" })).status, 405);
        assert.equal((await call({ headers: { authorization: `Bearer ${KEY}` } })).status, 403);
    });

    it("beats without a key", async () => {
        const beat = await fetch(`${misp.url}/users/heartbeat`);
        assert.deepEqual([beat.status, await beat.json()], [200, { message: "Not enough minerals." }]);
    });

    it("tells its version", async () => {
        assert.match((await call({}, "/servers/getVersion")).text, /2\.5\.1/);
    });

    it("counts as MISP does: 250 rows by 100 give 101, 101, 50, 1", async () => {
        misp.replace(Array.from({ length: 250 }, (_, index) => attribute(`198.18.0.${index}`)));
        const counts: (string | null)[] = [];
        for (const page of [1, 2, 3, 4]) {
            const paged = JSON.stringify({ tags: ["T"], limit: 100, page });
            counts.push(
                (await call({ method: "POST", headers: json, body: paged })).headers.get("x-result-count"),
            );
        }
        assert.deepEqual(counts, ["101", "101", "50", "1"]);
    });
});

describe("attributesFromFeed", () => {
    it("tags addresses and names apart", () => {
        const rows = attributesFromFeed(
            "# c\n203.0.113.1\t5\nevil.example\nbad.example/x.php\n203.0.113.0/24\n",
        );
        assert.deepEqual(
            rows.map(({ value, type, tags }) => [value, type, tags[0]]),
            [
                ["203.0.113.1", "ip-dst", "DDB_IP_FEED"],
                ["evil.example", "domain", "DDB_URL_FEED"],
                ["http://bad.example/x.php", "url", "DDB_URL_FEED"],
                ["203.0.113.0/24", "ip-dst", "DDB_IP_FEED"],
            ],
        );
    });
});
