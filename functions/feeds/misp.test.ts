import assert from "node:assert/strict";
import { FeedError } from "./feed-error";
import { mispKey } from "./misp-key";
import { Answer, answering, failsWith, KEY, readPass } from "./misp-testing";

function row(id: number, more: object = {}): object {
    const seen = { to_ids: true, timestamp: "1795505806" };
    return { uuid: `u${id}`, type: "ip-dst", value: `9.9.9.${id}`, ...seen, ...more };
}

/** A page: rows, X-Result-Count, skipped. */
function page(rows: readonly object[], count?: number, skipped?: number): Answer {
    const headers = {
        ...(count === undefined ? {} : { "x-result-count": String(count) }),
        ...(skipped === undefined ? {} : { "x-skipped-elements-count": String(skipped) }),
    };
    return { headers, text: JSON.stringify({ response: { Attribute: rows } }) };
}

const refused = (status: number, message: string, more: object = {}): Answer => ({
    status,
    text: JSON.stringify({ name: message, message, url: "/attributes/restSearch", ...more }),
});

describe("openMisp's requests", () => {
    it("ask for live detection attributes in a fixed order, with the bare key", async () => {
        const http = answering(page([row(1)], 1));
        await readPass({ http, url: "https://misp.example/base/?x#y" });
        const [{ url, method, headers, redirect, body }] = http.requests;
        assert.equal(url, "https://misp.example/base/attributes/restSearch");
        assert.equal(method, "POST");
        assert.notEqual(redirect, true);
        assert.deepEqual(headers, {
            authorization: KEY,
            accept: "application/json",
            "content-type": "application/json",
        });
        assert.deepEqual(JSON.parse(String(body)), {
            returnFormat: "json",
            tags: ["T"],
            to_ids: 1,
            type: [
                "ip-src",
                "ip-dst",
                "ip-src|port",
                "ip-dst|port",
                "domain",
                "hostname",
                "hostname|port",
                "domain|ip",
                "url",
            ],
            order: "Attribute.id asc",
            limit: 5000,
            page: 1,
        });
    });

    it("ask for warning list hits where the definition says so", async () => {
        const http = answering(page([row(1)], 1));
        await readPass({ http, warningLists: true });
        const body = JSON.parse(String(http.requests[0].body)) as Record<string, unknown>;
        assert.equal(body.includeWarninglistHits, 1);
        assert.ok(!("enforceWarninglist" in body), "it would drop rows after LIMIT, uncounted by the report");
    });

    it("are not made with settings that would read too much or send the key in clear", async () => {
        const http = answering();
        const refuses = (options: object, pattern: RegExp) =>
            assert.rejects(readPass({ http, ...options }), failsWith("configuration", pattern));
        await refuses({ tags: [] }, /no MISP tag/);
        await refuses({ tags: ["!x", ""] }, /no MISP tag/);
        await refuses({ url: "http://misp.example" }, /https/);
        await refuses({ url: "http://127.evil.example" }, /https/);
        await refuses({ url: "misp.example" }, /https/);
        await refuses({ url: "https://user:word@misp.example" }, /user or a password/);
        await refuses({ secret: "Bearer abc" }, /Bearer/);
        await refuses({ pageSize: 1 }, /page size/);
        assert.equal(http.requests.length, 0);
    });
});

describe("openMisp's paging", () => {
    it("goes on over short and empty pages while rows were dropped after the limit", async () => {
        const http = answering(
            page([], 4, 3),
            page([row(1), row(2)], 4, 1),
            page([], 4, 3),
            page([row(3)], 1, 0),
        );
        const { values, end } = await readPass({ http, pageSize: 3 });
        assert.deepEqual(
            values.map(({ value }) => value),
            ["9.9.9.1", "9.9.9.2", "9.9.9.3"],
        );
        assert.deepEqual(end, { pass: "full" });
        assert.equal(http.requests.length, 4);
    });

    it("works without the count headers", async () => {
        const http = answering(page([row(1), row(2)]), page([row(3)]));
        assert.equal((await readPass({ http, pageSize: 2 })).values.length, 3);
    });

    it("counts a row once that moved to the next page", async () => {
        const http = answering(page([row(1), row(2)], 3), page([row(2), row(3)], 3), page([], 1));
        assert.equal((await readPass({ http, pageSize: 2 })).values.length, 3);
    });

    it("goes on after the last page of a run that was cut off", async () => {
        const whole = answering(page([row(1), row(2)], 3), page([row(3)], 1));
        const { pages } = await readPass({ http: whole, pageSize: 2 });
        const http = answering(page([row(3)], 1));
        const position = { resume: pages[0].resume };
        const rest = await readPass({ http, pageSize: 2, position });
        assert.deepEqual(
            rest.values.map(({ value }) => value),
            ["9.9.9.3"],
        );
        assert.match(String(http.requests[0].body), /"page":2/);
        // A run cut off after its last page has nothing left, which is no empty feed.
        const nothing = { http: answering(page([], 1)), pageSize: 2, position: { resume: pages[1].resume } };
        assert.deepEqual((await readPass(nothing)).end, { pass: "full" });
    });

    it("begins anew when the page size has changed or the memory is of no use", async () => {
        for (const resume of [{ page: 3, pageSize: 100, values: 1 }, { page: "x" }, {}]) {
            const http = answering(page([row(1)], 1));
            await readPass({ http, pageSize: 2, position: { resume } });
            assert.match(String(http.requests[0].body), /"page":1}/);
        }
    });

    it("stops when the server ignores the filter or the page, or never ends", async () => {
        const md5 = answering(page([row(1, { type: "md5" })], 1));
        await assert.rejects(readPass({ http: md5 }), failsWith("response", /"md5".*ignored the filter/));
        const same = answering(page([row(1), row(2)], 3), page([row(1), row(2)], 3));
        await assert.rejects(
            readPass({ http: same, pageSize: 2 }),
            failsWith("response", /page 2.*earlier pages/),
        );
        const endless = answering(...Array.from({ length: 200 }, () => page([], 5000)));
        await assert.rejects(readPass({ http: endless }), failsWith("response", /pages without a row/));
    });

    it("takes a pass without any value for a wrong tag, not for an empty feed", async () => {
        const http = answering(page([], 1));
        await assert.rejects(
            readPass({ http, tags: ["A", "B"] }),
            failsWith("response", /no indicator under tags A, B: check the tags' spelling/),
        );
    });
});

