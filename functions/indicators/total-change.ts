import { IndicatorMatch, IndicatorType } from "./indicator";
import { ANALYST } from "./overrides";
import { Safety } from "./safety";

/** Entries that can be compared: `Snapshot` is one. */
export interface EntrySet {
    addresses(): Iterable<IndicatorMatch>;
    names(): Iterable<IndicatorMatch>;
    /** True when there is an entry of this very value. */
    has(type: IndicatorType, value: string): boolean;
}

/** How many entries there are and were. */
export interface Change {
    readonly before: number;
    readonly after: number;
    readonly added: number;
    readonly removed: number;
}

/** What makes a change a wish of those who run this, and not the doing of a feed. */
export interface Wishes {
    /** Feeds that already had entries when the snapshot in force was made. */
    readonly knownFeeds: ReadonlySet<string>;
    readonly configuredFeeds: ReadonlySet<string>;
    /** Of today, with the analysts' allowances. */
    readonly safety: Safety;
}

/**
 * Compares a new snapshot with the one in force. What was wished does not count: entries of new feeds, those that only
 * feeds vouch for that are no longer configured, analysts' overrides, and what must not be blocked any more.
 */
export function totalChange(inForce: EntrySet, next: EntrySet, wishes: Wishes): Change {
    const { knownFeeds, configuredFeeds, safety } = wishes;
    let before = 0;
    let removed = 0;
    let added = 0;
    for (const entry of entriesOf(inForce)) {
        if (ofFeeds(entry, configuredFeeds) && safety.refusal(entry) === undefined) {
            before++;
            removed += next.has(entry.type, entry.value) ? 0 : 1;
        }
    }
    for (const entry of entriesOf(next)) {
        added += !inForce.has(entry.type, entry.value) && ofFeeds(entry, knownFeeds) ? 1 : 0;
    }
    return { before, after: before - removed + added, added, removed };
}

function* entriesOf(set: EntrySet): Generator<IndicatorMatch> {
    yield* set.addresses();
    yield* set.names();
}

function ofFeeds({ feeds }: IndicatorMatch, among: ReadonlySet<string>): boolean {
    return feeds.some((feed) => feed !== ANALYST && among.has(feed)) && !feeds.includes(ANALYST);
}
