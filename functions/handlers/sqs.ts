import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { messageOf, warnLine } from "./settings";

/** An object that S3 reports as created. */
export interface S3ObjectRef {
    readonly bucket: string;
    readonly key: string;
    readonly etag: string;
    readonly region: string;
}

interface S3Notification {
    readonly Event?: string;
    readonly Records?: readonly {
        readonly awsRegion?: string;
        readonly eventName?: string;
        readonly s3?: {
            readonly bucket?: { name?: string };
            readonly object?: { key?: string; eTag?: string };
        };
    }[];
}

/**
 * Objects that an SQS message names. An S3 test event and events of other kinds than creation name none.
 * @throws Error when the body is no S3 notification
 */
export function s3ObjectsOf({ body }: Pick<SQSRecord, "body">): S3ObjectRef[] {
    const notification = parse(body);
    if (notification.Event === "s3:TestEvent") {
        return [];
    }
    if (!Array.isArray(notification.Records)) {
        throw new Error(
            "the message is no S3 notification: send the bucket's events to this queue and nothing else",
        );
    }
    return (notification.Records as NonNullable<S3Notification["Records"]>).flatMap((record) => {
        const bucket = record.s3?.bucket?.name;
        const key = record.s3?.object?.key;
        if (!bucket || !key || (record.eventName && !/^(s3:)?ObjectCreated/.test(record.eventName))) {
            return [];
        }
        const etag = (record.s3?.object?.eTag ?? "").replace(/"/g, "");
        return [{ bucket, key: decodeKey(key), etag, region: record.awsRegion ?? "" }];
    });
}

/** Handles the messages one after another. One that fails is answered as failed; the others are done. */
export async function eachMessage(
    event: SQSEvent,
    handle: (record: SQSRecord) => Promise<void>,
): Promise<SQSBatchResponse> {
    const batchItemFailures: { itemIdentifier: string }[] = [];
    for (const record of event.Records) {
        try {
            await handle(record);
        } catch (error) {
            warnLine({ event: "message-failed", messageId: record.messageId, reason: messageOf(error) });
            batchItemFailures.push({ itemIdentifier: record.messageId });
        }
    }
    return { batchItemFailures };
}

function parse(body: string): S3Notification {
    try {
        return (JSON.parse(body) as S3Notification | null) ?? {};
    } catch {
        throw new Error("the message is not JSON: send the bucket's events to this queue and nothing else");
    }
}

/** Keys in events are form-encoded: a plus sign is a blank. */
function decodeKey(key: string): string {
    return decodeURIComponent(key.replace(/\+/g, " "));
}
