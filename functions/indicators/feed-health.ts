import { FeedHealth } from "./current";
import { FeedState } from "./feed-list";

/**
 * How the configured feeds are, for `current.json`.
 * @param entries entries of the snapshot by feed
 */
export function feedHealth(
    states: readonly FeedState[],
    entries: Readonly<Record<string, number>>,
): FeedHealth[] {
    return states.map(({ feed, good, partials, last, held }) => ({
        name: feed,
        indicators: entries[feed] ?? 0,
        lastSuccess: partials.at(-1)?.at ?? good?.at,
        lastOutcome: last?.outcome,
        ...(last?.error !== undefined && { error: last.error }),
        ...(held && { held: held.reason }),
    }));
}
