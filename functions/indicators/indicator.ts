export type IndicatorType = "ipv4" | "ipv6" | "cidr" | "domain" | "url";

/** One indicator of compromise: one entry however many feeds report it. */
export interface Indicator {
    readonly type: IndicatorType;
    /** Normal form (see `normalize.ts`): the hash key of the IOC table. */
    readonly value: string;
    /** Names of the feeds that report it, sorted. */
    readonly feeds: readonly string[];
    /** ISO 8601. */
    readonly firstSeen: string;
    /** ISO 8601. */
    readonly lastSeen: string;
    /** Unix seconds: the table's TTL attribute. */
    readonly expiresAt: number;
    /** 0 to 100. */
    readonly confidence: number;
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
