import assert from "node:assert/strict";
import { gunzipSync, gzipSync } from "node:zlib";
import { MemoryBucket } from "../bucket-testing";
import { OpenSearch } from "../sinks/opensearch";
import { backoffSeconds, createHandler } from "./index-documents";
import { FakeClient, quiet, s3Message, sqsEvent } from "./testing";

const ENV = {
    OPENSEARCH_ENDPOINT: "search.example",
    LAKE_BUCKET: "lake",
    QUEUE_URL: "https://queue",
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "AKID",
    AWS_SECRET_ACCESS_KEY: "secret",
    REPLICAS: "0",
};
const KEY = "logs/aws.waf/222222222222/us-east-1/2026/11/24/abc.ndjson.gz";

function line(id: string, timestamp = "2026-11-23T10:00:00.000Z"): string {
    return JSON.stringify({ "@timestamp": timestamp, event: { id, dataset: "aws.waf" }, note: "\u2028" });
}

type Status = (id: string) => number;

/** OpenSearch's bulk API in memory. */
class FakeSearch {
    readonly documents = new Map<string, string>();
    readonly requests: { method: string; path: string; headers: Record<string, string>; body: string }[] = [];
    /** Answers of the next requests in place of the real ones: a status, or an error to throw. */
    readonly faults: (number | Error)[] = [];

    constructor(private readonly status: Status = () => 201) {}

    readonly fetch = (async (url: string, init: RequestInit) => {
        const body = String(init.body);
        const headers = init.headers as Record<string, string>;
        this.requests.push({ method: String(init.method), path: new URL(url).pathname, headers, body });
        const fault = this.faults.shift();
        if (fault instanceof Error) {
            throw fault;
        }
        if (fault) {
            return new Response("busy", { status: fault });
        }
        return new Response(url.endsWith("/_bulk") ? JSON.stringify(this.bulk(body)) : "{}");
    }) as typeof fetch;

    private bulk(body: string): object {
        const lines = body.trimEnd().split("\n");
        const items = [];
        for (let at = 0; at < lines.length; at += 2) {
            const { index } = JSON.parse(lines[at]) as { index: { _index: string; _id: string } };
            const status = this.status(index._id);
            if (status < 300) {
                this.documents.set(`${index._index}/${index._id}`, lines[at + 1]);
            }
            const error = {
                type: "mapper_parsing_exception",
                reason: "failed",
                caused_by: { reason: "no ip" },
            };
            items.push({ index: status < 300 ? { status } : { status, error } });
        }
        return { errors: true, items };
    }
}

function setUp(lines: readonly string[], status?: Status) {
    const s3 = new MemoryBucket();
    s3.objects.set(KEY, gzipSync(`${lines.join("\n")}\n`));
    const sqs = new FakeClient();
    const search = new FakeSearch(status);
    return { s3, sqs, search, handler: createHandler(ENV, { s3, sqs, fetch: search.fetch }) };
}

function quarantined(s3: MemoryBucket): { reason: string; raw: string; origin: string }[] {
    const object = s3.objects.get(`quarantine/index/${KEY}`);
    const text = object ? gunzipSync(object).toString().trim() : "";
    return text
        ? text
              .split("\n")
              .map((entry) => JSON.parse(entry) as { reason: string; raw: string; origin: string })
        : [];
}

const EVENT = sqsEvent(s3Message(KEY, "lake"));
const DONE = { batchItemFailures: [] };
const FAILED = { batchItemFailures: [{ itemIdentifier: "m0" }] };

