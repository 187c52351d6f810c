import {
    CloudWatchLogsClient,
    CreateLogStreamCommand,
    PutLogEventsCommand,
    ResourceAlreadyExistsException,
} from "@aws-sdk/client-cloudwatch-logs";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { gzipSync } from "node:zlib";

/** Records of an object and events of a batch, as large as AWS makes them. */
const EVENTS_PER_BATCH = 2_000;

/** Key under which Firehose writes WAF logs for us: AWS's layout, gzip, many records an object. */
export function wafKey(accountId: string, region: string, time: Date, part: number): string {
    const [date, clock] = time.toISOString().split("T");
    const [hour, minute, second] = clock.split(/[:.]/);
    const stamp = `${date}-${hour}-${minute}-${second}`;
    return (
        `AWSLogs/${accountId}/WAFLogs/${region}/${date.replaceAll("-", "/")}/${hour}/` +
        `aws-waf-logs-syntheticsun-1-${stamp}-${String(part).padStart(4, "0")}.gz`
    );
}

/** Puts an object the way a log service does: gzip, whole lines. */
export async function deliverObject(
    s3: S3Client,
    bucket: string,
    key: string,
    lines: readonly string[],
): Promise<void> {
    const body = gzipSync(`${lines.join("\n")}\n`, { level: 1 });
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
}

/** Writes events to a log group in batches, as a flow log does: one stream an interface, one event a line. */
export async function deliverEvents(
    logs: CloudWatchLogsClient,
    group: string,
    stream: string,
    lines: readonly string[],
    time: number,
): Promise<void> {
    try {
        await logs.send(new CreateLogStreamCommand({ logGroupName: group, logStreamName: stream }));
    } catch (error) {
        if (!(error instanceof ResourceAlreadyExistsException)) {
            throw error;
        }
    }
    for (let at = 0; at < lines.length; at += EVENTS_PER_BATCH) {
        const logEvents = lines
            .slice(at, at + EVENTS_PER_BATCH)
            .map((message) => ({ timestamp: time, message }));
        await logs.send(new PutLogEventsCommand({ logGroupName: group, logStreamName: stream, logEvents }));
    }
}