describe("openMisp's errors", () => {
    const unreachable = new FeedError("unreachable", "https://misp.example broke off: ECONNRESET");

    it("are told apart by MISP's message where the status is 403 for everything", async () => {
        const refuses = (answer: Answer, kind: "authentication" | "request", pattern: RegExp) =>
            assert.rejects(readPass({ http: answering(answer) }), failsWith(kind, pattern));
        await refuses(refused(403, "Authentication failed. Please"), "authentication", /wrong or expired/);
        await refuses(
            refused(403, "It is not possible to use this Auth key from your IP address"),
            "authentication",
            /allowed IPs/,
        );
        await refuses(
            refused(403, "You do not have permission to use this functionality."),
            "authentication",
            /role/,
        );
        await refuses(
            refused(403, "Could not save", { errors: { value: ["no"] } }),
            "request",
            /403.*Could not save/,
        );
    });

    it("take a redirect for a wrong setting", async () => {
        const http = answering({ status: 302, headers: { location: "/users/login" }, text: "" });
        await assert.rejects(readPass({ http }), failsWith("configuration", /302.*users\/login/));
    });

    it("never show the key, also when a server repeats it", async () => {
        const http = answering(refused(405, `bad key ${KEY}\nin header`));
        await assert.rejects(readPass({ http }), failsWith("request", /bad key <key> in header/));
    });

    it("come only after three more tries, each later than the last, where they may pass", async () => {
        for (const fault of [refused(500, "An Internal Error Has Occurred."), unreachable]) {
            const waits: number[] = [];
            const sleep = async (milliseconds: number) => waits.push(milliseconds);
            const http = answering(fault, fault, fault, fault);
            await assert.rejects(readPass({ http, sleep }), FeedError);
            assert.deepEqual(waits, [1000, 2000, 4000]);
            const passes = answering(fault, fault, fault, page([row(1)], 1));
            assert.equal((await readPass({ http: passes, sleep })).values.length, 1);
        }
    });

    it("come at once where trying again is of no use", async () => {
        for (const answer of [refused(403, "no"), refused(405, "no"), { text: "<html>" }, { text: "null" }]) {
            const http = answering(answer);
            await assert.rejects(readPass({ http }), FeedError);
            assert.equal(http.requests.length, 1);
        }
    });

    it("wait for a rate limit that ends within two minutes, and not longer", async () => {
        const waits: number[] = [];
        const sleep = async (milliseconds: number) => waits.push(milliseconds);
        const limited = (reset?: string): Answer => ({
            ...refused(429, "Rate limit exceeded."),
            headers: reset === undefined ? {} : { "x-rate-limit-reset": reset },
        });
        const http = answering(limited("30"), page([row(1)], 1));
        assert.equal((await readPass({ http, sleep })).values.length, 1);
        assert.deepEqual(waits, [31_000]);
        await assert.rejects(
            readPass({ http: answering(limited("899")), sleep }),
            failsWith("rate-limit", /899 s/),
        );
        await assert.rejects(
            readPass({ http: answering(limited()), sleep }),
            failsWith("rate-limit", /900 s/),
        );
        assert.equal(waits.length, 1);
    });
});

describe("mispKey", () => {
    it("is the secret itself, or the key of its JSON", () => {
        assert.equal(mispKey(` ${KEY}\n`), KEY);
        assert.equal(mispKey(`{"key": "${KEY}"}`), KEY);
    });

    it("is refused where there is none, without a word of the secret", () => {
        for (const secret of [undefined, "", " ", "{", "{}", '{"key": 5}', `Bearer ${KEY}`, `${KEY}é`]) {
            assert.throws(() => mispKey(secret), failsWith("configuration", /no MISP key/));
        }
    });
});
