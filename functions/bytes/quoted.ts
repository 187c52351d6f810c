import { Fields } from "./fields";

const BLANK = 32;
const QUOTE = 34;
const DASH = 45;
const BACKSLASH = 92;

/** The fields of a line of which some stand between quotes. The quotes are no part of the field. */
export class QuotedFields extends Fields {
    /** 1 for a field with bytes that a JSON string cannot have as they are: quotes, backslashes, control characters. */
    readonly special = new Uint8Array(this.capacity);
    /** Of `bytes`. */
    view = new DataView(this.bytes.buffer, 0, 0);
}

/**
 * Cuts a line at each blank outside of quotes. In quotes `\"` and `\\` stand for a quote and a backslash. A quote that is
 * not the last byte of its field belongs to the field, so that `"h2","http/1.1"` is one field and a quote that was not
 * escaped does no harm unless a blank follows it. What is beyond the capacity is counted, but not kept.
 * @param first number of the first field; those before it are missing
 * @returns false when the last field's quotes are not closed: the line was cut off
 */
export function splitQuoted(
    fields: QuotedFields,
    bytes: Buffer,
    start: number,
    end: number,
    first = 0,
): boolean {
    const { starts, ends, special, capacity } = fields;
    if (fields.bytes !== bytes) {
        fields.bytes = bytes;
        fields.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    const { view } = fields;
    const before = Math.min(fields.count, capacity);
    for (let i = 0; i < first; i++) {
        starts[i] = -1;
    }
    let count = first;
    let closed = true;
    let at = start;
    while (at <= end) {
        const quoted = at < end && bytes[at] === QUOTE;
        let marks = 0;
        closed = !quoted;
        at += quoted ? 1 : 0;
        const from = at;
        for (;;) {
            at = quoted ? skipText(view, at, end) : skipWord(view, at, end);
            if (at >= end) {
                at = end;
                break;
            }
            const byte = bytes[at];
            if (byte === BLANK) {
                break;
            }
            if (byte === QUOTE && quoted && (at + 1 === end || bytes[at + 1] === BLANK)) {
                closed = true;
                break;
            }
            marks = 1;
            at += byte === BACKSLASH && quoted ? 2 : 1;
        }
        if (count < capacity) {
            starts[count] = at - from === 1 && bytes[from] === DASH ? -1 : from;
            ends[count] = at;
            special[count] = marks;
        }
        count++;
        at += quoted && closed ? 2 : 1;
    }
    for (let i = count; i < before; i++) {
        starts[i] = -1;
    }
    fields.count = count;
    return closed;
}

/** @returns where the next quote, backslash or control character stands; looks at four bytes at a time */
function skipText(view: DataView, start: number, end: number): number {
    let at = start;
    for (const last = end - 4; at <= last; at += 4) {
        const word = view.getInt32(at, true);
        const quote = word ^ 0x22222222;
        const slash = word ^ 0x5c5c5c5c;
        const found =
            (((word - 0x20202020) & ~word) |
                ((quote - 0x01010101) & ~quote) |
                ((slash - 0x01010101) & ~slash)) &
            0x80808080;
        if (found !== 0) {
            return at + firstByte(found);
        }
    }
    for (; at < end; at++) {
        const byte = view.getUint8(at);
        if (byte < BLANK || byte === QUOTE || byte === BACKSLASH) {
            break;
        }
    }
    return at;
}

/** As `skipText`, and a blank ends it too. */
function skipWord(view: DataView, start: number, end: number): number {
    let at = start;
    for (const last = end - 4; at <= last; at += 4) {
        const word = view.getInt32(at, true);
        const slash = word ^ 0x5c5c5c5c;
        // Stops at an exclamation mark too, which only costs time.
        const found = (((word - 0x23232323) & ~word) | ((slash - 0x01010101) & ~slash)) & 0x80808080;
        if (found !== 0) {
            return at + firstByte(found);
        }
    }
    while (at < end && view.getUint8(at) > QUOTE && view.getUint8(at) !== BACKSLASH) {
        at++;
    }
    return at;
}

/** Number of the first byte whose highest bit is set. */
function firstByte(found: number): number {
    return (31 - Math.clz32(found & -found)) >> 3;
}
