import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { WAFV2Client } from "@aws-sdk/client-wafv2";
import { Indicator } from "../indicators/indicator";
import { SnapshotLoader } from "../indicators/load";
import { encodeSnapshot } from "../indicators/snapshot";
import { createHandler as createCollect } from "./collect";
import { createHandler as createCompile } from "./compile";
import { createHandler as createEnforce } from "./enforce";
import { FakeClient, FakeS3, quiet, sqsEvent } from "./testing";

const NOW = new Date("2026-11-24T12:00:00Z");

/** The table behind scan and batch write. */
class FakeTable extends FakeClient {
    readonly items = new Map<string, Record<string, { S?: string; N?: string }>>();

    constructor() {
        super((input, name) => {
            if (name === "ScanCommand") {
                return { Items: input.Segment === 0 ? [...this.items.values()] : [] };
            }
            type Put = { PutRequest: { Item: Record<string, { S: string }> } };
            for (const { PutRequest } of (input.RequestItems as { ioc: Put[] }).ioc) {
                this.items.set(PutRequest.Item.value.S, PutRequest.Item);
            }
            return {};
        });
    }
}

function misp(values: readonly string[], status = 200): typeof fetch {
    const Attribute = values.map((value, id) => ({
        uuid: `u${id}`,
        type: "ip-dst",
        value,
        timestamp: "1795505806",
    }));
    return (async () =>
        new Response(JSON.stringify({ response: { Attribute } }), { status })) as typeof fetch;
}

const COLLECT_ENV = {
    IOC_TABLE: "ioc",
    MISP_URL: "https://misp.example",
    MISP_SECRET_ARN: "arn:secret",
    MISP_TAGS: "DDB_IP_FEED, DDB_URL_FEED",
    COMPILE_FUNCTION: "compile",
    ALLOW_LIST: "9.9.9.0/28",
};

function collector(
    values: readonly string[],
    env: Record<string, string> = {},
    dynamo = new FakeTable(),
    status = 200,
) {
    const lambda = new FakeClient();
    const secrets = new FakeClient(() => ({ SecretString: JSON.stringify({ key: "k".repeat(40) }) }));
    const clients = { dynamo, lambda, secrets, fetch: misp(values, status), now: () => NOW };
    return { dynamo, lambda, run: createCollect({ ...COLLECT_ENV, ...env }, clients) };
}

describe("collect", () => {
    quiet();

    it("normalises, refuses, writes once and has the snapshot compiled each time", async () => {
        const values = ["8.8.4.4", "8.8.4.4", "10.0.0.1", "9.9.9.9", "203.0.113.9", "junk!", "EVIL.example"];
        const { dynamo, lambda, run } = collector(values);
        const report = await run();
        assert.equal(report.feeds.misp.read, 7);
        assert.equal(report.feeds.misp.indicators, 2);
        assert.equal(report.feeds.misp.invalid, 1);
        const refused = Object.values(report.feeds.misp.refused).reduce((sum, count) => sum + count, 0);
        assert.equal(refused, 3);
        assert.deepEqual([...dynamo.items.keys()].sort(), ["8.8.4.4", "evil.example"]);
        assert.deepEqual([report.written, report.unchanged], [2, 0]);
        const again = await run();
        assert.deepEqual([again.written, again.unchanged], [0, 2]);
        assert.equal(lambda.inputs.length, 2);
        assert.deepEqual(
            [lambda.inputs[0].FunctionName, lambda.inputs[0].InvocationType],
            ["compile", "Event"],
        );
    });

    it("takes documentation addresses where that is allowed", async () => {
        const { dynamo, run } = collector(["203.0.113.9"], { ALLOW_DOCUMENTATION: "true" });
        await run();
        assert.ok(dynamo.items.has("203.0.113.9"));
    });

    it("leaves the table alone when the feed fails or is empty", async () => {
        const refused = collector([], {}, new FakeTable(), 403);
        await assert.rejects(refused.run(), { name: "MispError" });
        const empty = collector([]);
        await assert.rejects(empty.run(), /misp: no indicator under tags DDB_IP_FEED, DDB_URL_FEED/);
        for (const { dynamo, lambda } of [refused, empty]) {
            assert.deepEqual([dynamo.inputs.length, lambda.inputs.length], [0, 0]);
        }
    });
});

