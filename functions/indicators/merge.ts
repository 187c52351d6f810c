import { FeedRef, Indicator, indicatorOf, IndicatorType } from "./indicator";

/** What a feed's list says of one value. Times are unix seconds. */
export interface Word {
    readonly type: IndicatorType;
    /** 0 to 100. */
    readonly confidence: number;
    /** When the feed was seen to say this. */
    readonly at: number;
    /** Since when the feed knows the value, where it says so. */
    readonly firstSeen?: number;
    /** From then on it is no indicator any more, where the feed says so. */
    readonly validUntil?: number;
    /** The feed takes it back. */
    readonly revoked?: boolean;
}

/** What holds for all values of a pass. */
export interface MergeRules {
    /** Unix seconds. */
    readonly now: number;
    /** The configured feeds. The word of any other is dropped. */
    readonly feeds: ReadonlyMap<string, { readonly ttlDays: number }>;
    /** Feeds of which a full list is merged: a value without a word of theirs is none of theirs any more. */
    readonly full: ReadonlySet<string>;
    /** `lastSeen` moves at most once in this time, or twice in a life that is shorter, so that a run without news writes nothing. */
    readonly refreshHours: number;
    /** Told what became of each feed's word. */
    readonly tally?: (feed: string, change: RefChange) => void;
}

export type RefChange = "added" | "removed" | "unchanged";

/** What to do with the value's item, and what is left of the indicator: nothing when no feed vouches for it. */
export interface Merged {
    readonly change: "none" | "put" | "delete";
    readonly entry?: Indicator;
}

/**
 * Merges what feeds say of a value into its item. First seen stays, last seen moves, the feed's latest word on
 * confidence and validity counts. Pure, and merging the same words again changes nothing.
 * @param old the value's item, if there is one
 * @param words what the lists say, by feed
 */
export function mergeWords(
    value: string,
    old: Indicator | undefined,
    words: ReadonlyMap<string, Word>,
    rules: MergeRules,
): Merged {
    const alive: FeedRef[] = [];
    let changed = false;
    for (const ref of old?.feeds ?? []) {
        const word = words.get(ref.name);
        const kept = word ? refOf(ref.name, ref, word, rules) : stays(ref, rules) ? ref : undefined;
        // A word that has only expired is not worth a write: it goes with the next one.
        changed ||= kept === undefined || !sameRef(kept, ref);
        const lives = kept !== undefined && kept.expiresAt > rules.now;
        if (lives) {
            alive.push(kept);
        }
        if (word || !kept) {
            rules.tally?.(ref.name, lives ? "unchanged" : "removed");
        }
    }
    for (const [feed, word] of words) {
        if (!old?.feeds.some(({ name }) => name === feed)) {
            const added = refOf(feed, undefined, word, rules);
            if (added && added.expiresAt > rules.now) {
                alive.push(added);
                changed = true;
                rules.tally?.(feed, "added");
            }
        }
    }
    if (alive.length === 0) {
        return { change: old ? "delete" : "none" };
    }
    alive.sort((a, b) => (a.name < b.name ? -1 : 1));
    const type = old?.type ?? [...words.values()][0].type;
    return { change: changed ? "put" : "none", entry: indicatorOf(type, value, alive) };
}

function stays({ name }: FeedRef, { feeds, full }: MergeRules): boolean {
    return feeds.has(name) && !full.has(name);
}

/** @returns undefined when the feed takes the value back */
function refOf(name: string, old: FeedRef | undefined, word: Word, rules: MergeRules): FeedRef | undefined {
    const feed = rules.feeds.get(name);
    if (!feed || word.revoked) {
        return undefined;
    }
    const before = old ? secondsOf(old.lastSeen) : 0;
    const life = feed.ttlDays * 86_400;
    // Short lives are renewed in time, too; and a word that is said again must not have expired.
    const stale = word.at - before >= Math.min(rules.refreshHours * 3600, life / 2);
    const lastSeen = stale || before + life <= rules.now ? Math.max(word.at, before) : before;
    return {
        name,
        firstSeen: old?.firstSeen ?? isoOf(Math.min(word.firstSeen ?? word.at, word.at)),
        lastSeen: isoOf(lastSeen),
        confidence: word.confidence,
        expiresAt: Math.min(lastSeen + life, word.validUntil ?? Infinity),
    };
}

function sameRef(a: FeedRef, b: FeedRef): boolean {
    return a.lastSeen === b.lastSeen && a.confidence === b.confidence && a.expiresAt === b.expiresAt;
}

function secondsOf(iso: string): number {
    return Date.parse(iso) / 1000;
}

function isoOf(seconds: number): string {
    return new Date(seconds * 1000).toISOString();
}
