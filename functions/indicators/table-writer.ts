import { BatchWriteItemCommand, WriteRequest } from "@aws-sdk/client-dynamodb";
import { setTimeout as delay } from "node:timers/promises";
import { Indicator } from "./indicator";
import { IocTable } from "./table";
import { toItem } from "./table-item";

/** Most items that DynamoDB takes in a request. */
const BATCH = 25;

export interface WriteOptions {
    /** Requests under way at a time. @default 8 */
    readonly concurrency?: number;
    /** Times that what DynamoDB left unprocessed is sent again. @default 8 */
    readonly retries?: number;
    /** For tests. */
    readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

/**
 * Puts and deletes items in batches, each of another value. Await each call: it waits while as many requests are under
 * way as may be, so that what is not written yet stays small. After an error nothing more is sent.
 */
export class TableWriter {
    private written = 0;
    private deleted = 0;
    private batch: WriteRequest[] = [];
    private readonly underWay = new Set<Promise<void>>();
    private failure?: { readonly error: unknown };

    constructor(
        private readonly table: IocTable,
        private readonly options: WriteOptions = {},
    ) {}

    async put(indicator: Indicator): Promise<void> {
        this.written++;
        await this.add({ PutRequest: { Item: toItem(indicator) } });
    }

    async delete(value: string): Promise<void> {
        this.deleted++;
        await this.add({ DeleteRequest: { Key: { value: { S: value } } } });
    }

    /** Waits until everything is written. */
    async finish(): Promise<{ readonly written: number; readonly deleted: number }> {
        this.send();
        await Promise.all(this.underWay);
        this.check();
        return { written: this.written, deleted: this.deleted };
    }

    private async add(request: WriteRequest): Promise<void> {
        this.check();
        this.batch.push(request);
        if (this.batch.length === BATCH) {
            while (this.underWay.size >= (this.options.concurrency ?? 8)) {
                await Promise.race(this.underWay);
            }
            this.check();
            this.send();
        }
    }

    private check(): void {
        if (this.failure) {
            throw this.failure.error;
        }
    }

    private send(): void {
        const requests = this.batch;
        this.batch = [];
        if (requests.length === 0 || this.failure) {
            return;
        }
        const request = this.write(requests)
            .catch((error: unknown) => {
                this.failure ??= { error };
            })
            .finally(() => this.underWay.delete(request));
        this.underWay.add(request);
    }

    private async write(requests: WriteRequest[]): Promise<void> {
        const { client, name, cost } = this.table;
        const { retries = 8, sleep = delay } = this.options;
        for (let attempt = 0, batch = requests; ; attempt++) {
            const answer = await client.send(
                new BatchWriteItemCommand({
                    RequestItems: { [name]: batch },
                    ReturnConsumedCapacity: "TOTAL",
                }),
            );
            const left = answer.UnprocessedItems?.[name] ?? [];
            cost.write(
                batch.slice(left.length).map((one) => one.PutRequest?.Item ?? one.DeleteRequest?.Key ?? {}),
                answer.ConsumedCapacity,
            );
            if (left.length === 0) {
                return;
            }
            if (attempt >= retries) {
                throw new Error(
                    `${name} left ${left.length} items unprocessed after ${retries} retries: run again, ` +
                        "what is written stays",
                );
            }
            batch = left;
            await sleep(Math.min(10_000, 50 * 2 ** attempt) * (0.5 + Math.random() / 2));
        }
    }
}
