import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { createHash } from "node:crypto";
import { CURRENT_KEY, CurrentSnapshot, readCurrent } from "../indicators/current";
import { Indicator } from "../indicators/indicator";
import { encodeSnapshot, Snapshot } from "../indicators/snapshot";
import { readTable, TableClient } from "../indicators/table";
import { Environment, logLine, messageOf, required, warnLine } from "./settings";

export interface CompileEvent {
    /** Write and publish also when nothing has changed. */
    readonly force?: boolean;
}

export interface CompileReport {
    readonly version: string;
    readonly key: string;
    readonly sha256: string;
    readonly counts: unknown;
    /** False when the snapshot in force is the same already. */
    readonly published: boolean;
    readonly bytes: number;
    readonly seconds: number;
}

/** What the handler talks to; tests pass their own. */
export interface CompileClients {
    readonly dynamo: TableClient;
    readonly s3: Pick<S3Client, "send">;
    readonly sns: Pick<SNSClient, "send">;
    readonly now?: () => Date;
}

/**
 * Compiles the unexpired part of the IOC table into a snapshot, puts it into force and tells the spokes. A table
 * that came out empty never replaces a snapshot that is not: the last good one stays.
 */
export function createHandler(env: Environment, clients: CompileClients = awsClients()) {
    const table = required(env, "IOC_TABLE");
    const bucket = required(env, "SNAPSHOT_BUCKET");
    const topic = required(env, "PUBLISHED_TOPIC");

    return async (event: CompileEvent = {}): Promise<CompileReport> => {
        const started = Date.now();
        const now = clients.now?.() ?? new Date();
        const indicators = await unexpired(clients.dynamo, table, now);
        const bytes = encodeSnapshot(indicators);
        const sha256 = createHash("sha256").update(bytes).digest("hex");
        const previous = await currentOf(clients.s3, bucket, event.force === true);
        if (indicators.length === 0 && previous && sha256 !== previous.sha256) {
            throw new Error(
                `${table} holds no unexpired indicator but ${previous.key} is in force: kept it, look at the collector`,
            );
        }
        const published = event.force === true || sha256 !== previous?.sha256;
        const createdAt = now.toISOString();
        const counts = Snapshot.decode(bytes).counts;
        const key = `snapshots/${sha256.slice(0, 16)}.bin`;
        const current: CurrentSnapshot =
            published || !previous ? { version: createdAt, key, sha256, counts, createdAt } : previous;
        if (published) {
            await put(clients.s3, bucket, key, bytes, "application/octet-stream");
            await put(clients.s3, bucket, CURRENT_KEY, JSON.stringify(current), "application/json");
            const message = JSON.stringify({ version: current.version, key, sha256, counts });
            await clients.sns.send(new PublishCommand({ TopicArn: topic, Message: message }));
        }
        const report: CompileReport = {
            version: current.version,
            key: current.key,
            sha256,
            counts,
            published,
            bytes: bytes.length,
            seconds: (Date.now() - started) / 1000,
        };
        logLine({ event: "compiled", ...report });
        return report;
    };
}

async function unexpired(dynamo: TableClient, table: string, now: Date): Promise<Indicator[]> {
    const seconds = now.getTime() / 1000;
    const indicators: Indicator[] = [];
    for await (const indicator of readTable(dynamo, table)) {
        if (indicator.expiresAt > seconds) {
            indicators.push(indicator);
        }
    }
    return indicators;
}

/** A damaged `current.json` stops a plain run; a forced one replaces it. */
async function currentOf(
    s3: CompileClients["s3"],
    bucket: string,
    force: boolean,
): Promise<CurrentSnapshot | undefined> {
    try {
        const answer = await readCurrent(s3, bucket);
        return answer.state === "read" ? answer.current : undefined;
    } catch (error) {
        if (!force) {
            throw error;
        }
        warnLine({ event: "current-unreadable", reason: messageOf(error) });
        return undefined;
    }
}

async function put(
    s3: CompileClients["s3"],
    Bucket: string,
    Key: string,
    Body: Buffer | string,
    ContentType: string,
): Promise<void> {
    await s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType }));
}

function awsClients(): CompileClients {
    return { dynamo: new DynamoDBClient({}), s3: new S3Client({}), sns: new SNSClient({}) };
}
