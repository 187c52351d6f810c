/** 9999-12-31T23:59:59.999Z, the last that ISO 8601 writes with four digits, in epoch milliseconds. */
export const MAX_TIME = 253402300799999;

const ZERO = 48;

function two(bytes: Uint8Array, at: number): number {
    const tens = bytes[at] - ZERO;
    const ones = bytes[at + 1] - ZERO;
    return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

let cachedDay = -1;
let cachedDayStart = NaN;

/** Epoch milliseconds of the day's start; a day repeats from record to record. */
function dayStart(year: number, month: number, day: number): number {
    const key = (year * 100 + month) * 100 + day;
    if (key !== cachedDay) {
        const start = Date.UTC(year, month - 1, day);
        const real = new Date(start).getUTCDate() === day && month >= 1 && month <= 12 && year >= 1000;
        cachedDay = key;
        cachedDayStart = real ? start : NaN;
    }
    return cachedDayStart;
}

/**
 * Parses `2026-11-24T13:31:01Z`, with a blank for the `T`, any number of decimals, and `Z`, `+hh:mm`, `+hhmm` or nothing
 * (UTC) behind.
 * @returns epoch milliseconds up to `MAX_TIME` (further decimals are cut off), or NaN when it is no such time
 */
export function parseTime(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < 19) {
        return NaN;
    }
    const century = two(bytes, start);
    const year = two(bytes, start + 2);
    const month = two(bytes, start + 5);
    const day = two(bytes, start + 8);
    const hour = two(bytes, start + 11);
    const minute = two(bytes, start + 14);
    const second = two(bytes, start + 17);
    const separator = bytes[start + 10];
    if (
        (century | year | month | day | hour | minute | second) < 0 ||
        bytes[start + 4] !== 45 ||
        bytes[start + 7] !== 45 ||
        (separator !== 84 && separator !== 32) ||
        bytes[start + 13] !== 58 ||
        bytes[start + 16] !== 58 ||
        hour > 23 ||
        minute > 59 ||
        second > 60
    ) {
        return NaN;
    }
    let at = start + 19;
    let millis = 0;
    if (at < end && bytes[at] === 46) {
        at++;
        for (let scale = 100; at < end && bytes[at] >= ZERO && bytes[at] <= 57; at++) {
            millis += (bytes[at] - ZERO) * scale;
            scale = scale >= 10 ? scale / 10 : 0;
        }
    }
    const time = dayStart(century * 100 + year, month, day) + hour * 3600000 + minute * 60000 + second * 1000;
    const utc = time + millis - zone(bytes, at, end);
    return utc <= MAX_TIME ? utc : NaN;
}

/** @returns the offset from UTC in milliseconds, NaN when it is none */
function zone(bytes: Uint8Array, at: number, end: number): number {
    if (at === end || (at + 1 === end && bytes[at] === 90)) {
        return 0;
    }
    const sign = bytes[at] === 43 ? 1 : bytes[at] === 45 ? -1 : NaN;
    const hours = two(bytes, at + 1);
    const minutesAt = at + (bytes[at + 3] === 58 ? 4 : 3);
    const minutes = two(bytes, minutesAt);
    return minutesAt + 2 === end && hours >= 0 && hours <= 14 && minutes >= 0 && minutes <= 59
        ? sign * (hours * 60 + minutes) * 60000
        : NaN;
}
