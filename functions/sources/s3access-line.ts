import { Spans } from "../bytes/span";
import { Field } from "./s3access-fields";

const BLANK = 32;
const QUOTE = 34;
const DASH = 45;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
/** `06/Feb/2019:00:00:38 +0000` */
const TIME_LENGTH = 26;

/** Fields behind the user agent that have a shape of their own; what is not of it shows that the line was cut off. */
const SHAPES = [
    { field: Field.versionId, marks: "._-" },
    { field: Field.hostId, marks: "+/=.:_-" },
    { field: Field.signatureVersion, marks: ".-" },
] as const;

/**
 * Takes a line apart. Request line, referrer and user agent stand between quotes, and S3 does not escape the quotes that
 * clients put into them, so quotes alone do not tell where they end. The request line, which holds no blanks of a
 * client's, ends where status, error code and four numbers follow for the first time; the user agent ends at the line's
 * last quote, as nothing behind it has one; the referrer, which is a URL, ends where the user agent can begin for the
 * first time. All fields of a line must be there up to the user agent; those behind it came over the years.
 * @returns what is wrong with the line, undefined for nothing
 */
export function splitS3Line(fields: Spans, bytes: Buffer, start: number, end: number): string | undefined {
    fields.bytes = bytes;
    fields.starts.fill(-1);
    let at = start;
    for (let i = Field.bucketOwner; i < Field.requestUri; i++) {
        at = i === Field.time ? bracketed(fields, at, end) : word(fields, i, at, end);
        if (at < 0) {
            return `ends before field ${i + 2}`;
        }
    }
    at = requestLine(fields, at, end);
    if (at < 0) {
        return "no status and sizes behind a request line";
    }
    const tail = agents(fields, at, end);
    if (tail < 0) {
        return "no referrer and user agent";
    }
    for (let i = Field.versionId, from = tail; i < Field.count && from >= 0; i++) {
        from = word(fields, i, from, end);
    }
    return SHAPES.every(({ field, marks }) => isShaped(fields, field, marks))
        ? undefined
        : "fields behind the user agent are none of S3's";
}

/** Sets field `i`, which ends with a blank or the line. @returns where the next begins, -1 when the line ends */
function word(fields: Spans, i: number, start: number, end: number): number {
    const { bytes } = fields;
    let at = start;
    while (at < end && bytes[at] !== BLANK) {
        at++;
    }
    set(fields, i, start, at);
    return at < end ? at + 1 : -1;
}

function set({ bytes, starts, ends }: Spans, i: number, start: number, end: number): void {
    starts[i] = end === start || (end === start + 1 && bytes[start] === DASH) ? -1 : start;
    ends[i] = end;
}

/** Sets the time, without its brackets. */
function bracketed(fields: Spans, start: number, end: number): number {
    const { bytes } = fields;
    const close = start + TIME_LENGTH + 1;
    if (close + 1 >= end || bytes[start] !== OPEN_BRACKET || bytes[close] !== CLOSE_BRACKET) {
        return -1;
    }
    set(fields, Field.time, start + 1, close);
    return close + 2;
}

/** Sets the request line and what stands between it and the referrer. */
function requestLine(fields: Spans, start: number, end: number): number {
    const { bytes } = fields;
    if (bytes[start] === DASH) {
        return bytes[start + 1] === BLANK ? numbers(fields, start + 2, end) : -1;
    }
    if (bytes[start] !== QUOTE) {
        return -1;
    }
    for (let at = start + 1; at + 1 < end; at++) {
        if (bytes[at] === QUOTE && bytes[at + 1] === BLANK) {
            const next = numbers(fields, at + 2, end);
            if (next >= 0) {
                set(fields, Field.requestUri, start + 1, at);
                return next;
            }
        }
    }
    return -1;
}

/** Sets status, error code, sizes and times. @returns where the referrer begins, -1 when these are something else */
function numbers(fields: Spans, start: number, end: number): number {
    let at = start;
    for (let i = Field.status; i <= Field.turnAroundTime; i++) {
        const from = at;
        at = word(fields, i, from, Math.min(end, from + 128));
        if (at < 0 || (fields.starts[i] >= 0 && !isWord(fields, from, at - 1, i === Field.errorCode))) {
            return -1;
        }
    }
    return at;
}

/** @returns true for digits, or for digits and letters */
function isWord({ bytes }: Spans, start: number, end: number, letters: boolean): boolean {
    for (let at = start; at < end; at++) {
        if (!isDigit(bytes[at]) && !(letters && isLetter(bytes[at]))) {
            return false;
        }
    }
    return true;
}

/** Sets referrer and user agent. @returns where the fields behind them begin, the line's end for none */
function agents(fields: Spans, start: number, end: number): number {
    const { bytes } = fields;
    let at = start;
    if (bytes[at] === DASH && bytes[at + 1] === BLANK) {
        at += 2;
    } else if (bytes[at] === QUOTE) {
        at++;
        const from = at;
        // A user agent follows, between quotes or a dash.
        while (at + 2 < end && !(bytes[at] === QUOTE && bytes[at + 1] === BLANK && isField(bytes, at + 2))) {
            at++;
        }
        if (at + 2 >= end) {
            return -1;
        }
        set(fields, Field.referrer, from, at);
        at += 2;
    } else {
        return -1;
    }
    if (bytes[at] === DASH) {
        return behind(bytes, at + 1, end);
    }
    const last = bytes.subarray(at + 1, end).lastIndexOf(QUOTE) + at + 1;
    if (bytes[at] !== QUOTE || last <= at) {
        return -1;
    }
    set(fields, Field.userAgent, at + 1, last);
    return behind(bytes, last + 1, end);
}

function isField(bytes: Buffer, at: number): boolean {
    return bytes[at] === QUOTE || (bytes[at] === DASH && bytes[at + 1] === BLANK);
}

function behind(bytes: Buffer, at: number, end: number): number {
    return at >= end ? end : bytes[at] === BLANK ? at + 1 : -1;
}

function isShaped({ bytes, starts, ends }: Spans, i: number, marks: string): boolean {
    for (let at = starts[i]; at >= 0 && at < ends[i]; at++) {
        const byte = bytes[at];
        if (!isDigit(byte) && !isLetter(byte) && !marks.includes(String.fromCharCode(byte))) {
            return false;
        }
    }
    return true;
}

function isDigit(byte: number): boolean {
    return byte >= 48 && byte <= 57;
}

function isLetter(byte: number): boolean {
    return (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122);
}
