import {
    AttributeValue,
    BatchWriteItemCommandInput,
    DynamoDBClient,
    PutItemCommandInput,
    QueryCommandInput,
    ScanCommandInput,
} from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { PublishCommandInput, SNSClient } from "@aws-sdk/client-sns";
import { failure, MemoryBucket } from "../bucket-testing";

type Item = Record<string, AttributeValue>;

interface Command {
    readonly constructor: { readonly name: string };
    readonly input: unknown;
}

/** A bucket, tables and a topic in memory, with conditional writes, behind real clients. For tests. */
export class FakeCloud {
    readonly bucket = new MemoryBucket();
    readonly tables = new Map<string, Map<string, Item>>();
    readonly messages: string[] = [];
    /** Requests so far, by name. */
    readonly requests: string[] = [];
    /** Number of the request that fails, counted from 1. */
    failAt = 0;
    /** Called before each request, with its name. */
    onRequest: (name: string) => void = () => undefined;

    readonly dynamo = this.answering(new DynamoDBClient({ region: "us-east-1" }));
    readonly s3 = this.answering(new S3Client({ region: "us-east-1" }), this.bucket);
    readonly sns = this.answering(new SNSClient({ region: "us-east-1" }));

    /** Items by key. */
    table(name: string): Map<string, Item> {
        const table = this.tables.get(name) ?? new Map<string, Item>();
        this.tables.set(name, table);
        return table;
    }

    private answering<Client extends object>(client: Client, bucket?: MemoryBucket): Client {
        return Object.assign(client, {
            send: async (command: Command): Promise<unknown> => {
                const { name } = command.constructor;
                this.onRequest(name);
                this.requests.push(name);
                if (this.requests.length === this.failAt) {
                    throw failure("ServiceUnavailable", 503);
                }
                if (bucket) {
                    return (bucket.send as (command: Command) => unknown)(command);
                }
                const answer = this.answers[name];
                if (!answer) {
                    throw new Error(`no ${name} here`);
                }
                return answer(command.input as never);
            },
        });
    }

    private readonly answers: Record<string, ((input: never) => unknown) | undefined> = {
        ScanCommand: ({ TableName, Segment = 0, TotalSegments = 1 }: ScanCommandInput) => ({
            Items: [...this.table(String(TableName)).values()].filter(
                (_, i) => i % TotalSegments === Segment,
            ),
        }),
        QueryCommand: ({ TableName, ExpressionAttributeValues }: QueryCommandInput) => ({
            Items: [...this.table(String(TableName)).values()].filter(
                ({ value }) => value.S === ExpressionAttributeValues?.[":value"].S,
            ),
        }),
        PutItemCommand: ({ TableName, Item = {} }: PutItemCommandInput) => {
            const key = `${Item.value.S} ${Item.at.S}`;
            if (this.table(String(TableName)).has(key)) {
                throw failure("ConditionalCheckFailedException", 400);
            }
            this.table(String(TableName)).set(key, Item);
            return {};
        },
        BatchWriteItemCommand: ({ RequestItems = {} }: BatchWriteItemCommandInput) => {
            for (const [name, requests] of Object.entries(RequestItems)) {
                for (const { PutRequest, DeleteRequest } of requests) {
                    if (PutRequest?.Item) {
                        this.table(name).set(String(PutRequest.Item.value.S), PutRequest.Item);
                    }
                    this.table(name).delete(String(DeleteRequest?.Key?.value.S));
                }
            }
            return {};
        },
        PublishCommand: ({ Message }: PublishCommandInput) => {
            this.messages.push(String(Message));
            return {};
        },
    };
}
