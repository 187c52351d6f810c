import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { CostMeter } from "./cost";
import { Indicator } from "./indicator";
import { fromItem, TableItem } from "./table-item";

export type TableClient = Pick<DynamoDBClient, "send">;

/** The IOC table, and where its cost is counted. */
export interface IocTable {
    readonly client: TableClient;
    readonly name: string;
    readonly cost: CostMeter;
}

interface Page {
    readonly segment: number;
    readonly items: readonly TableItem[];
    readonly next?: TableItem;
}

/**
 * Reads the whole IOC table, expired entries too (DynamoDB removes them up to days late). In no order, a page of each
 * segment in memory. Consistently: a word that was written a moment ago must be seen, or the next one would replace it.
 * @param segments pages under way at a time
 */
export async function* readTable({ client, name, cost }: IocTable, segments = 4): AsyncGenerator<Indicator> {
    const scan = async (segment: number, start?: TableItem): Promise<Page> => {
        const answer = await client.send(
            new ScanCommand({
                TableName: name,
                Segment: segment,
                TotalSegments: segments,
                ExclusiveStartKey: start,
                ConsistentRead: true,
                ReturnConsumedCapacity: "TOTAL",
            }),
        );
        const items = answer.Items ?? [];
        cost.read(items, answer.ConsumedCapacity);
        return { segment, items, next: answer.LastEvaluatedKey };
    };
    const pending = new Map<number, Promise<Page>>();
    const start = (segment: number, from?: TableItem): void => {
        const page = scan(segment, from);
        // It is awaited only when the pages before it are consumed: until then its error is not unhandled.
        page.catch(() => undefined);
        pending.set(segment, page);
    };
    for (let segment = 0; segment < segments; segment++) {
        start(segment);
    }
    while (pending.size > 0) {
        const { segment, items, next } = await Promise.race(pending.values());
        pending.delete(segment);
        if (next) {
            start(segment, next);
        }
        for (const item of items) {
            const indicator = fromItem(item);
            if (indicator) {
                yield indicator;
            }
        }
    }
}
