import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { MispSighting, readMisp } from "../feeds/misp";
import { Indicator } from "../indicators/indicator";
import { mergeSightings, Sighting } from "../indicators/merge";
import { normalizeIndicator } from "../indicators/normalize";
import { AllowList, refusal, SafetyOptions } from "../indicators/safety";
import { LONGEST_VALUE, readTable, TableClient, writeIndicators } from "../indicators/table";
import { Environment, list, logLine, required } from "./settings";

export interface FeedReport {
    /** Values the feed sent. */
    read: number;
    /** Different indicators left of them. */
    indicators: number;
    /** Values that must not be matched or blocked, by reason. */
    refused: Record<string, number>;
    /** Values that are no address, network, domain or URL. */
    invalid: number;
}

export interface CollectReport {
    readonly feeds: Record<string, FeedReport>;
    readonly written: number;
    readonly unchanged: number;
    readonly seconds: number;
}

/** What the handler talks to; tests pass their own. */
export interface CollectClients {
    readonly dynamo: TableClient;
    readonly lambda: Pick<LambdaClient, "send">;
    readonly secrets: Pick<SecretsManagerClient, "send">;
    readonly fetch?: typeof fetch;
    readonly now?: () => Date;
}

/** MISP attributes are marked for detection by an analyst or a curated feed. */
const MISP_CONFIDENCE = 80;

/**
 * Collects indicators from the feeds into the IOC table, then has the snapshot compiled. A feed is read to its end
 * before anything is written: when it fails, the table stays as it is.
 */
export function createHandler(env: Environment, clients: CollectClients = awsClients()) {
    const table = required(env, "IOC_TABLE");
    const url = required(env, "MISP_URL");
    const secretArn = required(env, "MISP_SECRET_ARN");
    const compileFunction = required(env, "COMPILE_FUNCTION");
    const tags = list(env, "MISP_TAGS");
    const allowList = new AllowList(list(env, "ALLOW_LIST"));
    const safety: SafetyOptions = { allowDocumentation: env.ALLOW_DOCUMENTATION === "true" };

    return async (): Promise<CollectReport> => {
        const now = clients.now?.() ?? new Date();
        const started = Date.now();
        const key = await mispKey(clients.secrets, secretArn);
        const { report, sightings } = await readFeed(
            readMisp({ url, key, tags, fetch: clients.fetch }),
            "misp",
            (indicator) => refusal(indicator, allowList, safety),
        );
        if (report.read === 0) {
            throw new Error(
                `misp: no indicator under tags ${tags.join(", ")}: check the tags' spelling (case counts), ` +
                    "that the feeds are fetched and that the key's user may see their events",
            );
        }
        const existing = new Map<string, Indicator>();
        for await (const indicator of readTable(clients.dynamo, table)) {
            existing.set(indicator.value, indicator);
        }
        const { changed, unchanged } = mergeSightings(existing, sightings, { now });
        const { written } = await writeIndicators(clients.dynamo, table, changed);
        await clients.lambda.send(
            new InvokeCommand({
                FunctionName: compileFunction,
                InvocationType: "Event",
                Payload: Buffer.from("{}"),
            }),
        );
        const result = {
            feeds: { misp: report },
            written,
            unchanged,
            seconds: (Date.now() - started) / 1000,
        };
        logLine({ event: "collected", ...result });
        return result;
    };
}

async function readFeed(
    values: AsyncIterable<MispSighting>,
    feed: string,
    refuse: (indicator: { type: Indicator["type"]; value: string }) => string | undefined,
): Promise<{ report: FeedReport; sightings: Sighting[] }> {
    const report: FeedReport = { read: 0, indicators: 0, refused: {}, invalid: 0 };
    const sightings: Sighting[] = [];
    for await (const { value, seen } of values) {
        report.read++;
        const indicator = normalizeIndicator(value);
        if (!indicator) {
            report.invalid++;
            continue;
        }
        const tooLong = Buffer.byteLength(indicator.value) > LONGEST_VALUE;
        const reason = tooLong ? `longer than ${LONGEST_VALUE} bytes` : refuse(indicator);
        if (reason) {
            report.refused[reason] = (report.refused[reason] ?? 0) + 1;
        } else {
            sightings.push({ ...indicator, feed, seen, confidence: MISP_CONFIDENCE });
        }
    }
    report.indicators = new Set(sightings.map(({ value }) => value)).size;
    return { report, sightings };
}

/** The secret is the key itself or JSON `{"key": "…"}`. It is read at each run, so that a rotated key just works. */
async function mispKey(secrets: Pick<SecretsManagerClient, "send">, arn: string): Promise<string> {
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: arn }));
    let key: unknown = SecretString?.trim();
    if (typeof key === "string" && key.startsWith("{")) {
        try {
            key = (JSON.parse(key) as { key?: unknown }).key;
        } catch {
            key = undefined;
        }
    }
    if (typeof key !== "string" || !key) {
        throw new Error(`secret ${arn} holds no MISP key: store the key itself, or JSON {"key": "…"}`);
    }
    return key;
}

function awsClients(): CollectClients {
    return {
        dynamo: new DynamoDBClient({}),
        lambda: new LambdaClient({}),
        secrets: new SecretsManagerClient({}),
    };
}
