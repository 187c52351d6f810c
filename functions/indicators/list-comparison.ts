import { Column } from "./column";
import { ListedIndicator } from "./feed-list-file";
import { Change } from "./total-change";
import { ValueTable } from "./value-table";

/** What a pass has said of a value. */
const NOTHING = 0;
const LISTED = 1;
const REVOKED = 2;

/** Compares what a pass over a feed brings with what the feed was known to have, in a few bytes a value. */
export class ListComparison {
    private readonly values = new ValueTable();
    /** 1 where the lists in force have the value. */
    private readonly inForce = new Column(Uint8Array);
    private readonly said = new Column(Uint8Array);
    private readonly confidence = new Column(Uint8Array);
    /** Unix seconds, 0 where the feed does not say. */
    private readonly firstSeen = new Column(Uint32Array);
    private readonly validUntil = new Column(Uint32Array);

    /** @param now unix seconds: what was valid until then is taken back */
    constructor(private readonly now: number) {}

    /** Takes in the lists in force, oldest first. */
    known({ value, revoked }: ListedIndicator): void {
        this.inForce.set(this.values.add(value), revoked ? 0 : 1);
    }

    /**
     * Takes in what the pass brings. A value may come often: it has the highest confidence, the earliest first sight and
     * the latest end of those since it was last taken back.
     * @returns the value as it now is, or undefined when that is as it was
     */
    seen(indicator: ListedIndicator): ListedIndicator | undefined {
        const { type, value, confidence, firstSeen = 0, validUntil = 0, revoked } = indicator;
        const index = this.values.add(value);
        const said = this.said.get(index);
        // An end takes back nothing that another sight has listed: that one has not ended.
        const ended = validUntil > 0 && validUntil <= this.now;
        if (revoked || ended) {
            if (said === REVOKED || (said === LISTED && !revoked)) {
                return undefined;
            }
            this.said.set(index, REVOKED);
            return { type, value, confidence, revoked: true };
        }
        const again = said === LISTED;
        const best = again ? Math.max(confidence, this.confidence.get(index)) : confidence;
        const first = again ? earliest(firstSeen, this.firstSeen.get(index)) : firstSeen;
        const end = again ? latest(validUntil, this.validUntil.get(index)) : validUntil;
        if (
            again &&
            best === this.confidence.get(index) &&
            first === this.firstSeen.get(index) &&
            end === this.validUntil.get(index)
        ) {
            return undefined;
        }
        this.said.set(index, LISTED);
        this.confidence.set(index, best);
        this.firstSeen.set(index, first);
        this.validUntil.set(index, end);
        return {
            type,
            value,
            confidence: best,
            ...(first > 0 && { firstSeen: first }),
            ...(end > 0 && { validUntil: end }),
        };
    }

    /** Different values that the pass lists. */
    get listed(): number {
        return this.count((said) => said === LISTED);
    }

    /** Different values that the pass takes back. */
    get revoked(): number {
        return this.count((said) => said === REVOKED);
    }

    /** @param pass `full`: what was not listed is gone; `partial`: only what was taken back is */
    change(pass: "full" | "partial"): Change {
        const before = this.count((_, inForce) => inForce === 1);
        const added = this.count((said, inForce) => inForce === 0 && said === LISTED);
        const removed = this.count(
            (said, inForce) => inForce === 1 && (said === REVOKED || (said === NOTHING && pass === "full")),
        );
        return { before, after: before + added - removed, added, removed };
    }

    private count(test: (said: number, inForce: number) => boolean): number {
        let count = 0;
        for (let index = 0; index < this.values.size; index++) {
            if (test(this.said.get(index), this.inForce.get(index))) {
                count++;
            }
        }
        return count;
    }
}

/** The earlier of two times, of which 0 is unknown. */
function earliest(one: number, other: number): number {
    return one === 0 || other === 0 ? one + other : Math.min(one, other);
}

/** The later of two ends, of which 0 is none. */
function latest(one: number, other: number): number {
    return one === 0 || other === 0 ? 0 : Math.max(one, other);
}
