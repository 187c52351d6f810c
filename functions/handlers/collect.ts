import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Context } from "aws-lambda";
import { createHash } from "node:crypto";
import { FeedDefinition } from "../feeds/definition";
import { FeedReader } from "../feeds/feed";
import { FeedHttp, feedHttp, FeedHttpOptions } from "../feeds/http";
import { FeedTools, openFeed } from "../feeds/registry";
import { Refuser } from "../indicators/collecting";
import { OpenedFeed, runFeed, FeedRunResult } from "../indicators/feed-run";
import { loadSafety, SafetySource } from "../indicators/safety-load";
import { IndicatorSettings } from "../indicators/settings";
import { loadSettings } from "../indicators/settings-load";
import { S3Reader } from "../s3-object";
import { readFeedSecret } from "./feed-secret";
import { metricLine } from "./metrics";
import { Environment, logLine, required, warnLine } from "./settings";

export interface CollectEvent {
    /** Name of the feed. */
    readonly feed: string;
    /** Let the list through that the guard would hold, this once. */
    readonly accept?: boolean;
    /** The pass to go on with: the function tells itself. */
    readonly continue?: string;
}

export interface CollectReport extends Omit<FeedRunResult, "passing" | "inForce"> {
    readonly feed: string;
    readonly seconds: number;
}

/** What the handler talks to; tests pass their own. */
export interface CollectClients {
    readonly s3: S3Reader;
    /** Where the lake lies. */
    readonly lake: S3Reader;
    readonly lambda: Pick<LambdaClient, "send">;
    readonly secrets: Pick<SecretsManagerClient, "send">;
    readonly open: (definition: FeedDefinition, tools: FeedTools) => FeedReader;
    readonly http: (options: FeedHttpOptions) => FeedHttp;
    readonly safety: (settings: IndicatorSettings, source: SafetySource) => Promise<Refuser>;
    readonly now: () => Date;
}

/** Where there is no deadline: outside Lambda. */
const NO_DEADLINE: Pick<Context, "getRemainingTimeInMillis"> = { getRemainingTimeInMillis: () => Infinity };

/**
 * Collects one feed into lists of the snapshot bucket, then has them merged and compiled. A feed that fails, or whose
 * list would change too much at once, keeps its last good list. Near its deadline the function invokes itself to go on.
 * @throws a fault that may pass by itself, for Lambda to try again; others are in the report and in the feed's state
 */
export function createHandler(env: Environment, clients: CollectClients = awsClients(env)) {
    const bucket = required(env, "SNAPSHOT_BUCKET");
    const compileFunction = required(env, "COMPILE_FUNCTION");
    const ownFunction = required(env, "AWS_LAMBDA_FUNCTION_NAME");
    const lakeBucket = required(env, "LAKE_BUCKET");
    const { s3, lake, lambda, now } = clients;

    const open = async (definition: FeedDefinition, settings: IndicatorSettings): Promise<OpenedFeed> => {
        const safety = await clients.safety(settings, { s3, bucket, lake: { s3: lake, bucket: lakeBucket } });
        const { secretArn, auth, tls } = definition;
        const secret = secretArn ? await readFeedSecret(clients.secrets, secretArn) : undefined;
        const http = clients.http({ auth, secret, tls });
        return {
            reader: clients.open(definition, { http, s3, secret, now }),
            safety,
            close: () => http.close(),
        };
    };
    const invoke = async (FunctionName: string, payload: object): Promise<void> => {
        const Payload = Buffer.from(JSON.stringify(payload));
        await lambda.send(new InvokeCommand({ FunctionName, InvocationType: "Event", Payload }));
    };

    return async (event: CollectEvent, context = NO_DEADLINE): Promise<CollectReport> => {
        const started = Date.now();
        const settings = await loadSettings(s3, bucket);
        const definition = settings.feeds.find(({ name }) => name === event.feed);
        if (!definition) {
            throw new UnknownFeed(event.feed, settings);
        }
        const { passing, inForce, ...result } = await runFeed({
            s3,
            bucket,
            feed: definition.name,
            confidence: definition.confidence,
            guard: settings.guard,
            fingerprint: fingerprint(definition, settings),
            open: () => open(definition, settings),
            now,
            remaining: () => context.getRemainingTimeInMillis(),
            accept: event.accept,
            continue: event.continue,
        });
        const report = { feed: definition.name, ...result, seconds: (Date.now() - started) / 1000 };
        log(report, inForce);
        if (passing !== undefined) {
            throw passing;
        }
        if (result.outcome === "continued") {
            await invoke(ownFunction, { ...event, continue: result.run });
        } else if (result.outcome === "collected" || result.outcome === "unchanged") {
            await invoke(compileFunction, { feed: definition.name });
        }
        return report;
    };
}

function log(report: CollectReport, indicators: number): void {
    const { outcome, feed } = report;
    const metrics = metricLine(
        { Held: outcome === "held" ? 1 : 0, Failed: outcome === "failed" ? 1 : 0, Indicators: indicators },
        { Feed: feed },
    );
    if (outcome === "held") {
        const todo = `look at the feed; if it is right, invoke this function with ${JSON.stringify({ feed, accept: true })}`;
        warnLine({ event: "feed-held", ...report, todo, ...metrics });
    } else if (outcome === "failed") {
        warnLine({ event: "feed-failed", ...report, ...metrics });
    } else if (outcome === "superseded") {
        warnLine({
            event: "feed-superseded",
            ...report,
            reason: "another run of the feed is ahead of this one",
        });
    } else {
        logLine({ event: "collected", ...report, ...metrics });
    }
}

class UnknownFeed extends Error {
    constructor(feed: unknown, { feeds }: IndicatorSettings) {
        const known = feeds.map(({ name }) => name).join(", ") || "none";
        super(`unknown feed ${JSON.stringify(feed)}: invoke with {"feed": NAME}, NAME one of: ${known}`);
    }
}

/** Of all that decides what becomes of the values a feed sends, but for what changes by the day. */
function fingerprint(definition: FeedDefinition, settings: IndicatorSettings): string {
    const { allowList, warningLists, widest, allowDocumentation } = settings;
    const deciding = JSON.stringify({ definition, allowList, warningLists, widest, allowDocumentation });
    return createHash("sha256").update(deciding).digest("hex");
}

function awsClients(env: Environment): CollectClients {
    return {
        s3: new S3Client({}),
        lake: new S3Client({ region: env.LAKE_REGION }),
        lambda: new LambdaClient({}),
        secrets: new SecretsManagerClient({}),
        open: openFeed,
        http: feedHttp,
        safety: loadSafety,
        now: () => new Date(),
    };
}
