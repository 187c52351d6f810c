/** What a reader keeps between runs: JSON. */
export type FeedMemory = Readonly<Record<string, unknown>>;

/** One value as a feed reports it, before normal form and safety. */
export interface FeedValue {
    /** Address, network, domain or URL, as the feed writes it. */
    readonly value: string;
    /** 0 to 100, where the feed says so. */
    readonly confidence?: number;
    /** ISO 8601: since when the feed knows it, where it says so. */
    readonly firstSeen?: string;
    /** ISO 8601: from then on it is no indicator any more. */
    readonly validUntil?: string;
    /** The feed takes it back. Only in a partial pass: a full one tells by what it leaves out. */
    readonly revoked?: true;
    /** Why it must not be matched or blocked, as the protocol tells; of few values, since reports count by it. */
    readonly refused?: string;
}

/** Some values, and where a later run can go on after them. */
export interface FeedPage {
    readonly values: readonly FeedValue[];
    /** Left out where reading cannot be resumed. */
    readonly resume?: FeedMemory;
    /** On the first page of a run that was to go on: it begins anew, and what was read before is void. */
    readonly restarted?: true;
}

/** How a pass over a feed ended. */
export interface FeedEnd {
    /**
     * `full`: the feed was read to its end, what it did not send it no longer has. `partial`: news only.
     * `unchanged`: the feed is as it was when the last pass ended.
     */
    readonly pass: "full" | "partial" | "unchanged";
    /** For the next pass: validators of a conditional request, TAXII's `added_after`. */
    readonly memory?: FeedMemory;
}

/** Where to read from. */
export interface FeedPosition {
    /** Of the last page of a run that was cut off. */
    readonly resume?: FeedMemory;
    /** Of the last pass that ended. */
    readonly memory?: FeedMemory;
}

/** A feed of one protocol. */
export interface FeedReader {
    /**
     * Reads one pass, in pages, and never holds the whole feed.
     * @throws FeedError when the feed cannot be read; what was read before is of no use then
     */
    read(position: FeedPosition): AsyncGenerator<FeedPage, FeedEnd>;
}
