/**
 * Pieces of one record: piece `i` is `bytes[starts[i], ends[i])`; a start of -1 says that the record lacks it. Splitters
 * and scanners fill one again and again, so that no record costs an object.
 */
export class Spans {
    bytes: Buffer = Buffer.alloc(0);
    readonly starts: Int32Array;
    readonly ends: Int32Array;
    /** Pieces that the record has, of a format that counts them. */
    count = 0;

    constructor(readonly capacity: number) {
        this.starts = new Int32Array(capacity).fill(-1);
        this.ends = new Int32Array(capacity).fill(-1);
    }

    /** @returns the piece as text, or undefined when the record lacks it; for places that are not hot */
    text(i: number): string | undefined {
        return this.starts[i] < 0 ? undefined : this.bytes.toString("utf8", this.starts[i], this.ends[i]);
    }

    /** @returns true when the piece is there and is this ASCII text */
    is(i: number, text: string): boolean {
        const start = this.starts[i];
        return start >= 0 && equals(this.bytes, start, this.ends[i], text);
    }
}

/** @returns true when the bytes are this ASCII text */
export function equals(bytes: Uint8Array, start: number, end: number, text: string): boolean {
    if (end - start !== text.length) {
        return false;
    }
    for (let i = 0; i < text.length; i++) {
        if (bytes[start + i] !== text.charCodeAt(i)) {
            return false;
        }
    }
    return true;
}

/** @returns the number that 1 to 15 ASCII digits tell, or -1 for anything else */
export function digits(bytes: Uint8Array, start: number, end: number): number {
    if (end <= start || end - start > 15) {
        return -1;
    }
    let number = 0;
    for (let i = start; i < end; i++) {
        const digit = bytes[i] - 48;
        if (digit < 0 || digit > 9) {
            return -1;
        }
        number = number * 10 + digit;
    }
    return number;
}
