import { FeedEnd, FeedMemory, FeedPage, FeedReader, FeedValue } from "../feeds/feed";
import { FeedError } from "../feeds/feed-error";
import { FeedCounts, FeedState } from "./feed-list";
import { FeedListWriter, ListedIndicator, ListPlace, readListParts } from "./feed-list-file";
import { ListComparison } from "./list-comparison";
import { Normalized, normalizeIndicator } from "./normalize";
import { LONGEST_VALUE } from "./table-item";

/** Says why an indicator must not be matched or blocked, or undefined when it may. `Safety` is one. */
export interface Refuser {
    refusal(indicator: Normalized): string | undefined;
}

export interface PassOptions {
    /** Where this invocation writes. */
    readonly place: ListPlace;
    /** What is known of the feed: the lists in force. */
    readonly state: FeedState;
    /** What was read before this invocation, if it goes on with a pass. */
    readonly earlier?: FeedState["running"];
    readonly safety: Refuser;
    /** Of values of which the feed does not say how certain they are. */
    readonly confidence: number;
    readonly now: Date;
    /** Milliseconds left. */
    readonly remaining: () => number;
}

/** What one invocation has of a pass: its end, or where to go on. */
export type PassOutcome = { readonly end: FeedEnd } | { readonly resume: FeedMemory };

/** Time that finishing takes: the last part, the comparison, the state. */
const CLOSING = 60_000;
/** Less than this, and the function is stopped before it can say why. */
const LAST_MOMENT = 10_000;

/** One invocation's share of a pass over a feed: reads pages, refuses, and writes what is left as parts of a list. */
export class FeedPass {
    /** What the pass has brought, against the lists in force. */
    readonly comparison: ListComparison;
    private readonly writer: FeedListWriter;
    private earlier: FeedState["running"];
    private begun = false;
    private read = 0;
    private invalid = 0;
    private refused: Record<string, number> = {};

    constructor(private readonly options: PassOptions) {
        this.earlier = options.earlier;
        this.writer = new FeedListWriter(options.place);
        this.comparison = new ListComparison(Math.floor(options.now.getTime() / 1000));
    }

    /**
     * @throws FeedError when the feed cannot be read, or not within the time
     * @throws what S3 throws
     */
    async run(reader: FeedReader, memory: FeedMemory | undefined): Promise<PassOutcome> {
        const pages = reader.read({ resume: this.earlier?.resume, memory });
        try {
            for (;;) {
                const { done, value } = await pages.next();
                if (done) {
                    if (value.pass !== "unchanged") {
                        await this.begin();
                    }
                    return { end: value };
                }
                await this.take(value);
                const remaining = this.options.remaining();
                if (remaining < CLOSING && value.resume) {
                    return { resume: value.resume };
                }
                if (remaining < LAST_MOMENT) {
                    throw new FeedError(
                        "configuration",
                        "the feed takes longer to read than the function may run, and cannot be read in several goes: " +
                            "give the function more time or memory, or leave this feed out",
                    );
                }
            }
        } finally {
            // Closes the connection of a reader that is left early.
            await pages.return(undefined as never);
        }
    }

    /** What the pass has so far, all of it uploaded. */
    async written(): Promise<{
        readonly parts: readonly string[];
        readonly refused: readonly string[];
        readonly counts: FeedCounts;
    }> {
        const { parts, refused } = await this.writer.finish();
        return {
            parts: [...(this.earlier?.parts ?? []), ...parts],
            refused: [...(this.earlier?.refused ?? []), ...refused],
            counts: this.counts,
        };
    }

    get counts(): FeedCounts {
        const { read, invalid, refused } = this;
        return { read, indicators: this.comparison.listed, refused, invalid };
    }

    private async take(page: FeedPage): Promise<void> {
        if (!this.begun && page.restarted) {
            this.earlier = undefined;
        }
        await this.begin();
        for (const value of page.values) {
            await this.takeValue(value);
        }
    }

    /** Reads the lists in force, and those of this pass: only once the feed is known to have something new. */
    private async begin(): Promise<void> {
        if (this.begun) {
            return;
        }
        this.begun = true;
        const { state, place } = this.options;
        for (const list of [state.good, ...state.partials]) {
            for await (const batch of readListParts(place.s3, place.bucket, list?.parts ?? [])) {
                batch.forEach((indicator) => this.comparison.known(indicator));
            }
        }
        if (this.earlier) {
            for await (const batch of readListParts(place.s3, place.bucket, this.earlier.parts)) {
                batch.forEach((indicator) => this.comparison.seen(indicator));
            }
            const { read, invalid, refused } = this.earlier.counts;
            Object.assign(this, { read, invalid, refused: { ...refused } });
            this.writer.refusedBefore(Object.values(refused).reduce((sum, count) => sum + count, 0));
        }
    }

    private async takeValue(value: FeedValue): Promise<void> {
        this.read++;
        const normal = normalizeIndicator(value.value);
        const reason = value.refused ?? (normal && this.refusal(normal));
        if (reason) {
            this.refused[reason] = (this.refused[reason] ?? 0) + 1;
            await this.writer.refuse({ value: normal?.value ?? value.value, reason });
        } else if (!normal) {
            this.invalid++;
        } else {
            const indicator = this.comparison.seen(this.listed(normal, value));
            if (indicator) {
                await this.writer.add(indicator);
            }
        }
    }

    private refusal(normal: Normalized): string | undefined {
        return Buffer.byteLength(normal.value) > LONGEST_VALUE
            ? `longer than ${LONGEST_VALUE} bytes`
            : this.options.safety.refusal(normal);
    }

    private listed({ type, value }: Normalized, feedValue: FeedValue): ListedIndicator {
        const now = Math.floor(this.options.now.getTime() / 1000);
        const confidence = Number.isFinite(feedValue.confidence)
            ? Math.min(100, Math.max(0, Math.round(feedValue.confidence as number)))
            : this.options.confidence;
        const firstSeen = secondsOf(feedValue.firstSeen);
        const validUntil = secondsOf(feedValue.validUntil);
        return {
            type,
            value,
            confidence,
            ...(firstSeen !== undefined && firstSeen <= now && { firstSeen }),
            ...(validUntil !== undefined && { validUntil }),
            ...(feedValue.revoked && { revoked: true as const }),
        };
    }
}

/** Unix seconds in 32 bits, or undefined. */
function secondsOf(time: string | undefined): number | undefined {
    const seconds = Math.floor(Date.parse(time ?? "") / 1000);
    return seconds > 0 ? Math.min(seconds, 2 ** 32 - 1) : undefined;
}
