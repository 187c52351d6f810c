import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Reader } from "../s3-object";
import { Cost, CostMeter } from "./cost";
import { FeedState, MERGED_KEY, MergedRuns } from "./feed-list";
import { FeedWords, PendingLists, pendingLists } from "./feed-words";
import { matchOf } from "./indicator";
import { mergeIntoTable, MergeReport } from "./merging";
import { overridesInForce, readOverrides } from "./overrides";
import { Safety } from "./safety";
import { IndicatorSettings } from "./settings";
import { SnapshotBuilder } from "./snapshot-builder";
import { RefusedOverride, SnapshotEntries } from "./snapshot-entries";
import { readJson, writeJson } from "./stored-json";

const REFRESH_HOURS = 24;

/** What a snapshot is compiled from. */
export interface CompileInput {
    readonly dynamo: DynamoDBClient;
    readonly s3: S3Reader;
    /** The snapshot bucket. */
    readonly bucket: string;
    /** Names. */
    readonly tables: { readonly ioc: string; readonly overrides: string };
    readonly settings: IndicatorSettings;
    /** Of the configured feeds. */
    readonly states: readonly FeedState[];
    readonly safety: Safety;
    readonly now: Date;
    /** Merge also lists that were merged before: to fill a table that was lost. */
    readonly force: boolean;
}

/** A snapshot, and how it came about. */
export interface Compilation {
    readonly file: Buffer;
    readonly entriesByFeed: Readonly<Record<string, number>>;
    /** With what analysts allow. */
    readonly safety: Safety;
    readonly report: MergeReport & {
        readonly cost: Cost;
        readonly refused: Readonly<Record<string, number>>;
        readonly refusedOverrides: readonly RefusedOverride[];
    };
}

/** Merges the lists that are not in the table yet, and makes a snapshot of all that is alive and safe. */
export async function compileSnapshot(input: CompileInput): Promise<Compilation> {
    const { dynamo, s3, bucket, tables, states, now } = input;
    const mergedBefore = (await readJson<MergedRuns>(s3, bucket, MERGED_KEY)) ?? {};
    const pending = pendingLists(states, input.force ? {} : mergedBefore);
    const overrides = overridesInForce(await readOverrides(dynamo, tables.overrides), now);
    const safety = input.safety.allowing(overrides.allowed);
    const builder = new SnapshotBuilder();
    const entries = new SnapshotEntries(builder, safety, overrides);
    const cost = new CostMeter();
    const report = await mergeIntoTable({
        table: { client: dynamo, name: tables.ioc, cost },
        words: await FeedWords.load(s3, bucket, pending),
        rules: {
            now: Math.floor(now.getTime() / 1000),
            feeds: new Map(input.settings.feeds.map((feed) => [feed.name, feed])),
            full: new Set(pending.filter(hasFullList).map(({ feed }) => feed)),
            refreshHours: REFRESH_HOURS,
        },
        onEntry: (indicator) => entries.add(matchOf(indicator)),
    });
    const merged = mergedAfter(states, mergedBefore, pending);
    if (JSON.stringify(merged) !== JSON.stringify(mergedBefore)) {
        await writeJson(s3, bucket, MERGED_KEY, merged);
    }
    entries.finish();
    const { refused, refusedOverrides, byFeed } = entries;
    return {
        file: builder.finish(),
        entriesByFeed: byFeed,
        safety,
        report: { ...report, cost: cost.total(), refused, refusedOverrides },
    };
}

function hasFullList({ lists }: PendingLists): boolean {
    return lists.some(({ pass }) => pass === "full");
}

/** Feeds that are not configured any more are left out: should they come back, they are merged again. */
function mergedAfter(
    states: readonly FeedState[],
    before: MergedRuns,
    pending: readonly PendingLists[],
): MergedRuns {
    const after: Record<string, string> = {};
    for (const { feed } of states) {
        const run = pending.find((lists) => lists.feed === feed)?.lists.at(-1)?.run ?? before[feed];
        if (run !== undefined) {
            after[feed] = run;
        }
    }
    return after;
}
