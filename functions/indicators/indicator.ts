export type IndicatorType = "ipv4" | "ipv6" | "cidr" | "domain" | "url";

/** What one feed says of an indicator. */
export interface FeedRef {
    /** Of the feed. */
    readonly name: string;
    /** ISO 8601, whole seconds: since when the feed has it. */
    readonly firstSeen: string;
    /** ISO 8601, whole seconds: when the feed was last seen to have it, give or take a day. */
    readonly lastSeen: string;
    /** 0 to 100. */
    readonly confidence: number;
    /** Unix seconds: from then on the feed's word does not count. */
    readonly expiresAt: number;
}

/** One indicator of compromise: one entry however many feeds report it. */
export interface Indicator {
    readonly type: IndicatorType;
    /** Normal form (see `normalize.ts`): the hash key of the IOC table. */
    readonly value: string;
    /** The feeds that report it, sorted by name. */
    readonly feeds: readonly FeedRef[];
    /** ISO 8601: the earliest of the feeds. */
    readonly firstSeen: string;
    /** ISO 8601: the latest of the feeds. */
    readonly lastSeen: string;
    /** Unix seconds, the latest of the feeds: the table's TTL attribute. */
    readonly expiresAt: number;
    /** 0 to 100: the highest of the feeds. */
    readonly confidence: number;
}

/** @returns the indicator that the words of the feeds, at least one, make together */
export function indicatorOf(type: IndicatorType, value: string, feeds: readonly FeedRef[]): Indicator {
    let { firstSeen, lastSeen, confidence, expiresAt } = feeds[0];
    for (const ref of feeds) {
        firstSeen = ref.firstSeen < firstSeen ? ref.firstSeen : firstSeen;
        lastSeen = ref.lastSeen > lastSeen ? ref.lastSeen : lastSeen;
        confidence = Math.max(confidence, ref.confidence);
        expiresAt = Math.max(expiresAt, ref.expiresAt);
    }
    return { type, value, feeds, firstSeen, lastSeen, expiresAt, confidence };
}

/** @returns the indicator as look-ups and places know it */
export function matchOf({ feeds, type, value, firstSeen, lastSeen, confidence }: Indicator): IndicatorMatch {
    return { type, value, feeds: feeds.map(({ name }) => name), firstSeen, lastSeen, confidence };
}

/** What a look-up in the snapshot answers. */
export interface IndicatorMatch {
    readonly type: IndicatorType;
    /** The indicator that matched (for a CIDR match the network, not the address). */
    readonly value: string;
    readonly feeds: readonly string[];
    readonly firstSeen: string;
    readonly lastSeen: string;
    readonly confidence: number;
}

/** The look-ups that the hot path does; `Snapshot` implements it. Values need not be in normal form. */
export interface IndicatorLookup {
    ip(address: string): IndicatorMatch | undefined;
    /** Matches by suffix: `evil.example` matches `a.evil.example`, not `notevil.example`. */
    domain(name: string): IndicatorMatch | undefined;
    /** The URL itself, also with another scheme and without its query, else its host. */
    url(url: string): IndicatorMatch | undefined;
    /** True when there are indicators for URLs of this very host; a cheap question before `url`, which is not. */
    hasUrls(host: string): boolean;
}
