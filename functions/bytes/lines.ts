import { isUtf8 } from "node:buffer";
import { Malformed, RecordReader, RecordSink } from "../sources/source";

/** Lines longer than this (bytes, without the line feed) are malformed: a log line never is, a broken file may be. */
export const MAX_LINE_BYTES = 1024 * 1024;

const LINE_FEED = 10;

/**
 * Splits bytes into lines, wherever the chunks are cut. Empty lines are left out, a carriage return at the end of a line
 * and a byte order mark at the start of the stream are dropped. A line that is too long (its beginning is kept) or not
 * UTF-8 is malformed.
 */
export class LineReader implements RecordReader {
    private first = true;
    /** Bytes dropped of a line that is too long and has not ended. */
    private dropped = 0;
    private kept: Buffer | undefined;

    /**
     * @param line takes a line that is text
     * @param maxBytes longer lines are malformed
     */
    constructor(
        private readonly line: (sink: RecordSink, bytes: Buffer, start: number, end: number) => void,
        private readonly maxBytes = MAX_LINE_BYTES,
    ) {}

    read(bytes: Buffer, last: boolean, sink: RecordSink): number {
        const length = bytes.length;
        if (length === 0) {
            this.endOfLong(last, 0, sink);
            return 0;
        }
        const whole = last ? length : bytes.lastIndexOf(LINE_FEED) + 1;
        const clean = isUtf8(whole === length ? bytes : bytes.subarray(0, whole));
        let start = 0;
        while (start < whole) {
            const feed = bytes.indexOf(LINE_FEED, start);
            const end = feed < 0 ? length : feed;
            if (this.kept !== undefined) {
                this.endOfLong(true, end - start, sink);
            } else if (end - start > this.maxBytes) {
                this.first = false;
                sink.malformed(this.tooLong(bytes.subarray(start, start + this.maxBytes), end - start));
            } else {
                this.take(sink, bytes, start, end, clean);
            }
            start = end + 1;
        }
        return start >= length ? length : this.hold(bytes, start);
    }

    /** What has no line feed yet waits, unless it is too long to be a line. */
    private hold(bytes: Buffer, start: number): number {
        if (this.kept !== undefined) {
            this.dropped += bytes.length - start;
            return bytes.length;
        }
        if (bytes.length - start > this.maxBytes) {
            this.kept = Buffer.from(bytes.subarray(start, start + this.maxBytes));
            this.dropped = bytes.length - start;
            return bytes.length;
        }
        return start;
    }

    private endOfLong(ended: boolean, more: number, sink: RecordSink): void {
        if (this.kept !== undefined && ended) {
            sink.malformed(this.tooLong(this.kept, this.dropped + more));
            this.kept = undefined;
            this.dropped = 0;
            this.first = false;
        }
    }

    private take(sink: RecordSink, bytes: Buffer, lineStart: number, lineEnd: number, clean: boolean): void {
        let start = lineStart;
        if (this.first) {
            this.first = false;
            start += bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf ? 3 : 0;
        }
        const end = bytes[lineEnd - 1] === 13 ? lineEnd - 1 : lineEnd;
        if (end <= start) {
            return;
        }
        if (clean || isUtf8(bytes.subarray(start, end))) {
            this.line(sink, bytes, start, end);
        } else {
            sink.malformed(new Malformed("not valid UTF-8", Buffer.from(bytes.subarray(start, end))));
        }
    }

    private tooLong(kept: Buffer, length: number): Malformed {
        return new Malformed(`line of ${length} bytes, longer than ${this.maxBytes}`, Buffer.from(kept));
    }
}
