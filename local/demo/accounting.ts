import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { gunzipSync } from "node:zlib";

/** Running totals of the deployed system, per dataset. A run's own numbers are the difference of two. */
export interface Totals {
    /** Documents in OpenSearch. */
    readonly documents: Record<string, number>;
    /** Lines below the lake's `quarantine/`. */
    readonly quarantined: Record<string, number>;
    /** Documents that matched an indicator, by feed. */
    readonly matches: Record<string, number>;
}

/** Reads the totals of the moment: OpenSearch and the lake are asked, not the functions' own reports. */
export async function readTotals(search: string, s3: S3Client, lakeBucket: string): Promise<Totals> {
    await fetch(`${search}/logs-*/_refresh`, { method: "POST" });
    return {
        documents: await terms(search, "event.dataset"),
        quarantined: await quarantineCounts(s3, lakeBucket),
        matches: await terms(search, "threat.enrichments.feed.name"),
    };
}

interface Buckets {
    readonly aggregations?: Record<string, { buckets: { key: string; doc_count: number }[] }>;
}

async function terms(search: string, field: string): Promise<Record<string, number>> {
    const response = await fetch(`${search}/logs-*/_search?ignore_unavailable=true`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ size: 0, aggs: { by: { terms: { field, size: 1000 } } } }),
    });
    if (!response.ok) {
        throw new Error(`OpenSearch answered ${response.status}: ${(await response.text()).slice(0, 200)}`);
    }
    const answer = (await response.json()) as Buckets;
    const buckets = answer.aggregations?.by?.buckets ?? [];
    return Object.fromEntries(buckets.map(({ key, doc_count }) => [key, doc_count]));
}

async function quarantineCounts(s3: S3Client, bucket: string): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    let token: string | undefined;
    do {
        const page = await s3.send(
            new ListObjectsV2Command({ Bucket: bucket, Prefix: "quarantine/", ContinuationToken: token }),
        );
        for (const { Key } of page.Contents ?? []) {
            const object = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
            const text = gunzipSync(await object.Body!.transformToByteArray()).toString("utf8");
            for (const line of text.split("\n").filter((entry) => entry !== "")) {
                const dataset = String((JSON.parse(line) as { dataset?: string }).dataset ?? "unknown");
                counts[dataset] = (counts[dataset] ?? 0) + 1;
            }
        }
        token = page.NextContinuationToken;
    } while (token);
    return counts;
}

/** Records that the functions skipped since a time, by dataset, from their log lines. */
export async function readSkipped(
    logs: CloudWatchLogsClient,
    logGroup: string,
    since: number,
): Promise<number> {
    let skipped = 0;
    let nextToken: string | undefined;
    do {
        const page = await logs.send(
            new FilterLogEventsCommand({ logGroupName: logGroup, startTime: since, nextToken }),
        );
        for (const { message } of page.events ?? []) {
            skipped += skippedOf(message ?? "");
        }
        nextToken = page.nextToken;
    } while (nextToken);
    return skipped;
}

function skippedOf(message: string): number {
    const start = message.indexOf("{");
    if (start < 0 || !message.includes('"skipped"')) {
        return 0;
    }
    try {
        return Number((JSON.parse(message.slice(start)) as { skipped?: number }).skipped ?? 0);
    } catch {
        return 0;
    }
}

/** What came on top since an earlier reading. */
export function since(now: Record<string, number>, before: Record<string, number>): Record<string, number> {
    return Object.fromEntries(
        Object.entries(now)
            .map(([key, count]): [string, number] => [key, count - (before[key] ?? 0)])
            .filter(([, count]) => count !== 0),
    );
}
