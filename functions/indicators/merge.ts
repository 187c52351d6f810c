import { Indicator, IndicatorType } from "./indicator";

/** One feed's report of one indicator, in normal form. */
export interface Sighting {
    readonly type: IndicatorType;
    readonly value: string;
    readonly feed: string;
    /** 0 to 100. */
    readonly confidence: number;
    /** ISO 8601: since when the feed has it, if it says so. */
    readonly seen?: string;
}

export interface MergeOptions {
    readonly now: Date;
    /** Days an indicator lives after it was last seen. Must be longer than the time between runs. @default 8 */
    readonly ttlDays?: number;
    /** `lastSeen` moves at most once in this time, so that a run without news writes nothing. @default 24 */
    readonly refreshHours?: number;
}

export interface MergeResult {
    /** Entries to write, each of another value. */
    readonly changed: readonly Indicator[];
    readonly unchanged: number;
}

/**
 * Merges sightings into what the table has: feeds add up, first seen stays, last seen moves, the highest confidence
 * wins. Pure, and idempotent within the refresh time: merging the same sightings again changes nothing.
 */
export function mergeSightings(
    existing: ReadonlyMap<string, Indicator>,
    sightings: Iterable<Sighting>,
    { now, ttlDays = 8, refreshHours = 24 }: MergeOptions,
): MergeResult {
    const lastSeen = now.toISOString();
    const expiresAt = Math.floor(now.getTime() / 1000) + ttlDays * 86_400;
    const refreshBefore = new Date(now.getTime() - refreshHours * 3_600_000).toISOString();
    const changed: Indicator[] = [];
    const grouped = groupByValue(sightings, lastSeen);
    for (const [value, seen] of grouped) {
        const old = existing.get(value);
        const feeds = [...new Set([...(old?.feeds ?? []), ...seen.feeds])].sort();
        const confidence = Math.max(old?.confidence ?? 0, seen.confidence);
        const same =
            old !== undefined &&
            old.type === seen.type &&
            old.feeds.length === feeds.length &&
            old.confidence === confidence &&
            old.lastSeen > refreshBefore;
        if (!same) {
            const firstSeen = old?.firstSeen || seen.firstSeen;
            changed.push({ type: seen.type, value, feeds, firstSeen, lastSeen, expiresAt, confidence });
        }
    }
    return { changed, unchanged: grouped.size - changed.length };
}

interface Grouped {
    readonly type: IndicatorType;
    readonly feeds: Set<string>;
    confidence: number;
    firstSeen: string;
}

function groupByValue(sightings: Iterable<Sighting>, now: string): Map<string, Grouped> {
    const grouped = new Map<string, Grouped>();
    for (const { type, value, feed, confidence, seen } of sightings) {
        const since = seen !== undefined && seen < now ? seen : now;
        const group = grouped.get(value);
        if (!group) {
            grouped.set(value, { type, feeds: new Set([feed]), confidence, firstSeen: since });
            continue;
        }
        group.feeds.add(feed);
        group.confidence = Math.max(group.confidence, confidence);
        group.firstSeen = since < group.firstSeen ? since : group.firstSeen;
    }
    return grouped;
}
