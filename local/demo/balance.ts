import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { sourceOf } from "../../functions/sources/registry";
import { readSkipped, readTotals, since, Totals } from "./accounting";
import { LogKind } from "./awsFiles";
import { DemoContext, settingsIn } from "./context";
import { until } from "./indicators";
import { SourceCounts } from "./report";
import { Sent } from "./traffic";

/** Records on their way, and how things stood before. */
export interface Sending {
    sent: Sent;
    before: Totals;
    /** Unix milliseconds. */
    startedAt: number;
}

/** What became of them. */
export interface Balance {
    sources: Partial<Record<LogKind, SourceCounts>>;
    /** Documents that matched an indicator, by feed. */
    matches: Record<string, number>;
}

export function totals(context: DemoContext): Promise<Totals> {
    const s3 = new S3Client(settingsIn(context));
    return readTotals(context.cloud.openSearchEndpoint, s3, context.hub.lakeBucketName);
}

/** Waits until documents, quarantine and skipped are what was sent. @returns the counts, complete or not */
export async function account(
    context: DemoContext,
    { sent, before, startedAt }: Sending,
    say: (text: string) => void,
): Promise<Balance> {
    const kinds = (Object.keys(sent) as LogKind[]).filter((kind) => sent[kind] > 0);
    const expected = kinds.reduce((sum, kind) => sum + sent[kind], 0);
    const logs = await enrichLogs(context);
    const balance: Balance = { sources: {}, matches: {} };
    const read = async () => {
        const now = await totals(context);
        const documents = since(now.documents, before.documents);
        const quarantined = since(now.quarantined, before.quarantined);
        balance.matches = since(now.matches, before.matches);
        let done = 0;
        for (const kind of kinds) {
            const { dataset } = sourceOf(kind);
            const counts = {
                in: sent[kind],
                documents: documents[dataset] ?? 0,
                quarantined: quarantined[dataset] ?? 0,
                skipped: await skippedSince(logs, kind, startedAt),
            };
            balance.sources[kind] = counts;
            done += counts.documents + counts.quarantined + counts.skipped;
        }
        say(`${done} of ${expected}`);
        return done >= expected ? true : undefined;
    };
    try {
        await until("the last record", 120_000, read);
    } catch (error) {
        say((error as Error).message);
    }
    return balance;
}

interface EnrichLog {
    readonly kind: LogKind;
    readonly client: CloudWatchLogsClient;
    readonly logGroup: string;
}

/** Log groups of the functions that enrich, in every spoke. */
async function enrichLogs(context: DemoContext): Promise<EnrichLog[]> {
    const found: EnrichLog[] = [];
    for (const { account: where, outputs } of context.spokes) {
        const lambda = new LambdaClient(settingsIn(context, where));
        const client = new CloudWatchLogsClient(settingsIn(context, where));
        for (const [kind, FunctionName] of [
            ["waf", outputs.wafFunction],
            ["vpcflow", outputs.flowFunction],
        ] as const) {
            const { LoggingConfig } = await lambda.send(
                new GetFunctionConfigurationCommand({ FunctionName }),
            );
            found.push({ kind, client, logGroup: LoggingConfig!.LogGroup! });
        }
    }
    return found;
}

async function skippedSince(logs: readonly EnrichLog[], wanted: LogKind, from: number): Promise<number> {
    let skipped = 0;
    for (const { kind, client, logGroup } of logs) {
        skipped += kind === wanted ? await readSkipped(client, logGroup, from) : 0;
    }
    return skipped;
}
