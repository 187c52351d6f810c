import { isUtf8 } from "node:buffer";
import { Document } from "../documents/document";
import { Malformed, RecordReader, RecordSink, Verdict } from "../sources/source";
import { INCOMPLETE, INVALID, JsonScanner } from "./json";
import { MAX_LINE_BYTES } from "./lines";

const LINE_FEED = 10;

/** Turns the record that the scanner has just read into a document. */
export type WriteJson = (document: Document, bytes: Buffer, start: number, end: number) => Verdict;

/**
 * Reads JSON objects one after another, a line each or pretty-printed, with or without line feeds between them. What is
 * no JSON is malformed up to the end of its line.
 */
export class JsonReader implements RecordReader {
    private isFirst = true;
    /** In a record that was malformed, up to the end of its line. */
    private skipping = false;

    /**
     * @param scanner finds what `write` needs
     * @param write called right after the scan
     * @param inArray the objects may also be the elements of one array: brackets and commas between them count as blanks
     */
    constructor(
        private readonly scanner: JsonScanner,
        private readonly write: WriteJson,
        private readonly inArray = false,
    ) {}

    read(bytes: Buffer, last: boolean, sink: RecordSink): number {
        if (this.isFirst && !last && bytes.length < 3 && bytes[0] === 0xef) {
            return 0;
        }
        const clean = isUtf8(bytes);
        let pos = this.begin(bytes);
        for (;;) {
            if (this.skipping) {
                const feed = bytes.indexOf(LINE_FEED, pos);
                if (feed < 0) {
                    return bytes.length;
                }
                this.skipping = false;
                pos = feed + 1;
            }
            pos = this.inArray ? between(bytes, pos) : blanks(bytes, pos);
            if (pos >= bytes.length) {
                return bytes.length;
            }
            const isLong = bytes.length - pos > MAX_LINE_BYTES;
            const limit = isLong ? pos + MAX_LINE_BYTES : bytes.length;
            const end = bytes[pos] === 123 ? this.scanner.scan(bytes, pos, limit) : INVALID;
            if (end >= 0) {
                this.take(sink, bytes, pos, end, clean);
                pos = end;
                continue;
            }
            const feed = bytes.indexOf(LINE_FEED, pos);
            if (!last && !isLong && (end === INCOMPLETE || feed < 0)) {
                return pos;
            }
            const reason =
                bytes[pos] !== 123
                    ? "not a JSON object"
                    : end === INVALID
                      ? this.scanner.reason
                      : isLong
                        ? `record longer than ${MAX_LINE_BYTES} bytes`
                        : "not JSON: cut off";
            const stop = feed < 0 ? bytes.length : feed;
            sink.malformed(new Malformed(reason, Buffer.from(bytes.subarray(pos, Math.min(stop, limit)))));
            this.skipping = feed < 0;
            pos = stop;
        }
    }

    /** @returns behind a byte order mark */
    private begin(bytes: Buffer): number {
        const mark = this.isFirst && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
        this.isFirst = this.isFirst && bytes.length === 0;
        return mark ? 3 : 0;
    }

    private take(sink: RecordSink, bytes: Buffer, start: number, end: number, clean: boolean): void {
        if (clean || isUtf8(bytes.subarray(start, end))) {
            sink.record(bytes, start, end, this.write);
        } else {
            sink.malformed(new Malformed("not valid UTF-8", Buffer.from(bytes.subarray(start, end))));
        }
    }
}

export function blanks(bytes: Buffer, pos: number): number {
    let at = pos;
    while (at < bytes.length && (bytes[at] === 32 || (bytes[at] >= 9 && bytes[at] <= 13))) {
        at++;
    }
    return at;
}

/** Skips what stands between the elements of an array, too. */
function between(bytes: Buffer, pos: number): number {
    let at = pos;
    while (
        at < bytes.length &&
        (bytes[at] <= 32 || bytes[at] === 44 || bytes[at] === 91 || bytes[at] === 93)
    ) {
        at++;
    }
    return at;
}
