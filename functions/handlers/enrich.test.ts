import assert from "node:assert/strict";
import { gunzipSync, gzipSync } from "node:zlib";
import type { CloudWatchLogsEvent, SQSBatchResponse } from "aws-lambda";
import { MemoryBucket } from "../bucket-testing";
import { mmdbFile } from "../enrichment/mmdb-testing";
import { encodeSnapshot, snapshotDigest } from "../indicators/snapshot";
import { BatchReport } from "../pipeline";
import { parseLakeKey } from "../sinks/lake-keys";
import { Json } from "../sources/testing";
import { continuationMessage, continuationOf } from "./continuation";
import { createHandler } from "./enrich";
import { s3ObjectsOf } from "./sqs";
import { FakeClient, quiet, s3Message, sqsEvent } from "./testing";

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
    QUEUE_URL: "https://queue",
};
const KEY = "AWSLogs/222222222222/WAFLogs/us-east-1/acl/2026/11/24/10/05/a b+c.log.gz";
const DONE = { batchItemFailures: [] };

function wafLine(clientIp: string): string {
    const httpRequest = { clientIp, country: "US", headers: [], uri: "/", args: "", httpMethod: "GET" };
    return JSON.stringify({ timestamp: 1_795_510_000_000, action: "ALLOW", webaclId: "w", httpRequest });
}

function setUp(env: Record<string, string> = {}, sqs = new FakeClient()) {
    const securityHub = new FakeClient();
    const clients = {
        logs: new MemoryBucket(),
        lake: new MemoryBucket(),
        snapshots: new MemoryBucket(),
        sqs,
        securityHub,
    };
    return { ...clients, handler: createHandler({ ...ENV, ...env }, clients) };
}

function linesOf(s3: MemoryBucket, prefix: string): Json[] {
    const objects = [...s3.objects].filter(([name]) => name.startsWith(prefix));
    return objects.flatMap(([, object]) =>
        gunzipSync(object)
            .toString()
            .split("\n")
            .filter(Boolean)
            .map((line) => JSON.parse(line) as Json),
    );
}

function logsEvent(data: object): CloudWatchLogsEvent {
    return { awslogs: { data: gzipSync(JSON.stringify(data)).toString("base64") } };
}

