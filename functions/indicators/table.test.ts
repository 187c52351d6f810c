import { after as afterTests } from "mocha";
import assert from "node:assert/strict";
import { BatchWriteItemCommand, DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { Indicator } from "./indicator";
import { Sighting } from "./merge";
import { mergeSightings, readTable, writeIndicators } from "./table";

const NOW = new Date("2026-11-24T12:00:00Z");
const HOUR = 3_600_000;

function sighting(value: string, more: Partial<Sighting> = {}): Sighting {
    return { type: "ipv4", value, feed: "misp", confidence: 80, ...more };
}

function indicator(value: string): Indicator {
    const [seen, expiresAt] = ["2026-11-24T12:00:00.000Z", 1_795_000_000];
    return {
        type: "ipv4",
        value,
        feeds: ["misp"],
        firstSeen: seen,
        lastSeen: seen,
        expiresAt,
        confidence: 80,
    };
}

function after(hours: number): Date {
    return new Date(NOW.getTime() + hours * HOUR);
}

function mapOf(items: readonly Indicator[]): Map<string, Indicator> {
    return new Map(items.map((item) => [item.value, item]));
}

describe("mergeSightings", () => {
    const first = mergeSightings(new Map(), [sighting("9.9.9.1"), sighting("9.9.9.2")], { now: NOW });

    it("makes new entries that live for the TTL", () => {
        assert.equal(first.changed.length, 2);
        assert.equal(first.changed[0].firstSeen, NOW.toISOString());
        assert.equal(first.changed[0].expiresAt, NOW.getTime() / 1000 + 8 * 86_400);
    });

    it("changes nothing within the refresh time, and moves only last seen after it", () => {
        const again = [sighting("9.9.9.1"), sighting("9.9.9.2")];
        const existing = mapOf(first.changed);
        assert.deepEqual(mergeSightings(existing, again, { now: after(23) }), { changed: [], unchanged: 2 });
        const later = mergeSightings(existing, again, { now: after(24) });
        assert.equal(later.changed.length, 2);
        assert.equal(later.changed[0].firstSeen, NOW.toISOString());
        assert.equal(later.changed[0].lastSeen, after(24).toISOString());
    });

    it("adds feeds, sorted, and takes the highest confidence", () => {
        const existing = mapOf(first.changed);
        const other = [sighting("9.9.9.1", { feed: "abuse", confidence: 10 })];
        const [merged] = mergeSightings(existing, other, { now: after(1) }).changed;
        assert.deepEqual(merged.feeds, ["abuse", "misp"]);
        assert.equal(merged.confidence, 80);
        const surer = mergeSightings(existing, [sighting("9.9.9.1", { confidence: 95 })], { now: after(1) });
        assert.equal(surer.changed[0].confidence, 95);
    });

    it("gives one entry for a value that is reported twice, seen since the earliest", () => {
        const twice = [
            sighting("9.9.9.1", { seen: "2026-02-01T00:00:00.000Z" }),
            sighting("9.9.9.1", { seen: "2026-01-01T00:00:00.000Z", feed: "abuse" }),
            sighting("9.9.9.1", { seen: "2099-01-01T00:00:00.000Z" }),
        ];
        const { changed } = mergeSightings(new Map(), twice, { now: NOW });
        assert.equal(changed.length, 1);
        assert.equal(changed[0].firstSeen, "2026-01-01T00:00:00.000Z");
        assert.deepEqual(changed[0].feeds, ["abuse", "misp"]);
    });
});

describe("IOC table", () => {
    const dynamo = mockClient(DynamoDBClient);
    afterTests(() => dynamo.restore());
    const client = dynamo as unknown as DynamoDBClient;
    beforeEach(() => dynamo.reset());

    it("writes batches of 25 and sends what is left unprocessed again", async () => {
        const stored = new Map<string, unknown>();
        let call = 0;
        dynamo.on(BatchWriteItemCommand).callsFake((input: BatchWriteItemCommand["input"]) => {
            const requests = input.RequestItems?.t ?? [];
            assert.ok(requests.length <= 25);
            const left = call++ === 0 ? requests.slice(0, 10) : [];
            for (const request of requests.slice(left.length)) {
                stored.set(request.PutRequest?.Item?.value.S ?? "", request.PutRequest?.Item);
            }
            return { UnprocessedItems: left.length > 0 ? { t: left } : {} };
        });
        const items = Array.from({ length: 60 }, (_, index) => indicator(`9.9.9.${index}`));
        const counts = await writeIndicators(client, "t", items, { sleep: async () => undefined });
        assert.deepEqual(counts, { written: 60, requests: 4, retried: 10 });
        assert.equal(stored.size, 60);
    });

    it("gives up with a clear error when the table stays throttled", async () => {
        dynamo.on(BatchWriteItemCommand).callsFake((input: BatchWriteItemCommand["input"]) => ({
            UnprocessedItems: input.RequestItems,
        }));
        const write = writeIndicators(client, "t", [indicator("9.9.9.1")], {
            retries: 2,
            sleep: async () => undefined,
        });
        await assert.rejects(write, /t left 1 items unprocessed after 2 retries/);
    });

    it("reads all pages of all segments back as written", async () => {
        const items: unknown[] = [];
        dynamo.on(BatchWriteItemCommand).callsFake((input: BatchWriteItemCommand["input"]) => {
            items.push(...(input.RequestItems?.t ?? []).map(({ PutRequest }) => PutRequest?.Item));
            return {};
        });
        const written = ["9.9.9.1", "9.9.9.2", "9.9.9.3"].map(indicator);
        await writeIndicators(client, "t", written);
        dynamo
            .on(ScanCommand)
            .callsFake(({ Segment, TotalSegments, ExclusiveStartKey }: ScanCommand["input"]) => {
                assert.equal(TotalSegments, 2);
                if (Segment === 1) {
                    return { Items: [items[2]] };
                }
                return ExclusiveStartKey
                    ? { Items: [items[1]] }
                    : { Items: [items[0]], LastEvaluatedKey: { value: {} } };
            });
        const read: Indicator[] = [];
        for await (const item of readTable(client, "t", 2)) {
            read.push(item);
        }
        const byValue = (a: Indicator, b: Indicator) => a.value.localeCompare(b.value);
        assert.deepEqual(read.sort(byValue), written);
    });
});
