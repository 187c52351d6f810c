import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { MemoryBucket } from "../bucket-testing";
import { dateOfKey, Delivery, eventDelivery, logsDelivery, objectDelivery } from "./delivery";

async function textOf({ input }: Delivery): Promise<string> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of input) {
        chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString();
}

describe("objectDelivery", () => {
    const object = { bucket: "b", key: "a/b.gz", etag: "announced", region: "" };

    it("names the object as it is read, not as it was announced", async () => {
        const s3 = new MemoryBucket();
        s3.objects.set("a/b.gz", Buffer.from("text"));
        const delivery = await objectDelivery(s3, object, "222222222222", "us-east-1");
        assert.ok(delivery);
        assert.deepEqual(delivery.context, {
            accountId: "222222222222",
            region: "us-east-1",
            origin: "a/b.gz",
            version: createHash("md5").update("text").digest("hex"),
            time: Date.parse("2026-11-20T10:00:00Z"),
        });
        assert.equal(await textOf(delivery), "text");
        assert.equal(delivery.date.toISOString().slice(0, 10), "2026-11-20");
        const foreign = await objectDelivery(s3, { ...object, region: "eu-west-1" }, "", "us-east-1");
        assert.equal(foreign?.context.region, "eu-west-1");
    });

    it("is nothing for an object that is gone, and says which cannot be read", async () => {
        assert.equal(await objectDelivery(new MemoryBucket(), object, "", ""), undefined);
        const denied = { send: () => Promise.reject(new Error("Access Denied")) } as never;
        await assert.rejects(
            objectDelivery(denied, object, "", ""),
            /^Error: s3:\/\/b\/a\/b\.gz cannot be read: Access Denied/,
        );
    });
});

describe("logsDelivery", () => {
    const event = (data: object) => ({
        awslogs: { data: gzipSync(JSON.stringify(data)).toString("base64") },
    });

    it("has a line for each log event", async () => {
        const logEvents = [
            { id: "i1", timestamp: 1_700_000_000_123, message: "a\tb" },
            { id: "i2", timestamp: 1_700_000_000_999, message: '{\n "ä": 1\r\n}\n' },
        ];
        const data = {
            messageType: "DATA_MESSAGE",
            owner: "333333333333",
            logGroup: "g",
            logStream: "s",
            logEvents,
        };
        const delivery = logsDelivery(event(data), "222222222222", "us-east-1");
        assert.ok(delivery);
        assert.equal(await textOf(delivery), 'a\tb\n{  "ä": 1 } \n');
        assert.deepEqual(delivery.context, {
            accountId: "333333333333",
            region: "us-east-1",
            origin: "g:s",
            version: "i1",
            time: 1_700_000_000_123,
        });
        assert.equal(delivery.date.getTime(), 1_700_000_000_123);
    });

    it("is nothing for a control message or without log events", () => {
        assert.equal(
            logsDelivery(event({ messageType: "CONTROL_MESSAGE", logEvents: [{}] }), "", ""),
            undefined,
        );
        assert.equal(logsDelivery(event({ messageType: "DATA_MESSAGE", logEvents: [] }), "", ""), undefined);
        assert.equal(logsDelivery(event({ messageType: "DATA_MESSAGE" }), "", ""), undefined);
    });
});

describe("eventDelivery", () => {
    const event = {
        version: "0",
        id: "e-1",
        "detail-type": "Security Hub Findings - Imported",
        source: "aws.securityhub",
        account: "333333333333",
        time: "2026-11-24T23:59:59Z",
        region: "eu-west-1",
        resources: ["r"],
        detail: { findings: [{ Id: "ä" }] },
    };

    it("hands the whole event on", async () => {
        const delivery = eventDelivery(event, "222222222222", "us-east-1");
        assert.deepEqual(JSON.parse(await textOf(delivery)), event);
        assert.deepEqual(delivery.context, {
            accountId: "333333333333",
            region: "eu-west-1",
            origin: "aws.securityhub:Security Hub Findings - Imported",
            version: "e-1",
            time: Date.parse("2026-11-24T23:59:59Z"),
        });
        assert.equal(delivery.date.toISOString(), "2026-11-24T23:59:59.000Z");
    });

    it("stands an event without account, region or time", () => {
        const { context, date } = eventDelivery(
            { ...event, account: "", region: "", time: "soon" },
            "222222222222",
            "us-east-1",
        );
        assert.deepEqual(
            [context.accountId, context.region, context.time],
            ["222222222222", "us-east-1", undefined],
        );
        assert.equal(date.getTime(), 0);
    });
});

describe("dateOfKey", () => {
    it("finds the day in the usual keys and nothing in others", () => {
        for (const [key, expected] of [
            ["AWSLogs/1/WAFLogs/us-east-1/acl/2026/11/24/10/05/a b+c.log.gz", "2026-11-24"],
            ["2026/11/24/x", "2026-11-24"],
            ["x/year=2026/month=01/day=02/hour=3/f", "2026-01-02"],
            ["logs/2026-01-02-03-04-05-ABC", "2026-01-02"],
            ["2024/02/29/x", "2024-02-29"],
            ["2026/02/29/x", undefined],
            ["a/2026/13/45/x", undefined],
            ["a/0000/00/00/x", undefined],
            ["a/12026/11/24/x", undefined],
            ["a/b", undefined],
            ["", undefined],
        ] as const) {
            assert.equal(dateOfKey(key)?.toISOString().slice(0, 10), expected, key);
        }
    });
});
