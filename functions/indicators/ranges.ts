import { mask, parseIPv4, parseIPv6, Words } from "./address";

/** First and last address of a network, or twice the address. IPv4 as numbers, since there are a million of them. */
export type Range =
    | { readonly family: 4; readonly start: number; readonly end: number; readonly prefix: number }
    | { readonly family: 6; readonly start: bigint; readonly end: bigint; readonly prefix: number };

const wide = (words: Words) => words.reduce((sum, word) => (sum << 32n) | BigInt(word), 0n);

/** @returns what an address or a network in normal form spans, or undefined when it is none */
export function rangeOf(value: string): Range | undefined {
    const slash = value.indexOf("/");
    const address = slash < 0 ? value : value.slice(0, slash);
    const length = slash < 0 ? undefined : Number(value.slice(slash + 1));
    const v4 = parseIPv4(address);
    if (v4 >= 0) {
        const prefix = length ?? 32;
        const start = (v4 & mask(prefix)) >>> 0;
        return { family: 4, start, end: start + 2 ** (32 - prefix) - 1, prefix };
    }
    const v6 = parseIPv6(address);
    if (!v6) {
        return undefined;
    }
    const prefix = length ?? 128;
    const size = 1n << BigInt(128 - prefix);
    const start = (wide(v6) / size) * size;
    return { family: 6, start, end: start + size - 1n, prefix };
}

/** Intervals that are sorted and disjoint, so that one binary search answers. */
class Intervals<N extends number | bigint> {
    private readonly starts: N[] = [];
    private readonly ends: N[] = [];

    constructor(intervals: readonly { readonly start: N; readonly end: N }[]) {
        const sorted = [...intervals].sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
        for (const { start, end } of sorted) {
            const last = this.ends.length - 1;
            if (last >= 0 && start <= this.ends[last]) {
                this.ends[last] = end > this.ends[last] ? end : this.ends[last];
            } else {
                this.starts.push(start);
                this.ends.push(end);
            }
        }
    }

    overlaps(start: N, end: N): boolean {
        let low = 0;
        let high = this.starts.length;
        while (low < high) {
            const middle = (low + high) >>> 1;
            if (this.starts[middle] <= end) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low > 0 && this.ends[low - 1] >= start;
    }
}

/** Addresses and networks of both families. */
export class RangeSet {
    private readonly v4: Intervals<number>;
    private readonly v6: Intervals<bigint>;

    constructor(ranges: readonly Range[]) {
        this.v4 = new Intervals(ranges.filter((range) => range.family === 4));
        this.v6 = new Intervals(ranges.filter((range) => range.family === 6));
    }

    /** True when the range has an address in common with one of the set. */
    overlaps(range: Range): boolean {
        return range.family === 4
            ? this.v4.overlaps(range.start, range.end)
            : this.v6.overlaps(range.start, range.end);
    }
}
