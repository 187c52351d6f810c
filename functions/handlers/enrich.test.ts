import assert from "node:assert/strict";
import { gunzipSync, gzipSync } from "node:zlib";
import type { CloudWatchLogsEvent, SQSBatchResponse } from "aws-lambda";
import { BatchReport } from "../pipeline";
import { dateOfKey } from "./delivery";
import { createHandler } from "./enrich";
import { s3ObjectsOf } from "./sqs";
import { FakeS3, quiet, s3Message, sqsEvent } from "./testing";

const ENV = {
    KIND: "waf",
    FORMAT: "",
    ACCOUNT_ID: "222222222222",
    AWS_REGION: "us-east-1",
    LAKE_BUCKET: "lake",
    LAKE_REGION: "us-east-1",
    LAKE_KMS_KEY: "arn:key",
    SNAPSHOT_BUCKET: "snapshots",
    SNAPSHOT_REGION: "us-east-1",
};
const KEY = "AWSLogs/222222222222/WAFLogs/us-east-1/acl/2026/11/24/10/05/a b+c.log.gz";

function wafLine(clientIp: string): string {
    const httpRequest = { clientIp, country: "US", headers: [], uri: "/", args: "", httpMethod: "GET" };
    return JSON.stringify({ timestamp: 1_795_510_000_000, action: "ALLOW", webaclId: "w", httpRequest });
}

function setUp(env: Record<string, string> = {}) {
    const clients = { logs: new FakeS3(), lake: new FakeS3(), snapshots: new FakeS3() };
    return { ...clients, handler: createHandler({ ...ENV, ...env }, clients) };
}

function linesOf(s3: FakeS3, prefix: string): Record<string, unknown>[] {
    const key = [...s3.objects.keys()].find((name) => name.startsWith(prefix));
    const text = key
        ? gunzipSync(s3.objects.get(key) as Buffer)
              .toString()
              .trim()
        : "";
    return text ? text.split("\n").map((line) => JSON.parse(line) as Record<string, unknown>) : [];
}

function logsEvent(data: object): CloudWatchLogsEvent {
    return { awslogs: { data: gzipSync(JSON.stringify(data)).toString("base64") } };
}

describe("enrich", () => {
    quiet();

    it("brings an object into the lake by the day of its key; what is malformed into quarantine", async () => {
        const { logs, lake, handler } = setUp();
        logs.objects.set(KEY, gzipSync(`${wafLine("8.8.4.4")}\nnot json\n${wafLine("8.8.4.5")}\n`));
        assert.deepEqual(await handler(sqsEvent(s3Message(KEY))), { batchItemFailures: [] });
        const path = "/aws.waf/222222222222/us-east-1/2026/11/24/";
        assert.equal(linesOf(lake, `logs${path}`).length, 2);
        assert.equal(linesOf(lake, `quarantine${path}`)[0].reason, "not JSON");
        assert.equal(lake.puts[0].SSEKMSKeyId, "arn:key");
    });

    it("overwrites its own objects at a retry", async () => {
        const { logs, lake, handler } = setUp();
        logs.objects.set(KEY, gzipSync(`${wafLine("8.8.4.4")}\n`));
        await handler(sqsEvent(s3Message(KEY)));
        const [first] = [...lake.objects.values()];
        await handler(sqsEvent(s3Message(KEY)));
        assert.equal(lake.objects.size, 1);
        assert.deepEqual([...lake.objects.values()][0], first);
    });

    it("answers only the failed message; test events and objects that are gone are done", async () => {
        const { logs, lake, handler } = setUp();
        logs.objects.set(KEY, gzipSync(`${wafLine("8.8.4.4")}\n`));
        const event = sqsEvent(s3Message("gone"), { Event: "s3:TestEvent" }, "junk", s3Message(KEY));
        const answer = (await handler(event)) as SQSBatchResponse;
        assert.deepEqual(answer.batchItemFailures, [{ itemIdentifier: "m2" }]);
        assert.equal(lake.objects.size, 1);
    });

    it("takes log events of a subscription, several lines as one record", async () => {
        const { lake, handler } = setUp();
        const timestamp = Date.parse("2026-11-23T23:59:59Z");
        const pretty = JSON.stringify(JSON.parse(wafLine("8.8.4.5")), null, 1);
        const report = (await handler(
            logsEvent({
                messageType: "DATA_MESSAGE",
                owner: "333333333333",
                logGroup: "g",
                logStream: "s",
                logEvents: [
                    { id: "1", timestamp, message: wafLine("8.8.4.4") },
                    { id: "2", timestamp, message: pretty },
                ],
            }),
        )) as BatchReport;
        assert.deepEqual([report.in, report.documents], [2, 2]);
        assert.equal(linesOf(lake, "logs/aws.waf/333333333333/us-east-1/2026/11/23/").length, 2);
    });

    it("skips control messages", async () => {
        const { lake, handler } = setUp();
        assert.equal(
            await handler(logsEvent({ messageType: "CONTROL_MESSAGE", logEvents: [{}] })),
            undefined,
        );
        assert.equal(lake.puts.length, 0);
    });

    it("names an unknown kind and a missing variable", () => {
        assert.throws(() => setUp({ KIND: "x" }), /KIND must be one of waf/);
        assert.throws(() => setUp({ LAKE_BUCKET: "" }), /LAKE_BUCKET is not set/);
    });
});

describe("S3 events", () => {
    it("decodes keys: plus is a blank", () => {
        const [object] = s3ObjectsOf({ body: JSON.stringify(s3Message(KEY)) });
        assert.deepEqual(object, { bucket: "logs", key: KEY, etag: "e1", region: "us-east-1" });
    });

    it("finds the day in the usual keys and nothing in others", () => {
        const day = (key: string) => dateOfKey(key)?.toISOString().slice(0, 10);
        assert.equal(day(KEY), "2026-11-24");
        assert.equal(day("x/year=2026/month=01/day=02/hour=3/f"), "2026-01-02");
        assert.equal(day("logs/2026-01-02-03-04-05-ABC"), "2026-01-02");
        assert.equal(day("a/2026/13/45/x"), undefined);
        assert.equal(day("a/b"), undefined);
    });
});
