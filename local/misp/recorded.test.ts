import assert from "node:assert/strict";
import { FeedErrorKind } from "../../functions/feeds/feed-error";
import { Answer, answering, failsWith, KEY, readPass } from "../../functions/feeds/misp-testing";
import { Exchange, exchanges, recordedAttributes, rowsOf } from "./recorded-samples";
import { MispFault, MispOptions, RunningMisp, startMisp } from "./server";

const samples = exchanges();
const answered = ({ status, headers, text }: Exchange): Answer => ({ status, headers, text });
const isSearch = ({ path, method }: Exchange) => method === "POST" && /restSearch/.test(path);
const isPage = (sample: Exchange) =>
    isSearch(sample) && sample.status === 200 && /json/.test(sample.headers["content-type"]);

/** What the client asks for. */
const TYPES = /^(?:ip-(?:src|dst)(?:\|port)?|domain(?:\|ip)?|hostname(?:\|port)?|url)$/;

describe("openMisp on recorded exchanges", () => {
    before(function () {
        if (samples.size === 0) {
            this.skip();
        }
    });

    for (const sample of [...samples.values()].filter(isPage)) {
        const rows = rowsOf(sample.text);
        it(`${sample.name}: gives what its ${rows.length} rows hold`, async () => {
            // The page size is as great as to make the answer the last page.
            const http = answering(answered(sample));
            const pass = readPass({ http, pageSize: 1000, warningLists: true });
            const live = rows.filter(({ to_ids: ids, deleted }) => ids && !deleted);
            assert.ok(live.every(({ type }) => TYPES.test(type)));
            if (live.length === 0) {
                return assert.rejects(pass, failsWith("response", /no indicator under tags/));
            }
            const expected = live.flatMap(({ type, value }) =>
                type === "domain|ip" ? value.split("|") : [/port$/.test(type) ? value.split("|")[0] : value],
            );
            const { values, end } = await pass;
            assert.deepEqual(
                values.map(({ value }) => value),
                expected,
            );
            assert.ok(values.every(({ firstSeen }) => firstSeen?.startsWith("2026-11-24T07:")));
            assert.deepEqual(end, { pass: "full" });
        });
    }

    it("31d: refuses what is on a warning list, by the list's name", async () => {
        const http = answering(answered(sampleOf("31d-rs-includeWarninglistHits")));
        const [{ value, refused }] = (await readPass({ http, warningLists: true })).values;
        assert.equal(value, "8.8.8.8");
        assert.equal(refused, "on MISP's warning list List of known IPv4 public DNS resolvers");
    });

    it("31b: an empty page of which rows were dropped is not the last", async () => {
        const names = ["31b-rs-enforceWarninglist-page", "10-rs-ip-tag", "19-rs-page4"];
        const http = answering(...names.map((name) => answered(sampleOf(name))));
        assert.equal((await readPass({ http, pageSize: 3 })).values.length, 14);
        assert.equal(http.requests.length, 3);
    });

    const errors: readonly (readonly [string, FeedErrorKind, RegExp])[] = [
        ["20g-rs-nan", "server", /500.*Internal Error/],
        ["25-rs-bad-format", "request", /404.*Invalid output format/],
        ["25c-rs-bad-json", "request", /405.*Invalid JSON/],
        ["25d-rs-get", "request", /400.*no parameters/],
        ["26-rs-text", "response", /not JSON.*203\.0\.113\.10/],
        ["26b-rs-csv", "response", /not JSON.*uuid,event_id/],
        ["40-err-no-auth", "authentication", /Authentication failed.*wrong or expired/],
        ["40b-err-bad-key", "authentication", /Authentication failed/],
        ["40c-err-short-key", "authentication", /Authentication failed/],
        ["40d-bearer", "authentication", /Authentication failed/],
        ["40e-html-no-auth", "configuration", /302.*users\/login/],
        ["40f-html-key", "configuration", /302.*users\/login/],
        ["40g-no-accept-get", "configuration", /302.*users\/login/],
        ["41-404-action", "request", /404.*Not Found/],
        ["41b-404-controller", "request", /404.*Not Found/],
        ["41c-404-event", "request", /404.*Invalid event/],
        ["41d-404-attr", "request", /405.*Invalid attribute/],
        ["42-405-tags-view", "response", /no response\.Attribute/],
        ["42b-405", "server", /500/],
        ["42c-get-tags-add", "response", /no response\.Attribute/],
        ["43-db-down", "server", /500.*Internal Error/],
        ["43b-db-down-heartbeat", "server", /500/],
        ["43d-redis-down-fetch", "server", /500/],
        ["43e-php-down", "server", /502.*502 Bad Gateway/],
        ["53-ip-not-allowed", "authentication", /IP address.*allowed IPs/],
        ["53b-expired-key", "authentication", /Authentication failed/],
        ["57-ratelimit-4", "rate-limit", /899 s/],
        ["57-ratelimit-5", "rate-limit", /899 s/],
        ["57b-ratelimit-other-endpoint", "response", /no response\.Attribute/],
        ["57c-ratelimit-zero", "request", /405.*not allowed for this user role/],
        ["59d-disabled-user-call", "authentication", /403/],
        ["86c-live0-user-rs", "configuration", /302.*users\/login/],
    ];
    for (const [name, kind, message] of errors) {
        it(`${name}: is an error of kind ${kind}`, async () => {
            const sample = sampleOf(name);
            const http = answering(...Array.from({ length: 4 }, () => answered(sample)));
            await assert.rejects(readPass({ http }), failsWith(kind, message));
        });
    }
});

