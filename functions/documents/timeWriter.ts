import { JsonWriter, Key } from "./writer";

const SLOTS = 1024;
const LENGTH = 26;

/** Formatted times, `"2026-11-24T13:31:01.000Z"` with the quotes, by second: they repeat, and formatting is slow. */
const texts = new Array<Uint8Array>(SLOTS).fill(Buffer.alloc(0));
const seconds = new Float64Array(SLOTS).fill(NaN);

/** Writes an ISO 8601 time. @param second Unix time, 0 to 253402300799 */
export function writeSecond(writer: JsonWriter, name: Key, second: number): void {
    writer.name(name);
    writer.bytes.set(textOf(second), writer.at);
    writer.at += LENGTH;
    writer.byte(44);
}

function textOf(second: number): Uint8Array {
    const slot = second & (SLOTS - 1);
    if (seconds[slot] !== second) {
        seconds[slot] = second;
        texts[slot] = Buffer.from(`"${new Date(second * 1000).toISOString()}"`);
    }
    return texts[slot];
}

/** Writes an ISO 8601 time. @param time epoch milliseconds, 0 to 9999-12-31T23:59:59.999Z */
export function writeTime(writer: JsonWriter, name: Key, time: number): void {
    const second = Math.floor(time / 1000);
    writer.name(name);
    const millis = time - second * 1000;
    const { bytes, at } = writer;
    bytes.set(textOf(second), at);
    if (millis > 0) {
        const hundreds = (millis / 100) | 0;
        const tens = ((millis - hundreds * 100) / 10) | 0;
        bytes[at + 21] = 48 + hundreds;
        bytes[at + 22] = 48 + tens;
        bytes[at + 23] = 48 + millis - hundreds * 100 - tens * 10;
    }
    writer.at = at + LENGTH;
    writer.byte(44);
}
