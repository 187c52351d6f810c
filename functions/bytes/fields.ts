import { Spans } from "./span";

const BLANK = 32;
const DASH = 45;

/** The fields of a line of text. A field that is "-" counts as missing: `starts` is -1. */
export class Fields extends Spans {}

/** Cuts a line at each blank. `count` may exceed the capacity; what is beyond is not kept. */
export function splitFields(fields: Fields, bytes: Buffer, start: number, end: number): void {
    const { starts, ends, capacity } = fields;
    let count = 0;
    let from = start;
    for (let at = start; at <= end; at++) {
        if (at === end || bytes[at] === BLANK) {
            if (count < capacity) {
                starts[count] = at - from === 1 && bytes[from] === DASH ? -1 : from;
                ends[count] = at;
            }
            count++;
            from = at + 1;
        }
    }
    fields.bytes = bytes;
    fields.count = count;
}
