import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ChangeMessageVisibilityCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { textLines } from "../bytes/text-lines";
import { gunzipIfNeeded } from "../gunzip";
import { S3Reader } from "../s3-object";
import { indexTemplate } from "../sinks/index-template";
import { GzipObject } from "../sinks/lake";
import { OpenSearch, Rejected } from "../sinks/opensearch";
import { signedFetch } from "../sinks/signed-fetch";
import { indexItems } from "./index-items";
import { Environment, logLine, messageOf, required, warnLine } from "./settings";
import { eachMessage, s3ObjectsOf } from "./sqs";

/** What the handler talks to; tests pass their own. */
export interface IndexClients {
    readonly s3: S3Reader;
    readonly sqs: Pick<SQSClient, "send">;
    readonly fetch?: typeof fetch;
}

const TEMPLATE = "syntheticsun";

/**
 * Indexes lake objects into OpenSearch. What OpenSearch cannot take now comes back with growing delay; a line that
 * it will never take goes to `quarantine/index/`, never lost.
 */
export function createHandler(env: Environment, clients: IndexClients = awsClients()) {
    const openSearch = new OpenSearch(required(env, "OPENSEARCH_ENDPOINT"), signedFetch(env, clients.fetch));
    const bucket = required(env, "LAKE_BUCKET");
    const queueUrl = required(env, "QUEUE_URL");
    const replicas = env.REPLICAS ? Number(env.REPLICAS) : undefined;
    let template: Promise<void> | undefined;

    const ensureTemplate = async (): Promise<void> => {
        template ??= openSearch.putIndexTemplate(TEMPLATE, indexTemplate(replicas));
        try {
            await template;
        } catch (error) {
            template = undefined;
            throw error;
        }
    };

    const replay = async (key: string): Promise<void> => {
        const body = await read(clients.s3, bucket, key);
        const rejected: Rejected[] = [];
        const result = body && (await openSearch.bulk(indexItems(rawLines(gunzipIfNeeded(body)), rejected)));
        const refused = [...rejected, ...(result?.rejected ?? [])];
        for (const { reason } of refused.slice(0, 10)) {
            warnLine({ event: "still-rejected", key, reason });
        }
        logLine({ event: "replayed", key, indexed: result?.indexed ?? 0, rejected: refused.length });
    };

    const indexObject = async (objectBucket: string, key: string): Promise<void> => {
        const started = Date.now();
        const body = await read(clients.s3, objectBucket, key);
        if (!body) {
            logLine({ event: "object-gone", bucket: objectBucket, key });
            return;
        }
        const unreadable: Rejected[] = [];
        const result = await openSearch.bulk(indexItems(gunzipIfNeeded(body), unreadable));
        const rejected = [...unreadable, ...result.rejected];
        await quarantine(clients.s3, bucket, key, rejected);
        const seconds = (Date.now() - started) / 1000;
        logLine({ event: "indexed", key, indexed: result.indexed, quarantined: rejected.length, seconds });
    };

    return (event: SQSEvent): Promise<SQSBatchResponse> =>
        eachMessage(event, async (record) => {
            try {
                const replayKey = replayKeyOf(record);
                if (replayKey !== undefined) {
                    await ensureTemplate();
                    await replay(replayKey);
                    return;
                }
                for (const { bucket: objectBucket, key } of s3ObjectsOf(record)) {
                    if (key.startsWith("logs/")) {
                        await ensureTemplate();
                        await indexObject(objectBucket, key);
                    }
                }
            } catch (error) {
                await backOff(clients.sqs, queueUrl, record);
                throw error;
            }
        });
}

/** `{"replay":"quarantine/index/…"}`: what was rejected is tried again, say after the template was mended. */
function replayKeyOf({ body }: SQSRecord): string | undefined {
    try {
        const { replay } = JSON.parse(body) as { replay?: unknown };
        return typeof replay === "string" && replay.startsWith("quarantine/index/") ? replay : undefined;
    } catch {
        return undefined;
    }
}

/** The documents in an object of rejected ones. */
async function* rawLines(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const lines of textLines(input)) {
        for (const line of lines) {
            const { raw } = typeof line === "string" ? (JSON.parse(line) as { raw: string }) : { raw: "" };
            yield Buffer.from(`${raw}\n`);
        }
    }
}

/** Seconds until a message is tried again: 5, 10, 20 … 300. */
export function backoffSeconds(receiveCount: number): number {
    return Math.min(300, 5 * 2 ** Math.max(0, Math.min(receiveCount, 10) - 1));
}

async function backOff(sqs: IndexClients["sqs"], QueueUrl: string, record: SQSRecord): Promise<void> {
    const VisibilityTimeout = backoffSeconds(Number(record.attributes?.ApproximateReceiveCount ?? 1));
    const { receiptHandle: ReceiptHandle } = record;
    try {
        await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
    } catch (error) {
        // Then the queue's own visibility timeout holds: later, but not lost.
        warnLine({ event: "visibility-unchanged", messageId: record.messageId, reason: messageOf(error) });
    }
}

async function read(
    s3: S3Reader,
    Bucket: string,
    Key: string,
): Promise<AsyncIterable<Uint8Array> | undefined> {
    try {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
        return Body as AsyncIterable<Uint8Array> | undefined;
    } catch (error) {
        if ((error as Error).name === "NoSuchKey") {
            return undefined;
        }
        throw error;
    }
}

async function quarantine(
    s3: Pick<S3Client, "send">,
    bucket: string,
    key: string,
    rejected: readonly Rejected[],
): Promise<void> {
    const object = new GzipObject({ s3, bucket }, `quarantine/index/${key}`);
    for (const { line, reason } of rejected) {
        await object.add(Buffer.from(`${JSON.stringify({ reason, origin: key, raw: line })}\n`));
    }
    await object.close();
}

function awsClients(): IndexClients {
    return { s3: new S3Client({}), sqs: new SQSClient({}) };
}
