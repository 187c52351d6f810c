import { INCOMPLETE, INVALID, JsonScanner } from "./json";
import { blanks } from "./json-reader";
import { MAX_LINE_BYTES } from "./lines";

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_ARRAY = 91;
const OPEN = 123;

/** How far into an object its array of records may begin, in bytes. */
const MAX_HEAD = 4096;
/** How far into a record the name of its first member may reach, in bytes. */
const MAX_NAME = 256;

/** Where a stream of JSON has its records, and how to tell one. */
export interface RecordShape {
    /** Member of a top-level object whose array holds records, `Records`. */
    readonly member: string;
    /** Path of the scanner whose value, in a whole object, may be an array of records: the findings of an event. */
    readonly inner?: number;
    /** Names of the members that a record may begin with. */
    readonly first: ReadonlySet<string>;
    /**
     * Whether the object that was scanned last is a record, and not a part of one that looks similar. Asked only where
     * the stream is damaged.
     */
    isRecord(): boolean;
}

/**
 * Tells what stands at a place of a stream of JSON. All methods answer a position, `INVALID` for "no such thing", or
 * `INCOMPLETE` when that depends on bytes that may still come.
 */
export class RecordFinder {
    /** Why the last `scan` failed. */
    reason = "";
    private lastName = "";
    private readonly other = new JsonScanner({});

    constructor(
        private readonly scanner: JsonScanner,
        private readonly shape: RecordShape,
    ) {}

    /** @param last no more bytes come @returns the end of the object at `pos` */
    scan(bytes: Buffer, pos: number, last: boolean): number {
        if (bytes[pos] !== OPEN) {
            this.reason = "not a JSON object";
            return INVALID;
        }
        const isLong = bytes.length - pos >= MAX_LINE_BYTES;
        const end = this.scanner.scan(bytes, pos, isLong ? pos + MAX_LINE_BYTES : bytes.length);
        if (end !== INCOMPLETE) {
            this.reason = this.scanner.reason;
            return end;
        }
        this.reason = isLong ? `record longer than ${MAX_LINE_BYTES} bytes` : "not JSON: cut off";
        return isLong || last ? INVALID : INCOMPLETE;
    }

    /** @returns the end of the object at `pos`, when it is a record */
    record(bytes: Buffer, pos: number, last: boolean): number {
        const limit = Math.min(bytes.length, pos + MAX_NAME);
        if (pos < limit && bytes[pos] !== OPEN) {
            return INVALID;
        }
        const value = this.name(bytes, pos + 1, limit);
        if (value < 0) {
            return settle(value, bytes, limit, last);
        }
        const end = this.shape.first.has(this.lastName) ? this.scan(bytes, pos, last) : INVALID;
        return end >= 0 && !this.shape.isRecord() ? INVALID : end;
    }

    /**
     * Looks for the array of records in the object at `pos`, behind members that are no objects. Where the array's name
     * is damaged, its first record tells it.
     * @returns behind the array's bracket
     */
    array(bytes: Buffer, pos: number, last: boolean): number {
        const limit = Math.min(bytes.length, pos + MAX_HEAD);
        let at = pos;
        do {
            const value = this.name(bytes, at + 1, limit);
            const isArray = value >= 0 && bytes[value] === OPEN_ARRAY;
            const isObject = value >= 0 && bytes[value] === OPEN;
            if ((isArray || isObject) && this.lastName === this.shape.member) {
                // An object where the array should be: the bracket is damaged.
                return isArray ? value + 1 : value;
            }
            if (isArray) {
                const record = this.record(bytes, blanks(bytes, value + 1), last);
                return record < 0 ? record : value + 1;
            }
            const end = value < 0 ? value : isObject ? INVALID : this.other.scan(bytes, value, limit);
            if (end < 0) {
                return settle(end, bytes, limit, last);
            }
            at = blanks(bytes, end);
        } while (bytes[at] === COMMA);
        return at < bytes.length ? INVALID : settle(INCOMPLETE, bytes, limit, last);
    }

    /** @returns the end of the member whose comma stands at `pos` */
    member(bytes: Buffer, pos: number, last: boolean): number {
        const limit = Math.min(bytes.length, pos + MAX_LINE_BYTES);
        const value = this.name(bytes, pos + 1, limit);
        const end = value < 0 ? value : this.other.scan(bytes, value, limit);
        this.reason = "not JSON behind the records";
        return end < 0 ? settle(end, bytes, limit, last) : end;
    }

    /** Reads a member's name and colon. @returns where its value begins */
    private name(bytes: Buffer, from: number, limit: number): number {
        const start = blanks(bytes, from);
        if (start >= limit) {
            return INCOMPLETE;
        }
        const end = bytes[start] === QUOTE ? this.other.scan(bytes, start, limit) : INVALID;
        if (end < 0) {
            return end;
        }
        this.lastName = bytes.toString("utf8", start + 1, end - 1);
        const colon = blanks(bytes, end);
        const value = blanks(bytes, colon + 1);
        return value >= limit ? INCOMPLETE : bytes[colon] === COLON ? value : INVALID;
    }
}

/** What is not there within the limit is not there; it may come only where the bytes end before the limit. */
function settle(answer: number, bytes: Buffer, limit: number, last: boolean): number {
    return answer === INCOMPLETE && (last || limit < bytes.length) ? INVALID : answer;
}
