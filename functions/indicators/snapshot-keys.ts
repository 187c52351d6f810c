import { corrupt } from "./snapshot-format";
import { Keys } from "./snapshot-layout";

const BUCKETS = 0x10000;

/**
 * @returns for each of the 65,536 buckets the first key in it, and one number more: where the last ends
 * @throws SnapshotError when the buckets do not hold all keys in order
 */
export function startsOf({ buckets, ends, lows }: Keys): Uint32Array {
    const starts = new Uint32Array(BUCKETS + 1);
    let filled = 0;
    let end = 0;
    for (let i = 0; i < buckets.length; i++) {
        if (buckets[i] < filled - 1 || ends[i] < end) {
            throw corrupt("its buckets are not in order");
        }
        starts.fill(end, filled, buckets[i] + 1);
        filled = buckets[i] + 1;
        end = ends[i];
    }
    if (end !== lows.length) {
        throw corrupt("its buckets do not hold all keys");
    }
    return starts.fill(end, filled);
}

/** Sorted 32-bit numbers that can be looked up. */
export class KeyIndex {
    readonly starts: Uint32Array;
    private readonly lows: Uint16Array;

    constructor(keys: Keys) {
        this.starts = startsOf(keys);
        this.lows = keys.lows;
    }

    /** @returns the first entry of that key, or -1 */
    find(key: number): number {
        const { lows } = this;
        const wanted = key & 0xffff;
        let low = this.starts[key >>> 16];
        const end = this.starts[(key >>> 16) + 1];
        let high = end;
        while (low < high) {
            const middle = (low + high) >>> 1;
            if (lows[middle] < wanted) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low < end && lows[low] === wanted ? low : -1;
    }

    /** True when the entry has that key; of those in the key's bucket. */
    hasKey(entry: number, key: number): boolean {
        return entry < this.starts[(key >>> 16) + 1] && this.lows[entry] === (key & 0xffff);
    }

    /** Every key, ascending. */
    *keys(): IterableIterator<number> {
        for (let bucket = 0; bucket < BUCKETS; bucket++) {
            for (let entry = this.starts[bucket]; entry < this.starts[bucket + 1]; entry++) {
                yield bucket * BUCKETS + this.lows[entry];
            }
        }
    }
}
