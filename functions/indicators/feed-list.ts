import { FeedMemory } from "../feeds/feed";

/** What became of a feed's values. */
export interface FeedCounts {
    /** Values the feed sent. */
    readonly read: number;
    /** Different indicators left of them. */
    readonly indicators: number;
    /** Values that must not be matched or blocked, by reason. */
    readonly refused: Readonly<Record<string, number>>;
    /** Values that are no address, network, domain or URL. */
    readonly invalid: number;
}

/**
 * Indicators of one pass over a feed, as objects of the snapshot bucket. `refused` lists what was refused and why, for
 * those who ask.
 */
export interface FeedList {
    /** Sorts by time: `2026-11-24T17:05:00.000Z-1f2e3d4c`. */
    readonly run: string;
    readonly pass: "full" | "partial";
    /** When the feed was seen to have this, ISO 8601. */
    readonly at: string;
    /** Keys of the parts, in order. An empty list has none. */
    readonly parts: readonly string[];
    readonly refused: readonly string[];
    readonly counts: FeedCounts;
}

/** A list that would have changed too much at once. */
export interface HeldList {
    readonly run: string;
    readonly at: string;
    /** Indicators before and after. */
    readonly before: number;
    readonly after: number;
    readonly added: number;
    readonly removed: number;
    readonly reason: string;
}

/** Object `feeds/<name>/state.json`: what is known of a feed. Only the collector writes it. */
export interface FeedState {
    readonly feed: string;
    /** The last full list that was accepted, and the partial ones since, oldest first. What is merged comes from here. */
    readonly good?: FeedList;
    readonly partials: readonly FeedList[];
    readonly memory?: FeedMemory;
    /** A pass that was cut off and goes on. */
    readonly running?: {
        readonly run: string;
        readonly startedAt: string;
        readonly resume: FeedMemory;
        readonly parts: readonly string[];
        readonly refused: readonly string[];
        readonly counts: FeedCounts;
    };
    readonly held?: HeldList;
    readonly last?: {
        readonly at: string;
        readonly outcome: "collected" | "unchanged" | "held" | "failed" | "continued";
        /** What is wrong and what to do. */
        readonly error?: string;
        readonly seconds: number;
    };
}

/** Object `feeds/merged.json`: the last run of each feed that is in the IOC table. Only the compiler writes it. */
export type MergedRuns = Readonly<Record<string, string>>;

export const MERGED_KEY = "feeds/merged.json";

export function stateKey(feed: string): string {
    return `feeds/${feed}/state.json`;
}

/** Key of a part of a list; `what` is `indicators` or `refused`. */
export function listKey(feed: string, run: string, what: "indicators" | "refused", part: number): string {
    return `feeds/${feed}/${run}/${what}-${String(part).padStart(5, "0")}.tsv.gz`;
}
