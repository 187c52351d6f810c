import { ClaimTable } from "./snapshot-layout";

interface Claim {
    /** Sorted, each once. */
    readonly feeds: readonly string[];
    /** 0 to 100. */
    readonly confidence: number;
}

/** Claims in the order of the file. */
export interface ClaimOrder {
    /** Names, sorted. */
    readonly feeds: readonly string[];
    /** Number in the file by number of the collection; only of those that are used. */
    readonly ids: ReadonlyMap<number, number>;
    readonly claimFeeds: number;
    fill(table: ClaimTable): void;
}

function compareTexts(a: readonly string[], b: readonly string[]): number {
    for (let i = 0; i < a.length && i < b.length; i++) {
        if (a[i] !== b[i]) {
            return a[i] < b[i] ? -1 : 1;
        }
    }
    return a.length - b.length;
}

/** The different claims of a snapshot in the making: few, however many indicators there are. */
export class Claims {
    private readonly claims: Claim[] = [];
    private readonly ids = new Map<string, number>();

    /** @returns the number of the claim */
    idOf(feeds: readonly string[], confidence: number): number {
        // A JSON text cannot be taken for another, whatever the names hold.
        const key =
            feeds.length === 1 ? `${confidence} ${feeds[0]}` : `${confidence}${JSON.stringify(feeds)}`;
        const known = this.ids.get(key);
        if (known !== undefined) {
            return known;
        }
        const sorted = [...new Set(feeds)].sort();
        const isSorted = sorted.length === feeds.length && sorted.every((name, i) => name === feeds[i]);
        const id = isSorted
            ? this.claims.push({ feeds: sorted, confidence }) - 1
            : this.idOf(sorted, confidence);
        this.ids.set(key, id);
        return id;
    }

    /** @returns the number of what two claims on one indicator say together */
    merged(a: number, b: number): number {
        if (a === b) {
            return a;
        }
        const [one, other] = [this.claims[a], this.claims[b]];
        return this.idOf(
            [...new Set([...one.feeds, ...other.feeds])].sort(),
            Math.max(one.confidence, other.confidence),
        );
    }

    order(used: Iterable<number>): ClaimOrder {
        const sorted = Array.from(used, (id) => ({ id, ...this.claims[id] })).sort(
            (a, b) => compareTexts(a.feeds, b.feeds) || a.confidence - b.confidence,
        );
        const feeds = [...new Set(sorted.flatMap((claim) => claim.feeds))].sort();
        const indexes = new Map(feeds.map((name, index) => [name, index]));
        return {
            feeds,
            ids: new Map(sorted.map(({ id }, index) => [id, index])),
            claimFeeds: sorted.reduce((sum, claim) => sum + claim.feeds.length, 0),
            fill(table) {
                let end = 0;
                sorted.forEach((claim, index) => {
                    claim.feeds.forEach((name) => (table.feeds[end++] = indexes.get(name) as number));
                    table.ends[index] = end;
                    table.confidence[index] = claim.confidence;
                });
            },
        };
    }
}
