import { JsonWriter, Key } from "./writer";

const ZERO = 48;
const NINE = 57;
const DOT = 46;
const COMMA = 44;
/** More digits are not safe as a JavaScript number, and no log has them. */
const MOST_DIGITS = 15;

/** @returns true for digits and nothing else */
export function isInteger(bytes: Uint8Array, start: number, end: number): boolean {
    if (start < 0 || end <= start || end - start > MOST_DIGITS) {
        return false;
    }
    for (let i = start; i < end; i++) {
        if (bytes[i] < ZERO || bytes[i] > NINE) {
            return false;
        }
    }
    return true;
}

/** JSON has no leading zeros. @returns where the number begins */
export function withoutZeros(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at + 1 < end && bytes[at] === ZERO) {
        at++;
    }
    return at;
}

/**
 * Writes an integer that a text log shows as digits; nothing for anything else.
 * @param start of the digits, -1 for none
 */
export function writeInteger(
    writer: JsonWriter,
    name: Key,
    bytes: Uint8Array,
    start: number,
    end: number,
): void {
    if (isInteger(bytes, start, end)) {
        writer.name(name);
        writer.copy(bytes, withoutZeros(bytes, start, end), end);
        writer.byte(COMMA);
    }
}

/** @returns true for digits with or without decimals that JSON takes as they are, such as `0.001` */
export function isDecimal(bytes: Uint8Array, start: number, end: number): boolean {
    if (start < 0 || end <= start || end - start > 2 * MOST_DIGITS) {
        return false;
    }
    let dot = -1;
    for (let i = start; i < end; i++) {
        const byte = bytes[i];
        if (byte === DOT && dot < 0 && i > start && i + 1 < end) {
            dot = i;
        } else if (byte < ZERO || byte > NINE) {
            return false;
        }
    }
    const whole = (dot < 0 ? end : dot) - start;
    return whole === 1 || bytes[start] !== ZERO;
}

/** Writes a decimal number as the log has it; nothing for anything else. */
export function writeDecimal(
    writer: JsonWriter,
    name: Key,
    bytes: Uint8Array,
    start: number,
    end: number,
): void {
    if (isDecimal(bytes, start, end)) {
        writer.name(name);
        writer.copy(bytes, start, end);
        writer.byte(COMMA);
    }
}
