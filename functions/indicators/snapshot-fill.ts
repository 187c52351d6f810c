import { Keys, StringTable } from "./snapshot-layout";
import { AddressRows, NameRows, Rows } from "./snapshot-rows";

/** From rows in the order they came to sections in the order of the file; `order` names the rows. */

/** One column of all groups, in the order of the file. */
export function gather(columns: readonly Uint32Array[], orders: readonly Uint32Array[]): Uint32Array {
    const all = new Uint32Array(orders.reduce((sum, order) => sum + order.length, 0));
    let at = 0;
    orders.forEach((order, group) => {
        const column = columns[group];
        for (const row of order) {
            all[at++] = column[row];
        }
    });
    return all;
}

export function bucketsOf({ keys }: Rows, order: Uint32Array): number {
    const { values } = keys;
    let buckets = 0;
    for (let i = 0; i < order.length; i++) {
        buckets += i === 0 || values[order[i]] >>> 16 !== values[order[i - 1]] >>> 16 ? 1 : 0;
    }
    return buckets;
}

export function fillKeys({ buckets, ends, lows }: Keys, { keys }: Rows, order: Uint32Array): void {
    const { values } = keys;
    let bucket = -1;
    for (let i = 0; i < order.length; i++) {
        const key = values[order[i]];
        if (bucket < 0 || buckets[bucket] !== key >>> 16) {
            buckets[++bucket] = key >>> 16;
        }
        ends[bucket] = i + 1;
        lows[i] = key & 0xffff;
    }
}

export function fillWords(words: Uint32Array, { keys, rest }: AddressRows, order: Uint32Array): void {
    [keys, ...rest].forEach(({ values }, word) => {
        order.forEach((row, i) => (words[i * 4 + word] = values[row]));
    });
}

export function bytesOf({ ends }: NameRows, order: Uint32Array): number {
    const { values } = ends;
    let bytes = 0;
    for (const row of order) {
        bytes += values[row] - (row === 0 ? 0 : values[row - 1]);
    }
    return bytes;
}

export function fillStrings(table: StringTable, rows: NameRows, order: Uint32Array): void {
    fillKeys(table.hashes, rows, order);
    const [ends, bytes] = [rows.ends.values, rows.bytes.values];
    let at = 0;
    order.forEach((row, i) => {
        const begin = row === 0 ? 0 : ends[row - 1];
        table.lengths[i] = ends[row] - begin;
        table.bytes.set(bytes.subarray(begin, ends[row]), at);
        at += ends[row] - begin;
    });
}