describe("the stand-in on recorded exchanges", () => {
    before(function () {
        if (samples.size === 0) {
            this.skip();
        }
    });
    const world = recordedAttributes(samples);

    // Left out: what the client never asks for (other formats, correlations, decay, times, event tags, URL parameters).
    const known =
        /^(?:10|11|13|14|15|15c|16b?|17b?|18|19|20[deg]|21|22[bcd]?|24|25[cfgi]?|27|31[bd]?|33|52|55c|43c)-/;
    for (const sample of [...samples.values()].filter((each) => isSearch(each) && known.test(each.name))) {
        it(`${sample.name}: answers as MISP did`, async () => {
            // Attribute 4 was deleted between recordings 31 and 33.
            const deleted = sample.name.startsWith("33-") || sample.name.startsWith("43c");
            const attributes = world.map((entry) => (entry.id === 4 ? { ...entry, deleted } : entry));
            await withMisp({ attributes }, (misp) => assertSame(misp, sample));
        });
    }

    const refused: readonly (readonly [string, MispFault?])[] = [
        ["25d-rs-get"],
        ["40-err-no-auth"],
        ["40b-err-bad-key"],
        ["40c-err-short-key"],
        ["40d-bearer"],
        ["40e-html-no-auth"],
        ["40f-html-key"],
        ["40g-no-accept-get"],
        ["41-404-action"],
        ["41b-404-controller"],
        ["41c-404-event"],
        ["43-db-down", "database-down"],
        ["43b-db-down-heartbeat", "database-down"],
        ["43e-php-down", "bad-gateway"],
        ["53-ip-not-allowed", "ip-not-allowed"],
        ["57-ratelimit-4", "rate-limit"],
        ["57c-ratelimit-zero", "searches-not-allowed"],
        ["58c-nonadmin-tags-add", "no-permission"],
        ["83-heartbeat"],
        ["86c-live0-user-rs", "not-live"],
    ];
    for (const [name, fault] of refused) {
        it(`${name}: answers as MISP did`, () =>
            withMisp({ attributes: world }, (misp) => {
                misp.fail(fault);
                return assertSame(misp, sampleOf(name));
            }));
    }

    it("57: counts searches down to the limit as MISP did", () =>
        withMisp({ attributes: world, rateLimit: 3 }, async (misp) => {
            for (const count of [1, 2, 3, 4, 5]) {
                await assertSame(misp, sampleOf(`57-ratelimit-${count}`));
            }
        }));
});

function sampleOf(name: string): Exchange {
    return samples.get(name) ?? assert.fail(`no recorded exchange ${name}`);
}

async function withMisp(
    options: Omit<MispOptions, "key">,
    test: (misp: RunningMisp) => Promise<void>,
): Promise<void> {
    const misp = await startMisp({ ...options, key: KEY });
    try {
        await test(misp);
    } finally {
        await misp.close();
    }
}

/** Headers that a client may go by. */
const HEADERS = [
    "content-type",
    "x-result-count",
    "x-export-module-used",
    "x-response-format",
    "x-skipped-elements-count",
    "x-rate-limit-limit",
    "x-rate-limit-remaining",
    "x-rate-limit-reset",
];

/** Sends the recorded request and compares: status, headers, shape, and of a search the rows in their order. */
async function assertSame(misp: RunningMisp, sample: Exchange): Promise<void> {
    const { method, path, requestBody } = sample;
    const response = await fetch(misp.url + path, {
        method,
        headers: requestHeaders(sample),
        redirect: "manual",
        ...(requestBody ? { body: requestBody } : {}),
    });
    const text = await response.text();
    assert.equal(response.status, sample.status);
    const recorded = HEADERS.map((name) => [name, sample.headers[name] ?? null]);
    assert.deepEqual(
        HEADERS.map((name) => [name, response.headers.get(name)]),
        recorded,
    );
    const location = (url: string | null | undefined) => url && new URL(url).pathname;
    assert.equal(location(response.headers.get("location")), location(sample.headers.location) ?? null);
    if (!/json/.test(sample.headers["content-type"])) {
        return;
    }
    if (!isPage(sample)) {
        return assert.deepEqual(JSON.parse(text), JSON.parse(sample.text));
    }
    const shown = (body: string) => rowsOf(body).map(({ id, value, ...row }) => [id, value, shapeOf(row)]);
    assert.deepEqual(shown(text), shown(sample.text));
}

/** The recorder put names in place of the keys that were right. */
function requestHeaders({ requestHeaders: headers, name }: Exchange): Record<string, string> {
    const right = (headers.authorization ?? "").replace(/<(?:OTHER_)?API_KEY>/, KEY);
    assert.ok(!right.includes("<"), `${name} has a key of another name: ${right}`);
    return { ...headers, ...(right ? { authorization: right } : {}) };
}

/** Keys and types of a value, of a list those of its first item. */
function shapeOf(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.slice(0, 1).map(shapeOf);
    }
    return typeof value === "object" && value !== null
        ? Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shapeOf(item)]))
        : value === null
          ? "null"
          : typeof value;
}
