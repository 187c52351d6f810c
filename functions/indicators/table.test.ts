import assert from "node:assert/strict";
import { BatchWriteItemCommand, DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { CostMeter } from "./cost";
import { FeedRef, Indicator, indicatorOf } from "./indicator";
import { IocTable, readTable } from "./table";
import { fromItem, TableItem, toItem } from "./table-item";
import { TableWriter } from "./table-writer";

function indicator(value: string, names: readonly string[] = ["misp"]): Indicator {
    const refs = names.map((name): FeedRef => {
        const [firstSeen, lastSeen] = ["2026-01-01T00:00:00.000Z", "2026-11-24T12:00:00.000Z"];
        return { name, firstSeen, lastSeen, expiresAt: 1_795_000_000, confidence: 80 };
    });
    return indicatorOf("ipv4", value, refs);
}

describe("item of the IOC table", () => {
    it("is read as it was written, feeds sorted whatever the order of the set", () => {
        const written = indicator("9.9.9.1", ["abuse", "misp", "zeek"]);
        const item = toItem(written);
        assert.deepEqual(fromItem({ ...item, feeds: { SS: [...(item.feeds.SS ?? [])].reverse() } }), written);
    });

    it("fits into one write unit with 15 feeds", () => {
        const cost = new CostMeter();
        const feeds = Array.from({ length: 15 }, (_, i) => `feed-of-some-name-${10 + i}`);
        cost.write([toItem(indicator("2001:db8:1111:2222:3333:4444:5555:6666", feeds))]);
        assert.equal(cost.total().writeUnits, 1);
    });

    it("is passed over when it is no indicator's", () => {
        assert.equal(fromItem({ value: { S: "9.9.9.1" } }), undefined);
        assert.equal(fromItem({ value: { S: "9.9.9.1" }, type: { S: "ipv4" }, feeds: { L: [] } }), undefined);
    });
});

describe("IOC table", () => {
    const dynamo = mockClient(DynamoDBClient);
    after(() => dynamo.restore());
    beforeEach(() => dynamo.reset());
    const tableOf = (): IocTable => ({
        client: dynamo as unknown as DynamoDBClient,
        name: "t",
        cost: new CostMeter(),
    });
    const sleep = async () => undefined;

    it("is written in batches of 25, and what is left unprocessed is sent again", async () => {
        const stored = new Map<string, unknown>();
        let call = 0;
        dynamo.on(BatchWriteItemCommand).callsFake((input: BatchWriteItemCommand["input"]) => {
            const requests = input.RequestItems?.t ?? [];
            assert.ok(requests.length <= 25);
            const left = call++ === 0 ? requests.slice(0, 10) : [];
            for (const { PutRequest } of requests.slice(left.length)) {
                stored.set(PutRequest?.Item?.value.S ?? "", PutRequest?.Item);
            }
            return { UnprocessedItems: left.length > 0 ? { t: left } : {} };
        });
        const table = tableOf();
        const writer = new TableWriter(table, { sleep });
        for (let i = 0; i < 60; i++) {
            await writer.put(indicator(`9.9.9.${i}`));
        }
        await writer.delete("9.9.9.99");
        assert.deepEqual(await writer.finish(), { written: 60, deleted: 1 });
        assert.equal(stored.size, 61);
        assert.equal(table.cost.total().writeUnits, 61);
    });

    it("has no more requests under way than allowed, so that what waits stays small", async () => {
        let underWay = 0;
        let most = 0;
        dynamo.on(BatchWriteItemCommand).callsFake(async () => {
            most = Math.max(most, ++underWay);
            await new Promise((resolve) => setImmediate(resolve));
            underWay--;
            return {};
        });
        const writer = new TableWriter(tableOf(), { concurrency: 3 });
        for (let i = 0; i < 500; i++) {
            await writer.put(indicator(`9.9.${i >> 8}.${i & 255}`));
        }
        await writer.finish();
        assert.equal(most, 3);
    });

    it("gives up with a clear error when it stays throttled", async () => {
        dynamo.on(BatchWriteItemCommand).callsFake((input: BatchWriteItemCommand["input"]) => ({
            UnprocessedItems: input.RequestItems,
        }));
        const writer = new TableWriter(tableOf(), { retries: 2, sleep });
        await writer.put(indicator("9.9.9.1"));
        await assert.rejects(writer.finish(), /t left 1 items unprocessed after 2 retries/);
    });

    it("is read with all pages of all segments, and what DynamoDB says it charged", async () => {
        const items = ["9.9.9.1", "9.9.9.2", "9.9.9.3"].map((value): TableItem => toItem(indicator(value)));
        dynamo.on(ScanCommand).callsFake((input: ScanCommand["input"]) => {
            assert.deepEqual([input.TotalSegments, input.ConsistentRead], [2, true]);
            const ConsumedCapacity = { CapacityUnits: 7 };
            if (input.Segment === 1) {
                return { Items: [items[2]], ConsumedCapacity };
            }
            return input.ExclusiveStartKey
                ? { Items: [items[1]], ConsumedCapacity }
                : { Items: [items[0]], LastEvaluatedKey: { value: { S: "9.9.9.1" } }, ConsumedCapacity };
        });
        const read: string[] = [];
        const table = tableOf();
        for await (const { value } of readTable(table, 2)) {
            read.push(value);
        }
        assert.deepEqual(read.sort(), ["9.9.9.1", "9.9.9.2", "9.9.9.3"]);
        assert.equal(table.cost.total().readUnits, 21);
    });
});

describe("cost of a run", () => {
    it("is computed by size where DynamoDB does not tell it", () => {
        const cost = new CostMeter();
        const item = (bytes: number): TableItem => ({ value: { S: "x".repeat(bytes - 5) } });
        cost.read([item(4000), item(97)]);
        cost.read([]);
        cost.write([item(1024), item(1025)]);
        assert.deepEqual([cost.total().readUnits, cost.total().writeUnits], [3, 3]);
    });

    it("is 62.5 cents for a million writes and 12.5 cents for a million reads", () => {
        const cost = new CostMeter();
        cost.write([], [{ CapacityUnits: 1_000_000 }]);
        assert.equal(cost.total().dollars, 0.625);
        cost.read([], { CapacityUnits: 1_000_000 });
        assert.equal(cost.total().dollars, 0.75);
    });
});