describe("enrich", () => {
    quiet();

    it("brings an object into the lake by the day of its key; what is malformed into quarantine", async () => {
        const { logs, lake, handler } = setUp();
        logs.objects.set(KEY, gzipSync(`${wafLine("8.8.4.4")}\nnot json\n${wafLine("8.8.4.5")}\n`));
        assert.deepEqual(await handler(sqsEvent(s3Message(KEY))), DONE);
        const path = "/aws.waf/222222222222/us-east-1/2026/11/24/";
        assert.deepEqual(
            linesOf(lake, `logs${path}`).map(({ source }) => source.ip),
            ["8.8.4.4", "8.8.4.5"],
        );
        assert.equal(linesOf(lake, `quarantine${path}`)[0].reason, "not a JSON object");
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

    it("dates log events that tell no time by their delivery", async () => {
        const { lake, handler } = setUp({ KIND: "vpcflow", FORMAT: "${srcaddr} ${dstaddr}" });
        const timestamp = Date.parse("2026-11-23T23:59:59.123Z");
        const logEvents = [{ id: "1", timestamp, message: "1.1.1.1 2.2.2.2" }];
        await handler(logsEvent({ messageType: "DATA_MESSAGE", logGroup: "g", logStream: "s", logEvents }));
        const [document] = linesOf(lake, "logs/aws.vpcflow/222222222222/");
        assert.deepEqual(
            [document["@timestamp"], document.source.ip],
            ["2026-11-23T23:59:59.123Z", "1.1.1.1"],
        );
    });

    it("skips control messages", async () => {
        const { lake, handler } = setUp();
        const event = logsEvent({ messageType: "CONTROL_MESSAGE", logEvents: [{}] });
        assert.equal(await handler(event), undefined);
        assert.equal(lake.puts.length, 0);
    });

    it("takes an event of EventBridge, the same at a retry", async () => {
        const { lake, handler } = setUp({ KIND: "guardduty" });
        const detail = {
            schemaVersion: "2.0",
            accountId: "444444444444",
            region: "eu-west-1",
            id: "0123456789abcdef0123456789abcdef",
            arn: "arn:aws:guardduty:eu-west-1:444444444444:detector/d/finding/f",
            type: "Recon:EC2/PortProbeUnprotectedPort",
            resource: { resourceType: "Instance" },
            service: { serviceName: "guardduty", action: {} },
            severity: 2,
            updatedAt: "2026-11-24T13:31:00.456Z",
        };
        const event = {
            version: "0",
            id: "e-1",
            "detail-type": "GuardDuty Finding",
            source: "aws.guardduty",
            account: "444444444444",
            time: "2026-11-24T13:35:00Z",
            region: "eu-west-1",
            resources: [],
            detail,
        };
        for (let round = 0; round < 2; round++) {
            const report = (await handler(event)) as BatchReport;
            assert.deepEqual([report.in, report.documents], [1, 1]);
        }
        assert.equal(lake.objects.size, 1);
        const [document] = linesOf(lake, "logs/aws.guardduty/444444444444/eu-west-1/2026/11/24/");
        assert.equal(document["@timestamp"], "2026-11-24T13:31:00.456Z");
        assert.deepEqual(document.aws.guardduty, detail);
    });

    it("matches indicators and tells places as ENRICHMENT says", async () => {
        const documentOf = async (env: Record<string, string>) => {
            const { logs, lake, snapshots, handler } = setUp({ KIND: "vpcflow", ...env });
            const bytes = encodeSnapshot([
                {
                    type: "ipv4",
                    value: "8.8.4.4",
                    feeds: ["f"],
                    firstSeen: "2026-01-01T00:00:00Z",
                    lastSeen: "2026-01-01T00:00:00Z",
                    confidence: 50,
                },
            ]);
            const sha256 = snapshotDigest(bytes);
            snapshots.objects.set("snapshots/s.bin", bytes);
            snapshots.objects.set(
                "current.json",
                Buffer.from(JSON.stringify({ key: "snapshots/s.bin", sha256 })),
            );
            snapshots.objects.set("geo/city.mmdb", mmdbFile([["8.8.0.0/16", { country_code: "US" }]]));
            snapshots.objects.set(
                "geo/asn.mmdb",
                mmdbFile([["8.8.0.0/16", { autonomous_system_number: 15169 }]]),
            );
            logs.objects.set(
                "k",
                Buffer.from("2 - eni-1 8.8.4.4 10.0.0.5 51000 443 6 7 800 1 2 REJECT OK\n"),
            );
            assert.deepEqual(await handler(sqsEvent(s3Message("k"))), DONE);
            const [document] = linesOf(lake, "logs/");
            return {
                matched: document.threat?.matched as unknown,
                country: document.source.geo?.country_iso_code as unknown,
                network: document.source.as?.number as unknown,
                original: "original" in document.event,
            };
        };
        const plain = { matched: true, country: undefined, network: undefined, original: false };
        assert.deepEqual(await documentOf({}), plain);
        assert.deepEqual(await documentOf({ ENRICHMENT: '{"indicators":false}' }), {
            ...plain,
            matched: undefined,
        });
        assert.deepEqual(await documentOf({ ENRICHMENT: '{"geo":true,"originalEvent":true}' }), {
            matched: true,
            country: "US",
            network: 15169,
            original: true,
        });
    });

    it("names an unknown kind, a missing variable and settings that are no JSON", () => {
        assert.throws(() => setUp({ KIND: "x" }), /KIND must be one of .*\bwaf\b/);
        assert.throws(() => setUp({ KIND: "__proto__" }), /KIND must be one of/);
        assert.throws(() => setUp({ LAKE_BUCKET: "" }), /LAKE_BUCKET is not set/);
        assert.throws(() => setUp({ SNAPSHOT_BUCKET: "" }), /SNAPSHOT_BUCKET is not set/);
        assert.throws(() => setUp({ ENRICHMENT: "geo" }), /ENRICHMENT is no JSON/);
        assert.throws(() => setUp({ KIND: "vpcflow", FORMAT: "a,b" }), /not a flow log format/);
    });
});

describe("enrich, of an object that outlasts its time", () => {
    quiet();

    const ips = Array.from({ length: 20_000 }, (_, i) => `8.${i & 255}.${i >> 8}.${(i * 7919) & 255}`);
    const lines = ips.map((ip, i) => (i % 1000 === 7 ? `bad ${i}` : wafLine(ip)));
    const object = gzipSync(lines.join("\n"));
    /** A function that has used up its time when it is asked for the first time. */
    const late = { getRemainingTimeInMillis: () => 29_000 };
    const early = { getRemainingTimeInMillis: () => 900_000 };

    it("goes on by a message until all is done, each record once", async () => {
        const { logs, lake, sqs, handler } = setUp();
        logs.objects.set(KEY, object);
        let event = sqsEvent(s3Message(KEY));
        let runs = 0;
        for (;;) {
            const before = sqs.inputs.length;
            assert.deepEqual(await handler(event, late), DONE);
            runs++;
            if (sqs.inputs.length === before) {
                break;
            }
            const { QueueUrl, MessageBody } = sqs.inputs[before];
            assert.equal(QueueUrl, "https://queue");
            assert.equal(sqs.inputs.length, before + 1);
            event = sqsEvent(MessageBody);
        }
        assert.ok(runs > 2, `${runs} runs`);
        const documents = linesOf(lake, "logs/");
        assert.equal(new Set(documents.map(({ event: { id } }) => id as string)).size, documents.length);
        assert.deepEqual(
            documents.map(({ source }) => source.ip).sort(),
            ips.filter((_, i) => i % 1000 !== 7).sort(),
        );
        assert.deepEqual(
            linesOf(lake, "quarantine/").map(({ raw }) => raw),
            lines.filter((line) => line.startsWith("bad")),
        );
        assert.ok([...lake.objects.keys()].every((key) => parseLakeKey(key)?.date === "2026-11-24"));

        const whole = setUp();
        whole.logs.objects.set(KEY, object);
        await whole.handler(sqsEvent(s3Message(KEY)), early);
        assert.deepEqual(linesOf(whole.lake, "logs/"), documents);
        assert.equal(whole.sqs.inputs.length, 0);
    }).timeout(60_000);

    it("leaves the rest of an object that was replaced meanwhile to the event of the new one", async () => {
        const { logs, lake, sqs, handler } = setUp();
        logs.objects.set(KEY, object);
        await handler(sqsEvent(s3Message(KEY)), late);
        const written = lake.puts.length;
        logs.objects.set(KEY, gzipSync(lines.slice(1).join("\n")));
        assert.deepEqual(await handler(sqsEvent(sqs.inputs[0].MessageBody), early), DONE);
        logs.objects.delete(KEY);
        assert.deepEqual(await handler(sqsEvent(sqs.inputs[0].MessageBody), early), DONE);
        assert.equal(lake.puts.length, written);
    });

    it("does again what it could not hand over", async () => {
        const sqs = new FakeClient(() => {
            throw new Error("AccessDenied");
        });
        const { logs, handler } = setUp({}, sqs);
        logs.objects.set(KEY, object);
        assert.deepEqual(await handler(sqsEvent(s3Message(KEY)), late), {
            batchItemFailures: [{ itemIdentifier: "m0" }],
        });
    });

    it("goes through without a queue", async () => {
        const { logs, lake, sqs, handler } = setUp({ QUEUE_URL: "" });
        logs.objects.set(KEY, object);
        assert.deepEqual(await handler(sqsEvent(s3Message(KEY)), late), DONE);
        assert.equal(linesOf(lake, "logs/").length, 19_980);
        assert.equal(sqs.inputs.length, 0);
    });
});

describe("continuation messages", () => {
    const place = { bucket: "b", key: 'k ä+/"', etag: "e", region: "us-east-1", after: 12_345_678_901 };

    it("are read back", () => {
        assert.deepEqual(continuationOf({ body: continuationMessage(place) }), place);
    });

    it("are told from others", () => {
        for (const body of [
            "",
            "junk",
            "null",
            "[]",
            "5",
            '{"continue":null}',
            JSON.stringify(s3Message("k")),
            ...["bucket", "key", "etag", "after"].map((name) =>
                JSON.stringify({ continue: { ...place, [name]: undefined } }),
            ),
            JSON.stringify({ continue: { ...place, after: "5" } }),
            JSON.stringify({ continue: { ...place, after: 1.5 } }),
        ]) {
            assert.equal(continuationOf({ body }), undefined, body);
        }
    });
});

describe("S3 events", () => {
    it("decodes keys: plus is a blank", () => {
        const [object] = s3ObjectsOf({ body: JSON.stringify(s3Message(KEY)) });
        assert.deepEqual(object, { bucket: "logs", key: KEY, etag: "e1", region: "us-east-1" });
    });
});
