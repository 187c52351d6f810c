import { GetObjectCommand, GetObjectCommandOutput } from "@aws-sdk/client-s3";
import type { CloudWatchLogsDecodedData, CloudWatchLogsEvent, EventBridgeEvent } from "aws-lambda";
import { Readable } from "node:stream";
import { gunzipSync } from "node:zlib";
import { S3Reader } from "../s3-object";
import { DeliveryContext } from "../sources/source";
import { S3ObjectRef } from "./sqs";

/** Log bytes on their way into the pipeline. */
export interface Delivery {
    readonly context: DeliveryContext;
    readonly input: AsyncIterable<Uint8Array>;
    /** Day of the lake it belongs to: the log's own, the same at each retry. */
    readonly date: Date;
}

/** An object with its bytes; undefined when it is gone, which a lifecycle rule or a late retry can bring about. */
export async function objectDelivery(
    s3: S3Reader,
    { bucket, key, etag, region }: S3ObjectRef,
    accountId: string,
    ownRegion: string,
): Promise<Delivery | undefined> {
    let answer: GetObjectCommandOutput;
    try {
        answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    } catch (error) {
        if ((error as Error).name === "NoSuchKey") {
            return undefined;
        }
        throw new Error(`s3://${bucket}/${key} cannot be read: ${(error as Error).message}`, {
            cause: error,
        });
    }
    // The tag of what is read, not of what was announced: the object may have been replaced since.
    const version = answer.ETag?.replace(/"/g, "") || etag;
    return {
        context: {
            accountId,
            region: region || ownRegion,
            origin: key,
            version,
            time: answer.LastModified?.getTime(),
        },
        input: (answer.Body ?? Readable.from([])) as AsyncIterable<Uint8Array>,
        date: dateOfKey(key) ?? answer.LastModified ?? new Date(0),
    };
}

/** The log events of a subscription; undefined for a control message, which only checks the way. */
export function logsDelivery(
    event: CloudWatchLogsEvent,
    accountId: string,
    region: string,
): Delivery | undefined {
    const data = JSON.parse(
        gunzipSync(Buffer.from(event.awslogs.data, "base64")).toString("utf8"),
    ) as CloudWatchLogsDecodedData;
    const first = data.logEvents?.[0];
    if (data.messageType === "CONTROL_MESSAGE" || !first) {
        return undefined;
    }
    // A record is a line; JSON that somebody wrote over several lines stays the same on one.
    const lines = data.logEvents.map(({ message }) => message.replace(/[\r\n]+/g, " "));
    return {
        context: {
            accountId: data.owner || accountId,
            region,
            origin: `${data.logGroup}:${data.logStream}`,
            version: first.id,
            time: first.timestamp,
        },
        input: Readable.from([Buffer.from(`${lines.join("\n")}\n`)]),
        date: new Date(first.timestamp),
    };
}

/** An event of EventBridge, whole: what wraps its detail may tell something too. */
export function eventDelivery(
    event: EventBridgeEvent<string, unknown>,
    accountId: string,
    region: string,
): Delivery {
    const time = Date.parse(event.time);
    const isTime = !Number.isNaN(time);
    return {
        context: {
            accountId: event.account || accountId,
            region: event.region || region,
            origin: `${event.source}:${event["detail-type"]}`,
            version: event.id,
            time: isTime ? time : undefined,
        },
        input: Readable.from([Buffer.from(JSON.stringify(event))]),
        date: new Date(isTime ? time : 0),
    };
}

/** The day that AWS writes into log keys: `2026/11/24/`, `year=2026/month=11/day=24/` or `2026-11-24-` (S3 access). */
export function dateOfKey(key: string): Date | undefined {
    const match =
        /(?:^|\/)(\d{4})\/(\d{2})\/(\d{2})\//.exec(key) ??
        /year=(\d{4})\/month=(\d{2})\/day=(\d{2})\//.exec(key) ??
        /(?:^|\/)(\d{4})-(\d{2})-(\d{2})-/.exec(key);
    if (!match) {
        return undefined;
    }
    const text = `${match[1]}-${match[2]}-${match[3]}`;
    const date = new Date(`${text}T00:00:00Z`);
    return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) ? date : undefined;
}
