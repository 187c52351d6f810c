import {
    AttributeValue,
    BatchWriteItemCommand,
    DynamoDBClient,
    ScanCommand,
    WriteRequest,
} from "@aws-sdk/client-dynamodb";
import { setTimeout as delay } from "node:timers/promises";
import { Indicator, IndicatorType } from "./indicator";

export { mergeSightings } from "./merge";

export type TableClient = Pick<DynamoDBClient, "send">;

/** Most bytes a hash key may have in DynamoDB. A longer value cannot be stored. */
export const LONGEST_VALUE = 2048;

const BATCH = 25;

/** Reads the whole IOC table, expired entries too (DynamoDB removes them up to days late). In no order. */
export async function* readTable(
    client: TableClient,
    table: string,
    segments = 4,
): AsyncGenerator<Indicator> {
    interface Page {
        readonly segment: number;
        readonly items: readonly Record<string, AttributeValue>[];
        readonly next?: Record<string, AttributeValue>;
    }
    const scan = async (segment: number, start?: Record<string, AttributeValue>): Promise<Page> => {
        const answer = await client.send(
            new ScanCommand({
                TableName: table,
                Segment: segment,
                TotalSegments: segments,
                ExclusiveStartKey: start,
            }),
        );
        return { segment, items: answer.Items ?? [], next: answer.LastEvaluatedKey };
    };
    const pending = new Map(Array.from({ length: segments }, (_, segment) => [segment, scan(segment)]));
    while (pending.size > 0) {
        const page = await Promise.race(pending.values());
        if (page.next) {
            pending.set(page.segment, scan(page.segment, page.next));
        } else {
            pending.delete(page.segment);
        }
        for (const item of page.items) {
            yield fromItem(item);
        }
    }
}

export interface WriteOptions {
    /** Requests under way at a time. @default 8 */
    readonly concurrency?: number;
    /** Times that what DynamoDB left unprocessed is sent again. @default 8 */
    readonly retries?: number;
    /** For tests. */
    readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

export interface WriteCounts {
    written: number;
    requests: number;
    /** Items that had to be sent again. */
    retried: number;
}

/** Puts entries, each of another value, in batches. What DynamoDB leaves unprocessed is sent again with backoff. */
export async function writeIndicators(
    client: TableClient,
    table: string,
    items: readonly Indicator[],
    { concurrency = 8, retries = 8, sleep = delay }: WriteOptions = {},
): Promise<WriteCounts> {
    const counts: WriteCounts = { written: 0, requests: 0, retried: 0 };
    let position = 0;
    const worker = async (): Promise<void> => {
        while (position < items.length) {
            const batch = items.slice(position, (position += BATCH));
            await writeBatch(client, table, batch, counts, retries, sleep);
        }
    };
    await Promise.all(Array.from({ length: Math.max(1, concurrency) }, worker));
    return counts;
}

async function writeBatch(
    client: TableClient,
    table: string,
    batch: readonly Indicator[],
    counts: WriteCounts,
    retries: number,
    sleep: (milliseconds: number) => Promise<unknown>,
): Promise<void> {
    let requests: WriteRequest[] = batch.map((indicator) => ({ PutRequest: { Item: toItem(indicator) } }));
    for (let attempt = 0; ; attempt++) {
        const answer = await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: requests } }));
        const left = answer.UnprocessedItems?.[table] ?? [];
        counts.requests++;
        counts.written += requests.length - left.length;
        if (left.length === 0) {
            return;
        }
        if (attempt >= retries) {
            throw new Error(
                `${table} left ${left.length} items unprocessed after ${retries} retries: run again, what is written stays`,
            );
        }
        counts.retried += left.length;
        requests = left;
        await sleep(Math.min(10_000, 50 * 2 ** attempt) * (0.5 + Math.random() / 2));
    }
}

function toItem(indicator: Indicator): Record<string, AttributeValue> {
    return {
        value: { S: indicator.value },
        type: { S: indicator.type },
        feeds: { L: indicator.feeds.map((S) => ({ S })) },
        firstSeen: { S: indicator.firstSeen },
        lastSeen: { S: indicator.lastSeen },
        expiresAt: { N: String(indicator.expiresAt) },
        confidence: { N: String(indicator.confidence) },
    };
}

function fromItem(item: Record<string, AttributeValue>): Indicator {
    return {
        value: item.value?.S ?? "",
        type: (item.type?.S ?? "") as IndicatorType,
        feeds: (item.feeds?.L ?? []).map((feed) => feed.S ?? ""),
        firstSeen: item.firstSeen?.S ?? "",
        lastSeen: item.lastSeen?.S ?? "",
        expiresAt: Number(item.expiresAt?.N ?? 0),
        confidence: Number(item.confidence?.N ?? 0),
    };
}
