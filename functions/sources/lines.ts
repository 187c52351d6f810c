import { isUtf8 } from "node:buffer";
import { Malformed } from "./source";

/** Lines longer than this (bytes, without the line feed) are malformed: a log line never is, a broken file may be. */
export const MAX_LINE_BYTES = 1024 * 1024;

const LINE_FEED = 10;

/**
 * Splits chunks of bytes into lines of text, wherever the chunks are cut. Empty lines are left out, a carriage return
 * at the end of a line and a byte order mark at the start of the stream are dropped. A line that is too long (its
 * first MiB is kept) or not UTF-8 comes out as `Malformed`. Never throws.
 */
export class LineSplitter {
    private held: Uint8Array[] = [];
    /** Bytes of the unfinished line, of which at most `MAX_LINE_BYTES` are held. */
    private heldBytes = 0;
    private first = true;

    /** @returns the lines that end in this chunk */
    split(chunk: Uint8Array): (string | Malformed)[] {
        const last = chunk.lastIndexOf(LINE_FEED);
        if (last < 0) {
            this.hold(chunk);
            return [];
        }
        const lines: (string | Malformed)[] = [];
        let start = 0;
        if (this.heldBytes > 0) {
            const end = chunk.indexOf(LINE_FEED);
            this.hold(chunk.subarray(0, end));
            this.release(lines);
            start = end + 1;
        }
        if (start < last) {
            this.cut(chunk.subarray(start, last), lines);
        }
        // Also when the first line was empty, and nothing was cut.
        this.first = false;
        this.hold(chunk.subarray(last + 1));
        return lines;
    }

    /** @returns the last line when no line feed ended it */
    end(): (string | Malformed)[] {
        const lines: (string | Malformed)[] = [];
        this.release(lines);
        return lines;
    }

    private hold(bytes: Uint8Array): void {
        const room = MAX_LINE_BYTES - this.heldBytes;
        if (room > 0 && bytes.length > 0) {
            // A copy: the producer may reuse its chunk.
            this.held.push(Buffer.from(bytes.subarray(0, room)));
        }
        this.heldBytes += bytes.length;
    }

    private release(into: (string | Malformed)[]): void {
        const bytes = this.held.length === 1 ? this.held[0] : Buffer.concat(this.held);
        const length = this.heldBytes;
        this.held = [];
        this.heldBytes = 0;
        if (length > MAX_LINE_BYTES) {
            this.tooLong(bytes, length, into);
        } else if (length > 0) {
            this.cut(bytes, into);
        }
    }

    /** Cuts whole lines; the last line feed is not among the bytes. */
    private cut(bytes: Uint8Array, into: (string | Malformed)[]): void {
        const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
        if (!isUtf8(buffer)) {
            this.cutBytes(buffer, into);
            return;
        }
        for (const line of buffer.toString("utf8").split("\n")) {
            // A UTF-16 unit is at most three bytes of UTF-8.
            if (line.length > MAX_LINE_BYTES / 3 && Buffer.byteLength(line) > MAX_LINE_BYTES) {
                this.tooLong(Buffer.from(line), Buffer.byteLength(line), into);
            } else {
                this.add(line, into);
            }
        }
    }

    private cutBytes(buffer: Buffer, into: (string | Malformed)[]): void {
        for (let start = 0; start <= buffer.length;) {
            const feed = buffer.indexOf(LINE_FEED, start);
            const end = feed < 0 ? buffer.length : feed;
            const line = buffer.subarray(start, end);
            if (line.length > MAX_LINE_BYTES) {
                this.tooLong(line, line.length, into);
            } else if (isUtf8(line)) {
                this.add(line.toString("utf8"), into);
            } else {
                this.first = false;
                into.push(new Malformed(Buffer.from(line), "not valid UTF-8"));
            }
            start = end + 1;
        }
    }

    private add(line: string, into: (string | Malformed)[]): void {
        let start = 0;
        if (this.first) {
            this.first = false;
            start = line.charCodeAt(0) === 0xfeff ? 1 : 0;
        }
        const end = line.charCodeAt(line.length - 1) === 13 ? line.length - 1 : line.length;
        if (end > start) {
            into.push(start === 0 && end === line.length ? line : line.slice(start, end));
        }
    }

    private tooLong(bytes: Uint8Array, length: number, into: (string | Malformed)[]): void {
        this.first = false;
        const kept = Buffer.from(bytes.subarray(0, MAX_LINE_BYTES));
        into.push(new Malformed(kept, `line of ${length} bytes, longer than ${MAX_LINE_BYTES}`));
    }
}
