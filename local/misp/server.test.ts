import assert from "node:assert/strict";
import { attributesFromFeed, MispAttribute, RunningMisp, startMisp } from "./server";

const KEY = "k".repeat(40);

function attribute(value: string, type = "ip-dst", more: Partial<MispAttribute> = {}): MispAttribute {
    return { value, type, tags: ["T"], ...more };
}

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

    it("refuses GET, broken JSON and a Bearer key, and does not mind restSearch without Accept", async () => {
        assert.equal(rows(await call({ method: "POST", headers: { ...json, accept: "*/*" }, body })), 1);
        assert.equal((await call({})).status, 400);
        assert.equal((await call({ method: "POST", headers: json, body: "{" })).status, 405);
        assert.equal((await call({ headers: { authorization: `Bearer ${KEY}` } })).status, 403);
    });

    it("redirects to the login elsewhere, whether the key is right or not", async () => {
        const redirected = await call({ headers: { accept: "*/*" } }, "/servers/getVersion");
        assert.equal(redirected.status, 302);
        assert.equal(redirected.headers.get("location"), `${misp.url}/users/login`);
    });

    it("drops what is on a warning list after LIMIT: pages are short or empty before full ones", async () => {
        const warningLists = ["List"];
        const flags = [1, 1, 1, 0, 0, 1, 1, 1, 1, 0];
        misp.replace(
            flags.map((listed, index) =>
                attribute(`203.0.113.${index}`, "ip-dst", listed ? { warningLists } : {}),
            ),
        );
        const counts: unknown[] = [];
        for (const page of [1, 2, 3, 4]) {
            const search = JSON.stringify({ tags: ["T"], limit: 3, page, enforceWarninglist: 1 });
            const answer = await call({ method: "POST", headers: json, body: search });
            const header = (name: string) => Number(answer.headers.get(name));
            counts.push([rows(answer), header("x-skipped-elements-count"), header("x-result-count")]);
        }
        assert.deepEqual(counts, [
            [0, 3, 4],
            [2, 1, 4],
            [0, 3, 4],
            [1, 0, 1],
        ]);
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
