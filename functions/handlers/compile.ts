import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import { Compilation, compileSnapshot } from "../indicators/compilation";
import { Cost } from "../indicators/cost";
import { feedHealth } from "../indicators/feed-health";
import { FeedState } from "../indicators/feed-list";
import { readState } from "../indicators/feed-state";
import { judge } from "../indicators/guard";
import { MergeReport } from "../indicators/merging";
import { Publication } from "../indicators/publication";
import { HeldChange, publish, PublishOptions, rollBack } from "../indicators/publish";
import { loadSafety } from "../indicators/safety-load";
import { IndicatorSettings } from "../indicators/settings";
import { loadSettings } from "../indicators/settings-load";
import { Snapshot } from "../indicators/snapshot";
import { RefusedOverride } from "../indicators/snapshot-entries";
import { totalChange } from "../indicators/total-change";
import { metricLine } from "./metrics";
import { Environment, logLine, required, warnLine } from "./settings";

export interface CompileEvent {
    /** The feed that has news, for the log: all lists that are not merged yet are. */
    readonly feed?: string;
    /** Merge all lists again, and publish whatever changed and also when nothing has. */
    readonly force?: boolean;
    /** Put the snapshot before the one in force into force again, and do nothing else. */
    readonly rollback?: boolean;
}

/** What is in force after the run. */
export interface CompileReport {
    readonly version: string;
    readonly key: string;
    readonly sha256: string;
    readonly counts: unknown;
    /** False when the snapshot in force stays. */
    readonly published: boolean;
    /** Why it stays although there is another. */
    readonly held?: HeldChange;
    /** Of the snapshot compiled. */
    readonly bytes?: number;
    /** Entries left out of the snapshot, by reason. */
    readonly refused?: Readonly<Record<string, number>>;
    /** Values that analysts block and that must not be blocked. */
    readonly refusedOverrides?: readonly RefusedOverride[];
    readonly merged?: MergeReport["merged"];
    /** Items of the table put and deleted. */
    readonly written?: number;
    readonly deleted?: number;
    readonly cost?: Cost;
    readonly seconds: number;
}

/** What the handler talks to; tests pass their own. */
export interface CompileClients {
    readonly dynamo: DynamoDBClient;
    readonly s3: S3Client;
    /** Where the lake lies. */
    readonly lake: S3Client;
    readonly sns: SNSClient;
    readonly now?: () => Date;
}

/**
 * Merges the feeds' new lists into the IOC table, compiles what is alive into a snapshot, puts it into force and tells
 * the spokes. A snapshot that would change too much at once is held: the one in force stays. One run at a time.
 */
export function createHandler(env: Environment, clients: CompileClients = awsClients(env)) {
    const bucket = required(env, "SNAPSHOT_BUCKET");
    const tables = { ioc: required(env, "IOC_TABLE"), overrides: required(env, "OVERRIDES_TABLE") };
    const topic = required(env, "PUBLISHED_TOPIC");
    const lakeBucket = required(env, "LAKE_BUCKET");
    const { dynamo, s3, lake, sns } = clients;
    const publication: Publication = { s3, bucket, sns, topic };

    return async (event: CompileEvent = {}): Promise<CompileReport> => {
        const started = Date.now();
        const now = clients.now?.() ?? new Date();
        const seconds = () => (Date.now() - started) / 1000;
        if (event.rollback === true) {
            const { version, key, sha256, counts } = await rollBack(publication, now);
            const report = { version, key, sha256, counts, published: true, seconds: seconds() };
            logLine({ event: "rolled-back", ...report });
            return report;
        }
        const force = event.force === true;
        const settings = await loadSettings(s3, bucket);
        const states = await statesOf(s3, bucket, settings);
        const safety = await loadSafety(settings, { s3, bucket, lake: { s3: lake, bucket: lakeBucket } });
        const compiled = await compileSnapshot({
            dynamo,
            s3,
            bucket,
            tables,
            settings,
            states,
            safety,
            now,
            force,
        });
        const { file, report } = compiled;
        const snapshot = Snapshot.decode(file);
        const feeds = feedHealth(states, compiled.entriesByFeed);
        const guard = guardOf(settings, compiled);
        const { current, published, held } = await publish(
            publication,
            { file, snapshot, feeds },
            { now, force, guard },
        );
        if (held) {
            const todo = 'look at the feeds; if it is right, invoke this function with {"force": true}';
            warnLine({ event: "publish-held", inForce: current.version, ...held, todo });
        }
        const total = Object.values(snapshot.counts).reduce((sum, count) => sum + count, 0);
        logLine(metricLine({ PublicationHeld: held ? 1 : 0, IndicatorsInForce: total }));
        const { version, key, sha256, counts } = current;
        const whole = { version, key, sha256, counts, published, held, bytes: file.length, ...report };
        logLine({ event: "compiled", feed: event.feed, ...whole, seconds: seconds() });
        return { ...whole, seconds: seconds() };
    };
}

async function statesOf(s3: S3Client, bucket: string, { feeds }: IndicatorSettings): Promise<FeedState[]> {
    const stored = await Promise.all(feeds.map(({ name }) => readState(s3, bucket, name)));
    return stored.map(({ state }) => state);
}

function guardOf(settings: IndicatorSettings, { safety }: Compilation): PublishOptions["guard"] {
    const configuredFeeds = new Set(settings.feeds.map(({ name }) => name));
    return (next, inForce, current) => {
        const known = current.feeds.filter(({ indicators }) => indicators > 0);
        const knownFeeds = new Set(known.map(({ name }) => name));
        const change = totalChange(inForce, next, { knownFeeds, configuredFeeds, safety });
        const reason = judge(change, settings.guard);
        return reason === undefined ? undefined : { ...change, reason };
    };
}

function awsClients(env: Environment): CompileClients {
    const lake = new S3Client({ region: env.LAKE_REGION });
    return { dynamo: new DynamoDBClient({}), s3: new S3Client({}), lake, sns: new SNSClient({}) };
}
