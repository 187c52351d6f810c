import { IndicatorMatch } from "./indicator";
import { OverridesInForce } from "./overrides";
import { Safety } from "./safety";
import { SnapshotError } from "./snapshot-format";

/** A block that an analyst asked for and that would be dangerous. */
export interface RefusedOverride {
    readonly value: string;
    readonly reason: string;
}

/** What takes the entries: a `SnapshotBuilder`. */
export interface EntrySink {
    add(entry: IndicatorMatch): void;
}

/** Decides what goes into a snapshot: what feeds vouch for and analysts block, without what must not be blocked. */
export class SnapshotEntries {
    /** Entries left out, by reason. */
    readonly refused: Record<string, number> = {};
    readonly refusedOverrides: RefusedOverride[] = [];
    /** Entries taken, by feed. */
    readonly byFeed: Record<string, number> = {};
    private readonly blocked: Map<string, IndicatorMatch>;

    /** @param safety with the analysts' allowances */
    constructor(
        private readonly sink: EntrySink,
        private readonly safety: Safety,
        overrides: OverridesInForce,
    ) {
        this.blocked = new Map(overrides.blocked);
    }

    add(entry: IndicatorMatch): void {
        const block = this.blocked.get(entry.value);
        this.blocked.delete(entry.value);
        this.judge(block ? together(entry, block) : entry, block !== undefined);
    }

    /** Adds what no feed vouches for. Call it after the last entry. */
    finish(): void {
        for (const block of this.blocked.values()) {
            this.judge(block, true);
        }
    }

    private judge(entry: IndicatorMatch, byAnalyst: boolean): void {
        const reason = this.take(entry);
        if (reason === undefined) {
            for (const feed of entry.feeds) {
                this.byFeed[feed] = (this.byFeed[feed] ?? 0) + 1;
            }
            return;
        }
        this.refused[reason] = (this.refused[reason] ?? 0) + 1;
        if (byAnalyst) {
            this.refusedOverrides.push({ value: entry.value, reason });
        }
    }

    /** @returns why the entry was left out, if it was */
    private take(entry: IndicatorMatch): string | undefined {
        try {
            const reason = this.safety.refusal(entry);
            if (reason === undefined) {
                this.sink.add(entry);
            }
            return reason;
        } catch (error) {
            // A value that is not of its type (a URL that is none throws a TypeError) must not stop all others.
            if (error instanceof SnapshotError || error instanceof TypeError) {
                return `not of type ${entry.type}`;
            }
            throw error;
        }
    }
}

function together(entry: IndicatorMatch, block: IndicatorMatch): IndicatorMatch {
    return {
        type: entry.type,
        value: entry.value,
        feeds: [...entry.feeds, ...block.feeds].sort(),
        firstSeen: entry.firstSeen < block.firstSeen ? entry.firstSeen : block.firstSeen,
        lastSeen: entry.lastSeen > block.lastSeen ? entry.lastSeen : block.lastSeen,
        confidence: block.confidence,
    };
}
