/** Deterministic random numbers (mulberry32): the same seed gives the same traffic on every machine. */
export class Random {
    constructor(private state: number) {}

    /** At least 0, less than 1. */
    next(): number {
        this.state = (this.state + 0x6d2b79f5) | 0;
        let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    }

    /** A whole number from 0 to bound - 1. */
    below(bound: number): number {
        return Math.floor(this.next() * bound);
    }

    pick<T>(items: readonly T[]): T {
        return items[this.below(items.length)];
    }

    chance(share: number): boolean {
        return this.next() < share;
    }

    /** A public unicast IPv4 address that is in no documentation range. */
    ipv4(): string {
        return `${20 + this.below(60)}.${this.below(256)}.${this.below(256)}.${1 + this.below(254)}`;
    }

    hex(length: number): string {
        let text = "";
        while (text.length < length) {
            text += this.below(16).toString(16);
        }
        return text;
    }
}
