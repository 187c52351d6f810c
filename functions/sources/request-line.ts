import { equals, Spans } from "../bytes/span";

const BLANK = 32;
const DASH = 45;

/** Parts of a `RequestLine`. */
export const METHOD = 0;
export const URL = 1;
export const VERSION = 2;

/** The first line of a request, `GET https://host/path HTTP/1.1`, taken apart; a part that is missing or `-` is missing. */
export class RequestLine extends Spans {
    constructor() {
        super(3);
    }

    /** Reads a field of a log. The URL may hold blanks, so what follows it is the last word, if that can be a version. */
    read(fields: Spans, i: number): void {
        const { bytes } = fields;
        const start = fields.starts[i];
        let end = start < 0 ? start : fields.ends[i];
        while (end > start && bytes[end - 1] === BLANK) {
            end--;
        }
        let methodEnd = start;
        while (methodEnd < end && bytes[methodEnd] !== BLANK) {
            methodEnd++;
        }
        let last = end;
        while (last > methodEnd && bytes[last - 1] !== BLANK) {
            last--;
        }
        const hasVersion = end - last > 5 && equals(bytes, last, last + 5, "HTTP/");
        const isDash = end - last === 1 && bytes[last] === DASH;
        this.bytes = bytes;
        this.part(METHOD, start, methodEnd);
        this.part(URL, methodEnd + 1, last > methodEnd && (hasVersion || isDash) ? last - 1 : end);
        this.part(VERSION, last + 5, hasVersion ? end : -1);
    }

    private part(part: number, start: number, end: number): void {
        const isMissing = end <= start || (end - start === 1 && this.bytes[start] === DASH);
        this.starts[part] = isMissing ? -1 : start;
        this.ends[part] = end;
    }
}