describe("index-documents", () => {
    quiet();

    it("indexes by the event's own day and id, signed, the template first and once", async () => {
        const { search, handler } = setUp([line("a"), line("b", "2026-11-24T00:00:00Z")]);
        assert.deepEqual(await handler(EVENT), DONE);
        assert.deepEqual(await handler(EVENT), DONE);
        assert.deepEqual(
            [...search.documents.keys()],
            ["logs-aws.waf-2026.11.23/a", "logs-aws.waf-2026.11.24/b"],
        );
        assert.deepEqual(
            search.requests.map(({ method, path }) => `${method} ${path}`),
            ["PUT /_index_template/syntheticsun", "POST /_bulk", "POST /_bulk"],
        );
        assert.match(
            search.requests[1].headers.authorization,
            /Credential=AKID\/\d{8}\/us-east-1\/es\/aws4_request/,
        );
        const { template } = JSON.parse(search.requests[0].body) as { template: Record<string, never> };
        assert.equal(
            (template.settings as { index: { number_of_replicas: number } }).index.number_of_replicas,
            0,
        );
    });

    it("puts what OpenSearch rejects into quarantine, and indexes the rest", async () => {
        const bad = [
            "{broken",
            JSON.stringify({ "@timestamp": "x", event: { id: "x", dataset: "aws.waf" } }),
        ];
        const { s3, sqs, search, handler } = setUp([line("a"), line("bad"), ...bad], (id) =>
            id === "bad" ? 400 : 201,
        );
        assert.deepEqual(await handler(EVENT), DONE);
        assert.equal(search.documents.size, 1);
        const reasons = quarantined(s3).map(({ reason }) => reason);
        assert.deepEqual(reasons, [
            "not JSON",
            "no @timestamp in ISO 8601",
            "mapper_parsing_exception: failed (no ip)",
        ]);
        assert.equal(quarantined(s3)[2].raw, line("bad"));
        assert.equal(sqs.inputs.length, 0);
    });

    it("tries rejected documents again when told to", async () => {
        let mended = false;
        const { s3, search, handler } = setUp([line("a"), line("bad")], (id) =>
            id === "bad" && !mended ? 400 : 201,
        );
        await handler(EVENT);
        const again = sqsEvent({ replay: `quarantine/index/${KEY}` });
        assert.deepEqual(await handler(again), DONE);
        assert.deepEqual([...search.documents.keys()], ["logs-aws.waf-2026.11.23/a"], "still rejected");
        assert.equal(quarantined(s3).length, 1);
        mended = true;
        assert.deepEqual(await handler(again), DONE);
        assert.equal(search.documents.get("logs-aws.waf-2026.11.23/bad"), line("bad"));
    });

    it("cuts a value too long for the index rather than hide the event from search", async () => {
        const parameter = "é".repeat(20_000);
        const { aws, ...rest } = {
            ...(JSON.parse(line("long")) as object),
            aws: { waf: { args: parameter, n: 1 } },
        };
        const { search, handler } = setUp([JSON.stringify({ ...rest, aws })]);
        assert.deepEqual(await handler(EVENT), DONE);
        const [text] = [...search.documents.values()];
        const document = JSON.parse(text) as { aws: { waf: { args: string; n: number } }; tags: string[] };
        assert.ok(Buffer.byteLength(document.aws.waf.args) < 30_000);
        assert.match(document.aws.waf.args, /^é+… \(40000 bytes\)$/);
        assert.deepEqual([document.aws.waf.n, document.tags], [1, ["value_cut"]]);
    });

    const faults: readonly [string, number | Error][] = [
        ["429", 429],
        ["503", 503],
        ["403", 403],
        ["a broken connection", new TypeError("fetch failed")],
    ];
    for (const [name, fault] of faults) {
        it(`brings the whole message back later after ${name}`, async () => {
            const { s3, sqs, search, handler } = setUp([line("a")]);
            search.faults.push(fault);
            assert.deepEqual(await handler(EVENT), FAILED);
            const expected = { QueueUrl: "https://queue", ReceiptHandle: "r0", VisibilityTimeout: 20 };
            assert.deepEqual(sqs.inputs, [expected]);
            assert.deepEqual(quarantined(s3), []);
            assert.deepEqual(await handler(EVENT), DONE, "the template is tried again");
            assert.equal(search.documents.size, 1);
        });
    }

    it("brings the message back when a single item is throttled", async () => {
        const { s3, handler } = setUp([line("a"), line("b")], (id) => (id === "b" ? 429 : 201));
        assert.deepEqual(await handler(EVENT), FAILED);
        assert.deepEqual(quarantined(s3), []);
    });

    it("leaves quarantine objects and objects that are gone alone", async () => {
        const { search, handler } = setUp([line("a")]);
        const others = sqsEvent(s3Message("quarantine/aws.waf/x"), s3Message("logs/gone"), {
            Event: "s3:TestEvent",
        });
        assert.deepEqual(await handler(others), DONE);
        assert.ok(search.requests.every(({ path }) => path !== "/_bulk"));
    });

    it("backs off from 5 s to 300 s", () => {
        assert.deepEqual([1, 2, 3, 7, 99].map(backoffSeconds), [5, 10, 20, 300, 300]);
    });
});

describe("OpenSearch.bulk", () => {
    async function* items(count: number) {
        for (let index = 0; index < count; index++) {
            yield { index: "logs-x", id: `i${index}`, line: JSON.stringify({ text: "x".repeat(900) }) };
        }
    }
    const clientOf = (search: FakeSearch) =>
        new OpenSearch("http://127.0.0.1:9200/", ({ url, ...init }) => search.fetch(url, init), 4096);

    it("sends chunks below the bound", async () => {
        const search = new FakeSearch();
        assert.deepEqual(await clientOf(search).bulk(items(10)), { indexed: 10, rejected: [] });
        assert.equal(search.requests.length, 3);
        assert.ok(search.requests.every(({ body }) => body.length <= 4096));
    });

    it("rejects a single document that is too large for the domain", async () => {
        const search = new FakeSearch();
        search.faults.push(413);
        const { indexed, rejected } = await clientOf(search).bulk(items(1));
        assert.deepEqual([indexed, rejected.length], [0, 1]);
        assert.match(rejected[0].reason, /413/);
    });
});