describe("compile", () => {
    quiet();
    const env = { IOC_TABLE: "ioc", SNAPSHOT_BUCKET: "snapshots", PUBLISHED_TOPIC: "arn:topic" };
    const fill = async (dynamo: FakeTable, values: string[]) => {
        await collector(values, {}, dynamo).run();
    };
    const compiler = (dynamo: FakeTable, now = NOW) => {
        const s3 = new FakeS3();
        const sns = new FakeClient();
        return { s3, sns, run: createCompile(env, { dynamo, s3, sns, now: () => now }) };
    };

    it("puts the snapshot into force and publishes it", async () => {
        const dynamo = new FakeTable();
        await fill(dynamo, ["8.8.4.4"]);
        const { s3, sns, run } = compiler(dynamo);
        const report = await run();
        assert.equal(report.published, true);
        assert.deepEqual(
            [...s3.objects.keys()],
            [`snapshots/${report.sha256.slice(0, 16)}.bin`, "current.json"],
        );
        const message = JSON.parse(String(sns.inputs[0].Message)) as Record<string, unknown>;
        assert.deepEqual(Object.keys(message), ["version", "key", "sha256", "counts"]);
        assert.equal(message.key, report.key);
    });

    it("writes and publishes nothing when nothing has changed, unless forced", async () => {
        const dynamo = new FakeTable();
        await fill(dynamo, ["8.8.4.4"]);
        const { s3, sns, run } = compiler(dynamo);
        await run();
        assert.equal((await run()).published, false);
        assert.deepEqual([s3.puts.length, sns.inputs.length], [2, 1]);
        assert.equal((await run({ force: true })).published, true);
        assert.deepEqual([s3.puts.length, sns.inputs.length], [4, 2]);
    });

    it("leaves expired entries out, and keeps the last good snapshot when none is left", async () => {
        const dynamo = new FakeTable();
        await fill(dynamo, ["8.8.4.4"]);
        const { s3, run } = compiler(dynamo);
        await run();
        const late = createCompile(env, {
            dynamo,
            s3,
            sns: new FakeClient(),
            now: () => new Date("2027-01-01"),
        });
        await assert.rejects(late(), /no unexpired indicator but snapshots\/.* is in force: kept it/);
        await assert.rejects(late({ force: true }), /kept it/);
        assert.equal(s3.puts.length, 2);
    });
});

function indicator(value: string): Indicator {
    const seen = NOW.toISOString();
    return {
        type: "ipv4",
        value,
        feeds: ["misp"],
        firstSeen: seen,
        lastSeen: seen,
        expiresAt: 2e9,
        confidence: 80,
    };
}

function publish(s3: FakeS3, values: string[], damage = false): void {
    const bytes = encodeSnapshot(values.map(indicator));
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const key = `snapshots/${sha256.slice(0, 16)}.bin`;
    s3.objects.set(key, damage ? Buffer.from("junk") : bytes);
    s3.objects.set("current.json", Buffer.from(JSON.stringify({ sha256, version: "v", key, counts: {} })));
}

describe("SnapshotLoader", () => {
    quiet();
    const loaderOf = (s3: FakeS3) => {
        const clock = { now: 0 };
        return { clock, loader: new SnapshotLoader(s3, "snapshots", { now: () => clock.now }) };
    };

    it("is empty until there is one, then looks once a minute and reads what changed", async () => {
        const s3 = new FakeS3();
        const { clock, loader } = loaderOf(s3);
        assert.equal((await loader.current()).ip("8.8.4.4"), undefined);
        publish(s3, ["8.8.4.4"]);
        assert.equal((await loader.current()).ip("8.8.4.4"), undefined);
        clock.now = 60_000;
        assert.equal((await loader.current()).ip("8.8.4.4")?.value, "8.8.4.4");
        const { gets } = s3;
        clock.now = 120_000;
        await Promise.all([loader.current(), loader.current()]);
        assert.equal(s3.gets, gets + 1, "one conditional request");
    });

    it("keeps the last good one when the new one is damaged", async () => {
        const s3 = new FakeS3();
        const { clock, loader } = loaderOf(s3);
        publish(s3, ["8.8.4.4"]);
        await loader.current();
        publish(s3, ["8.8.4.5"], true);
        clock.now = 60_000;
        assert.ok((await loader.current()).ip("8.8.4.4"));
        await assert.rejects(loader.latest(), /does not match its SHA-256/);
        publish(s3, ["8.8.4.6"]);
        clock.now = 120_000;
        assert.ok((await loader.current()).ip("8.8.4.6"));
    });
});

describe("enforce", () => {
    quiet();
    const env = {
        SNAPSHOT_BUCKET: "snapshots",
        SNAPSHOT_REGION: "us-east-1",
        SCOPE: "REGIONAL",
        IPV4_SETS: JSON.stringify([{ id: "i", name: "n" }]),
    };
    const envelope = { Message: JSON.stringify({ version: "v", key: "k" }) };
    const wafOf = () =>
        new FakeClient((_, name) =>
            name === "GetIPSetCommand" ? { IPSet: { Addresses: [] }, LockToken: "1" } : {},
        );

    it("enforces once for a batch and answers malformed messages as failed", async () => {
        const s3 = new FakeS3();
        publish(s3, ["8.8.4.4"]);
        const waf = wafOf();
        const handler = createEnforce(env, { s3, waf: waf as unknown as WAFV2Client });
        const answer = await handler(sqsEvent(envelope, "junk", envelope));
        assert.deepEqual(answer, { batchItemFailures: [{ itemIdentifier: "m1" }] });
        assert.equal(waf.inputs.length, 2);
        assert.deepEqual(waf.inputs[1].Addresses, ["8.8.4.4/32"]);
    });

    it("unblocks nothing when there is no snapshot", async () => {
        const waf = wafOf();
        const handler = createEnforce(env, { s3: new FakeS3(), waf: waf as unknown as WAFV2Client });
        assert.equal((await handler(sqsEvent(envelope))).batchItemFailures.length, 1);
        assert.equal(waf.inputs.length, 0);
    });

    it("names a setting that is wrong", () => {
        const clients = { s3: new FakeS3(), waf: wafOf() as unknown as WAFV2Client };
        assert.throws(() => createEnforce({ ...env, IPV4_SETS: "[1]" }, clients), /IPV4_SETS must be JSON/);
        assert.throws(
            () => createEnforce({ ...env, SCOPE: "x" }, clients),
            /SCOPE must be REGIONAL or CLOUDFRONT/,
        );
    });
});
