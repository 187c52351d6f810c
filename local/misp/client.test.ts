import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { FeedTls } from "../../functions/feeds/definition";
import { FeedErrorKind } from "../../functions/feeds/feed-error";
import { FeedHttp, feedHttp } from "../../functions/feeds/http";
import { failsWith, KEY, Pass, PassOptions, readPass } from "../../functions/feeds/misp-testing";
import { MispAttribute, MispFault, RunningMisp, startMisp } from "./server";

function attribute(value: string, type = "ip-dst", more: Partial<MispAttribute> = {}): MispAttribute {
    return { value, type, tags: ["T"], ...more };
}

const connections: FeedHttp[] = [];

/** Reads with real requests. */
async function read(
    options: Omit<PassOptions, "http" | "tls"> & { readonly tls?: FeedTls; readonly timeout?: number },
): Promise<Pass> {
    const { tls, timeout, ...rest } = options;
    const http = feedHttp({ tls, timeout });
    connections.push(http);
    return readPass({ http, ...rest });
}

const texts = ({ values }: Pass) => values.map(({ value }) => value);

describe("openMisp against the stand-in", () => {
    let misp: RunningMisp;
    const many = Array.from({ length: 250 }, (_, index) => attribute(`198.18.0.${index}`));
    const list = ["List of RFC 5735 CIDR blocks"];
    const draft = { id: 2, tags: ["T"], published: false };
    const attributes = [
        ...many,
        attribute("203.0.113.9|8443", "ip-dst|port", { timestamp: 1_700_000_000 }),
        attribute("pair.example|203.0.113.60", "domain|ip"),
        attribute("http://evil.example/a", "url", { firstSeen: "2019-06-02T22:14:28.711954+00:00" }),
        attribute("2001:db8::ab", "ip-src", { warningLists: list }),
        attribute("198.51.100.0/24", "ip-dst", { tags: [], event: draft }),
        attribute("d41d8cd98f00b204e9800998ecf8427e", "md5"),
        attribute("203.0.113.77", "ip-dst", { toIds: false }),
        attribute("203.0.113.78", "ip-dst", { deleted: true }),
        attribute("203.0.113.79", "ip-dst", { tags: ["OTHER"] }),
        attribute("203.0.113.80", "ip-dst", { tags: ["t"] }),
    ];
    const rest = [
        "203.0.113.9",
        "pair.example",
        "203.0.113.60",
        "http://evil.example/a",
        "2001:db8::ab",
        "198.51.100.0/24",
    ];
    const expected = [...many.map(({ value }) => value), ...rest];

    before(async () => (misp = await startMisp({ key: KEY, attributes, rateReset: 30 })));
    after(async () => {
        await Promise.all(connections.map((http) => http.close()));
        await misp.close();
    });
    afterEach(() => {
        misp.fail(undefined);
        misp.replace(attributes);
    });

    for (const pageSize of [2, 100, 125, 255, 5000]) {
        it(`reads every value once, in order, with pages of ${pageSize}`, async () => {
            assert.deepEqual(texts(await read({ url: misp.url, pageSize })), expected);
        });
    }

    it("reads what an edited, and so unpublished, event has, also by the event's tag", async () => {
        assert.ok(texts(await read({ url: misp.url })).includes("198.51.100.0/24"));
    });

    it("ends in the same state when it is cut off after any page", async () => {
        const { pages } = await read({ url: misp.url, pageSize: 100 });
        for (const [index, { resume }] of pages.entries()) {
            const tail = await read({ url: misp.url, pageSize: 100, position: { resume } });
            const before = pages.slice(0, index + 1).flatMap(({ values }) => values);
            assert.deepEqual([...before, ...tail.values], pages.map(({ values }) => values).flat());
        }
    });

    it("gives no value twice when rows move to a later page meanwhile, and loses none", async () => {
        const more = [attribute("198.18.9.9", "ip-dst", { id: 0 }), ...attributes];
        const numbered = more.map((entry, index) => ({ ...entry, id: index }));
        const http = feedHttp({});
        connections.push(http);
        const shifting: FeedHttp = {
            ...http,
            request: async (...request) => {
                const response = await http.request(...request);
                misp.replace(numbered);
                return response;
            },
        };
        misp.replace(numbered.slice(1));
        assert.deepEqual(texts(await readPass({ http: shifting, url: misp.url, pageSize: 100 })), expected);
    });

    it("tells since when a value is known", async () => {
        const { values } = await read({ url: misp.url });
        const since = (text: string) => values.find(({ value }) => value === text)?.firstSeen;
        assert.equal(since("203.0.113.9"), "2023-11-14T22:13:20.000Z");
        assert.equal(since("http://evil.example/a"), "2019-06-02T22:14:28.711Z");
    });

    it("refuses what a warning list holds only where the feed asks for it, and drops nothing", async () => {
        const refused = ({ values }: Pass) =>
            values.filter((entry) => entry.refused).map((entry) => [entry.value, entry.refused]);
        assert.deepEqual(refused(await read({ url: misp.url })), []);
        const asked = await read({ url: misp.url, warningLists: true });
        assert.deepEqual(refused(asked), [["2001:db8::ab", `on MISP's warning list ${list[0]}`]]);
        assert.deepEqual(texts(asked), expected);
    });

    it("takes the tag's case as it is, and says what to check when nothing is under it", async () => {
        assert.deepEqual(texts(await read({ url: misp.url, tags: ["t"] })), ["203.0.113.80"]);
        const none = read({ url: misp.url, tags: ["NOPE"] });
        await assert.rejects(none, failsWith("response", /tags NOPE: check the tags' spelling \(case/));
    });

    it("tells a wrong key by MISP's own message, also one that is sent as Bearer", async () => {
        const wrong = read({ url: misp.url, secret: "x".repeat(40) });
        await assert.rejects(wrong, failsWith("authentication", /403.*Authentication failed.*wrong or/));
        assert.deepEqual(texts(await read({ url: misp.url, secret: `{"key":"${KEY}"}` })), expected);
    });

    it("says of a URL that is not MISP's base URL that the search is not there", async () => {
        const wrong = read({ url: `${misp.url}/misp` });
        await assert.rejects(wrong, failsWith("request", /404.*Not Found/));
    });

    const faults: readonly (readonly [MispFault, FeedErrorKind, RegExp])[] = [
        ["bad-gateway", "server", /502.*502 Bad Gateway/],
        ["database-down", "server", /500.*Internal Error/],
        ["reset", "unreachable", /broke off/],
        ["slow", "unreachable", /sent nothing for too long/],
        ["rate-limit", "rate-limit", /30 s/],
    ];
    for (const [fault, kind, message] of faults) {
        it(`comes over ${fault} that passes, and names one that stays`, async () => {
            misp.fail(fault, 2);
            assert.deepEqual(texts(await read({ url: misp.url, timeout: 200 })), expected);
            misp.fail(fault);
            await assert.rejects(read({ url: misp.url, timeout: 200 }), failsWith(kind, message));
        });
    }

    const settings: readonly (readonly [MispFault, FeedErrorKind, RegExp])[] = [
        ["html-instead", "response", /not JSON.*login page/],
        ["not-live", "configuration", /302.*users\/login/],
        ["searches-not-allowed", "request", /405.*not allowed for this user role/],
        ["ip-not-allowed", "authentication", /403.*IP address.*allowed IPs/],
        ["no-permission", "authentication", /403.*permission.*role/],
    ];
    for (const [fault, kind, message] of settings) {
        it(`says at once what ${fault} means`, async () => {
            misp.fail(fault);
            const before = misp.searches.length;
            await assert.rejects(read({ url: misp.url }), failsWith(kind, message));
            assert.ok(misp.searches.length <= before + 1);
        });
    }

    it("names a server that is not there", async () => {
        await assert.rejects(
            read({ url: "http://127.0.0.1:1" }),
            failsWith("unreachable", /ECONNREFUSED|bad port/),
        );
    });

    it("does not read on after a rate limit that its own pages have used up", async () => {
        const limited = await startMisp({ key: KEY, attributes, rateLimit: 2 });
        try {
            const pass = read({ url: limited.url, pageSize: 100 });
            await assert.rejects(pass, failsWith("rate-limit", /899 s/));
            assert.equal(limited.searches.length, 3);
        } finally {
            await limited.close();
        }
    });
});

describe("openMisp against a self-signed server", () => {
    let misp: RunningMisp;
    let tls: { key: string; cert: string };
    before(async function () {
        const made = selfSigned() ?? this.skip();
        tls = made;
        misp = await startMisp({ key: KEY, attributes: [attribute("203.0.113.1")], tls });
    });
    after(async () => {
        await Promise.all(connections.map((http) => http.close()));
        await misp?.close();
    });

    it("trusts it by a CA bundle or by the pinned fingerprint", async () => {
        const { fingerprint256: fingerprint } = new X509Certificate(tls.cert);
        assert.deepEqual(texts(await read({ url: misp.url, tls: { ca: tls.cert } })), ["203.0.113.1"]);
        assert.deepEqual(texts(await read({ url: misp.url, tls: { fingerprint } })), ["203.0.113.1"]);
    });

    it("sends neither key nor search to a server that nothing vouches for", async () => {
        const before = misp.searches.length;
        const fingerprint = "00".repeat(32);
        await assert.rejects(read({ url: misp.url }), failsWith("configuration", /not trusted/));
        await assert.rejects(
            read({ url: misp.url, tls: { fingerprint } }),
            failsWith("configuration", /not the pinned one/),
        );
        assert.equal(misp.searches.length, before);
    });
});

/** A self-signed certificate for 127.0.0.1, or undefined where there is no openssl. */
function selfSigned(): { readonly key: string; readonly cert: string } | undefined {
    const folder = mkdtempSync(path.join(tmpdir(), "syntheticsun-misp-"));
    const key = path.join(folder, "key.pem");
    const cert = path.join(folder, "cert.pem");
    const options =
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=misp -addext subjectAltName=IP:127.0.0.1";
    try {
        execFileSync("openssl", [...options.split(" "), "-keyout", key, "-out", cert], { stdio: "ignore" });
        return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
    } catch {
        return undefined;
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}
