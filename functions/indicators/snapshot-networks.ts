import { mask, Words } from "./address";

/** True when the address lies in the network of that prefix length. */
function contains(network: Words, prefix: number, address: Words): boolean {
    return (
        ((network[0] ^ address[0]) & mask(prefix)) === 0 &&
        ((network[1] ^ address[1]) & mask(prefix - 32)) === 0 &&
        ((network[2] ^ address[2]) & mask(prefix - 64)) === 0 &&
        ((network[3] ^ address[3]) & mask(prefix - 96)) === 0
    );
}

/** For each network, sorted by first address and width, the smallest one around it, or -1. */
function parentsOf(count: number, isInside: (inner: number, outer: number) => boolean): Int32Array {
    const parents = new Int32Array(count);
    for (let i = 0; i < count; i++) {
        let parent = i - 1;
        while (parent >= 0 && !isInside(i, parent)) {
            parent = parents[parent];
        }
        parents[i] = parent;
    }
    return parents;
}

/** IPv4 networks that can be looked up. */
export class Networks4 {
    private readonly parents: Int32Array;
    /** For each value of the upper 16 bits how many networks begin before it, and one number more. */
    private readonly starts = new Uint32Array(0x10001);

    /** @param firsts sorted, as are `prefixes` of those with the same first address */
    constructor(
        private readonly firsts: Uint32Array,
        private readonly prefixes: Uint8Array,
    ) {
        this.parents = parentsOf(firsts.length, (inner, outer) => this.isIn(outer, firsts[inner]));
        let network = 0;
        for (let bucket = 0; bucket <= 0x10000; bucket++) {
            while (network < firsts.length && firsts[network] >>> 16 < bucket) {
                network++;
            }
            this.starts[bucket] = network;
        }
    }

    /** @returns the smallest network around the address, or -1 */
    around(address: number): number {
        for (let i = this.lastUpTo(address); i >= 0; i = this.parents[i]) {
            if (this.isIn(i, address)) {
                return i;
            }
        }
        return -1;
    }

    /** @returns the network of that very first address and width, or -1 */
    find(first: number, prefix: number): number {
        let i = this.lastUpTo(first);
        while (i >= 0 && this.firsts[i] === first && this.prefixes[i] > prefix) {
            i--;
        }
        return i >= 0 && this.firsts[i] === first && this.prefixes[i] === prefix ? i : -1;
    }

    private isIn(network: number, address: number): boolean {
        return ((this.firsts[network] ^ address) & mask(this.prefixes[network])) === 0;
    }

    /** The last network that begins at the address or before. */
    private lastUpTo(address: number): number {
        let low = this.starts[address >>> 16];
        let high = this.starts[(address >>> 16) + 1];
        while (low < high) {
            const middle = (low + high) >>> 1;
            if (this.firsts[middle] <= address) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }
}

/** Sorted IPv6 addresses, four words each. */
export class Addresses6 {
    readonly size: number;

    constructor(private readonly words: Uint32Array) {
        this.size = words.length / 4;
    }

    at(i: number): Words {
        const { words } = this;
        return [words[i * 4], words[i * 4 + 1], words[i * 4 + 2], words[i * 4 + 3]];
    }

    /** @returns the last entry of that address, or -1 */
    find(address: Words): number {
        const i = this.lastUpTo(address);
        return i >= 0 && this.compareAt(i, address) === 0 ? i : -1;
    }

    /** @returns the last entry that is no greater than the address, or -1 */
    lastUpTo(address: Words): number {
        let low = 0;
        let high = this.size;
        while (low < high) {
            const middle = (low + high) >>> 1;
            if (this.compareAt(middle, address) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    compareAt(i: number, address: Words): number {
        for (let word = 0; word < 4; word++) {
            const difference = this.words[i * 4 + word] - address[word];
            if (difference !== 0) {
                return difference;
            }
        }
        return 0;
    }
}

/** IPv6 networks that can be looked up. */
export class Networks6 {
    private readonly parents: Int32Array;

    /** @param firsts sorted, as are `prefixes` of those with the same first address */
    constructor(
        private readonly firsts: Addresses6,
        private readonly prefixes: Uint8Array,
    ) {
        this.parents = parentsOf(firsts.size, (inner, outer) => this.isIn(outer, firsts.at(inner)));
    }

    /** @returns the smallest network around the address, or -1 */
    around(address: Words): number {
        for (let i = this.firsts.lastUpTo(address); i >= 0; i = this.parents[i]) {
            if (this.isIn(i, address)) {
                return i;
            }
        }
        return -1;
    }

    /** @returns the network of that very first address and width, or -1 */
    find(first: Words, prefix: number): number {
        let i = this.firsts.find(first);
        while (i >= 0 && this.prefixes[i] > prefix && this.firsts.compareAt(i, first) === 0) {
            i--;
        }
        return i >= 0 && this.prefixes[i] === prefix && this.firsts.compareAt(i, first) === 0 ? i : -1;
    }

    private isIn(network: number, address: Words): boolean {
        return contains(this.firsts.at(network), this.prefixes[network], address);
    }
}
