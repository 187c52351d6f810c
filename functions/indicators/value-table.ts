import { randomInt } from "node:crypto";
import { Column } from "./column";

const EMPTY = 0;
/** Slots a value, at least: open addressing slows down as it fills. */
const SLOTS = 4 / 3;

/**
 * Numbers different texts from 0 on, without an object for each: their UTF-8 bytes lie one after the other, and a
 * hash table of indexes finds them. A million indicators take about 40 MB.
 */
export class ValueTable {
    /** Bytes of all values. Behind them lies the one that is looked for. */
    private bytes = Buffer.allocUnsafeSlow(1 << 16);
    /** Where value `index` begins; one more than there are values. */
    private readonly starts = new Column(Uint32Array);
    private readonly hashes = new Column(Uint32Array);
    /** Index + 1, or 0. A power of two many. */
    private slots = new Uint32Array(1 << 11);
    private count = 0;
    /** Differs by table, so that no feed can choose values that all meet in one slot. */
    private readonly multiplier = randomInt(2 ** 31) * 2 + 1;

    /** How many different values there are. */
    get size(): number {
        return this.count;
    }

    /** @returns the value's index, 0 to `size` - 1: of the same value added before, or the next one */
    add(value: string): number {
        const end = this.place(value);
        const hash = this.hashOf(end);
        const slot = this.slotOf(hash, end);
        if (this.slots[slot] !== EMPTY) {
            return this.slots[slot] - 1;
        }
        const index = this.count++;
        this.hashes.set(index, hash);
        this.starts.set(this.count, end);
        this.slots[slot] = index + 1;
        if (this.count * SLOTS > this.slots.length) {
            this.rehash();
        }
        return index;
    }

    /** @returns the value's index, or -1 */
    find(value: string): number {
        const end = this.place(value);
        return this.slots[this.slotOf(this.hashOf(end), end)] - 1;
    }

    /** @param index 0 to `size` - 1 */
    value(index: number): string {
        if (index < 0 || index >= this.count) {
            throw new RangeError(`no value ${index}: there are ${this.count}`);
        }
        return this.bytes.toString("utf8", this.starts.array[index], this.starts.array[index + 1]);
    }

    /** Puts the text behind the values. @returns where it ends */
    private place(value: string): number {
        const start = this.starts.array[this.count];
        // No character of a string takes more than three bytes.
        const most = start + value.length * 3;
        if (most > this.bytes.length) {
            const bytes = Buffer.allocUnsafeSlow(Math.max(most, Math.ceil(this.bytes.length * 1.25)));
            this.bytes.copy(bytes, 0, 0, start);
            this.bytes = bytes;
        }
        return start + this.bytes.write(value, start);
    }

    private hashOf(end: number): number {
        const { bytes, multiplier } = this;
        let hash = multiplier;
        for (let at = this.starts.array[this.count]; at < end; at++) {
            hash = Math.imul(hash ^ bytes[at], multiplier);
            hash ^= hash >>> 15;
        }
        return hash >>> 0;
    }

    /** The slot of the value behind the others, or the empty one where it belongs. */
    private slotOf(hash: number, end: number): number {
        const { slots } = this;
        const { array: hashes } = this.hashes;
        const last = slots.length - 1;
        const start = this.starts.array[this.count];
        for (let slot = hash & last; ; slot = (slot + 1) & last) {
            const index = slots[slot] - 1;
            if (index < 0 || (hashes[index] === hash && this.same(index, start, end))) {
                return slot;
            }
        }
    }

    private same(index: number, start: number, end: number): boolean {
        const { bytes } = this;
        const { array: starts } = this.starts;
        const other = starts[index];
        if (starts[index + 1] - other !== end - start) {
            return false;
        }
        for (let at = start; at < end; at++) {
            if (bytes[at] !== bytes[other + at - start]) {
                return false;
            }
        }
        return true;
    }

    private rehash(): void {
        const slots = new Uint32Array(this.slots.length * 2);
        const last = slots.length - 1;
        for (let index = 0; index < this.count; index++) {
            let slot = this.hashes.array[index] & last;
            while (slots[slot] !== EMPTY) {
                slot = (slot + 1) & last;
            }
            slots[slot] = index + 1;
        }
        this.slots = slots;
    }
}
