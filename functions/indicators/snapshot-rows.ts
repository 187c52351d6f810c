import { Growing } from "./column";

/** Rows of one kind, in the order they came. */
export abstract class Rows {
    /** What rows are sorted by first: the address, its first word, or the hash. */
    readonly keys = new Growing(Uint32Array);
    /** Unix seconds. */
    readonly firstSeen = new Growing(Uint32Array);
    /** Unix seconds. */
    readonly lastSeen = new Growing(Uint32Array);
    readonly claims = new Growing(Uint32Array);

    get length(): number {
        return this.keys.length;
    }

    push(key: number, firstSeen: number, lastSeen: number, claim: number): void {
        this.keys.push(key);
        this.firstSeen.push(firstSeen);
        this.lastSeen.push(lastSeen);
        this.claims.push(claim);
    }

    /**
     * @param merge makes the second of two rows of one value a part of the first
     * @returns the rows in the order of the file, each value once
     */
    order(merge: (into: number, row: number) => void): Uint32Array {
        const rows = sorted(this.keys.values, this.comparison());
        const compare = this.comparison();
        const keys = this.keys.values;
        let length = 0;
        for (const row of rows) {
            const last = length > 0 ? rows[length - 1] : -1;
            if (last >= 0 && keys[last] === keys[row] && compare(last, row) === 0) {
                merge(last, row);
            } else {
                rows[length++] = row;
            }
        }
        return rows.subarray(0, length);
    }

    /** @returns what orders rows that have the same key */
    protected abstract comparison(): (a: number, b: number) => number;
}

/** @returns the rows by key; sorting numbers of 64 bits takes neither an object a row nor a call a comparison */
function sorted(keys: Uint32Array, compare: (a: number, b: number) => number): Uint32Array {
    const pairs = new Uint32Array(keys.length * 2);
    for (let row = 0; row < keys.length; row++) {
        pairs[row * 2] = row;
        pairs[row * 2 + 1] = keys[row];
    }
    new BigUint64Array(pairs.buffer).sort();
    const rows = new Uint32Array(keys.length);
    for (let i = 0; i < keys.length; i++) {
        rows[i] = pairs[i * 2];
    }
    for (let begin = 0; begin < rows.length;) {
        let end = begin + 1;
        while (end < rows.length && keys[rows[end]] === keys[rows[begin]]) {
            end++;
        }
        if (end - begin > 1) {
            rows.subarray(begin, end).sort(compare);
        }
        begin = end;
    }
    return rows;
}

/** Addresses and networks: the first word is the key. */
export class AddressRows extends Rows {
    /** Of IPv6 only: the second to the fourth word. */
    readonly rest = [new Growing(Uint32Array), new Growing(Uint32Array), new Growing(Uint32Array)];
    readonly prefixes = new Growing(Uint8Array);

    protected comparison(): (a: number, b: number) => number {
        const columns = [...this.rest.map(({ values }) => values), this.prefixes.values];
        return (a, b) => {
            for (const column of columns) {
                if (column.length > 0 && column[a] !== column[b]) {
                    return column[a] - column[b];
                }
            }
            return 0;
        };
    }
}

/** Names: the hash is the key. */
export class NameRows extends Rows {
    readonly ends = new Growing(Uint32Array);
    readonly bytes = new Growing(Uint8Array);

    protected comparison(): (a: number, b: number) => number {
        const bytes = Buffer.from(this.bytes.values.buffer, 0, this.bytes.length);
        const ends = this.ends.values;
        const begin = (row: number) => (row === 0 ? 0 : ends[row - 1]);
        return (a, b) => bytes.compare(bytes, begin(b), ends[b], begin(a), ends[a]);
    }
}
