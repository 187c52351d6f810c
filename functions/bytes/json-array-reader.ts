import { isUtf8 } from "node:buffer";
import { Malformed, RecordReader, RecordSink, Skipped } from "../sources/source";
import { Damage } from "./damage";
import { INCOMPLETE, INVALID, JsonScanner } from "./json";
import { blanks, WriteJson } from "./json-reader";
import { RecordFinder, RecordShape } from "./record-finder";

const LINE_FEED = 10;
const COMMA = 44;
const COLON = 58;
const OPEN_ARRAY = 91;
const CLOSE_ARRAY = 93;
const OPEN = 123;
const CLOSE = 125;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** What the next bytes should be. */
enum Expect {
    /** A top-level value. */
    Value,
    /** The same; but a comma or a bracket tells of an array whose beginning is lost. */
    ValueOrRest,
    Element,
    CommaOrEnd,
    /** Members behind the array, or the end of its object. */
    Members,
}

/**
 * Reads the elements of the array of a top-level object, `{"Records":[…]}`, one by one, so that a file of any size
 * needs little memory. Records without such an object, a line each or one after another, are read as well. Behind a
 * damaged record it goes on with the next good one; what lies between is one malformed record.
 */
export class JsonArrayReader implements RecordReader {
    private expect = Expect.Value;
    private isFirst = true;
    /** How far the bytes at hand are known to be UTF-8. */
    private cleanTo = 0;
    /** An array has begun, and has not ended. */
    private isOpen = false;
    /** The array is no member of an object. */
    private isBare = false;
    private readonly damage = new Damage();
    /** Damage between top-level values ends with its line. */
    private endsWithLine = false;
    /** The next line feed at hand, where it matters. */
    private feed = -1;
    private readonly finder: RecordFinder;

    /** @param write called right after the scan */
    constructor(
        private readonly scanner: JsonScanner,
        private readonly write: WriteJson,
        private readonly shape: RecordShape,
    ) {
        this.finder = new RecordFinder(scanner, shape);
    }

    read(bytes: Buffer, last: boolean, sink: RecordSink): number {
        // A chunk may end inside of a character, a record ends with its brace.
        const braces = bytes.lastIndexOf(CLOSE) + 1;
        this.cleanTo = isUtf8(bytes.subarray(0, braces)) ? braces : 0;
        this.feed = -1;
        let pos = 0;
        while (pos < bytes.length) {
            const next = this.step(bytes, pos, last, sink);
            if (next === INCOMPLETE) {
                return this.damage.save(bytes, pos);
            }
            pos = next;
        }
        if (last && this.damage.isOpen) {
            sink.malformed(this.damage.end(bytes, pos));
        } else if (last && this.isOpen) {
            sink.malformed(new Malformed("not JSON: the array of records is cut off"));
        }
        return this.damage.save(bytes, pos);
    }

    /** Takes the next piece. @returns behind it, or `INCOMPLETE` */
    private step(bytes: Buffer, from: number, last: boolean, sink: RecordSink): number {
        if (this.damage.isOpen) {
            return this.search(bytes, from, last, sink);
        }
        const pos = blanks(bytes, from);
        if (pos === bytes.length) {
            return pos;
        }
        const byte = bytes[pos];
        switch (this.expect) {
            case Expect.Element:
                return byte === CLOSE_ARRAY ? this.close(pos) : this.element(bytes, pos, last, sink);
            case Expect.CommaOrEnd:
                if (byte === CLOSE_ARRAY) {
                    return this.close(pos);
                }
                this.expect = Expect.Element;
                return byte === COMMA ? pos + 1 : pos;
            case Expect.Members:
                return this.member(bytes, pos, last);
            case Expect.ValueOrRest:
                this.expect = byte === COMMA || byte === CLOSE_ARRAY ? Expect.CommaOrEnd : Expect.Value;
                return pos;
            default:
                return this.isFirst ? this.begin(bytes, pos, last) : this.value(bytes, pos, last, sink);
        }
    }

    private element(bytes: Buffer, pos: number, last: boolean, sink: RecordSink): number {
        const end = this.finder.scan(bytes, pos, last);
        if (end < 0) {
            return end === INCOMPLETE ? end : this.lose(pos, false);
        }
        this.take(sink, bytes, pos, end);
        this.expect = Expect.CommaOrEnd;
        return end;
    }

    /** @returns behind a byte order mark */
    private begin(bytes: Buffer, pos: number, last: boolean): number {
        const mark = bytes.subarray(pos, pos + BYTE_ORDER_MARK.length);
        if (!last && mark.length < BYTE_ORDER_MARK.length && BYTE_ORDER_MARK.indexOf(mark) === 0) {
            return INCOMPLETE;
        }
        this.isFirst = false;
        return mark.equals(BYTE_ORDER_MARK) ? pos + mark.length : pos;
    }

    private value(bytes: Buffer, pos: number, last: boolean, sink: RecordSink): number {
        const isObject = bytes[pos] === OPEN;
        const array =
            bytes[pos] === OPEN_ARRAY ? pos + 1 : isObject ? this.finder.array(bytes, pos, last) : INVALID;
        if (array !== INVALID) {
            return array === INCOMPLETE ? array : this.open(array, !isObject);
        }
        const end = this.finder.scan(bytes, pos, last);
        if (end < 0) {
            return end === INCOMPLETE ? end : this.lose(pos, true);
        }
        const inner = this.shape.inner === undefined ? -1 : this.scanner.found.starts[this.shape.inner];
        if (inner >= 0 && bytes[inner] === OPEN_ARRAY) {
            this.elements(bytes, inner + 1, sink);
        } else {
            this.take(sink, bytes, pos, end);
        }
        this.expect = Expect.ValueOrRest;
        return end;
    }

    /** All elements of an array that is known to be JSON. */
    private elements(bytes: Buffer, from: number, sink: RecordSink): void {
        let pos = blanks(bytes, from);
        if (bytes[pos] === CLOSE_ARRAY) {
            sink.skipped(new Skipped("no records"));
        }
        while (bytes[pos] !== CLOSE_ARRAY) {
            const end = this.scanner.scan(bytes, pos, bytes.length);
            this.take(sink, bytes, pos, end);
            pos = blanks(bytes, end);
            pos = bytes[pos] === COMMA ? blanks(bytes, pos + 1) : pos;
        }
    }

    private open(pos: number, isBare: boolean): number {
        this.isOpen = true;
        this.isBare = isBare;
        this.expect = Expect.Element;
        return pos;
    }

    private close(pos: number): number {
        this.isOpen = false;
        this.expect = this.isBare ? Expect.Value : Expect.Members;
        return pos + 1;
    }

    /** A member behind the array, which holds nothing to keep, or the end of the object. */
    private member(bytes: Buffer, pos: number, last: boolean): number {
        if (bytes[pos] !== COMMA) {
            this.expect = Expect.Value;
            return bytes[pos] === CLOSE ? pos + 1 : pos;
        }
        const end = this.finder.member(bytes, pos, last);
        return end === INVALID ? this.lose(pos, true) : end;
    }

    private take(sink: RecordSink, bytes: Buffer, start: number, end: number): void {
        if (end <= this.cleanTo || isUtf8(bytes.subarray(start, end))) {
            sink.record(bytes, start, end, this.write);
        } else {
            sink.malformed(new Malformed("not valid UTF-8", Buffer.from(bytes.subarray(start, end))));
        }
    }

    /** Begins to skip what is damaged. */
    private lose(pos: number, line: boolean): number {
        this.damage.begin(this.finder.reason, pos);
        this.endsWithLine = line;
        return pos + 1;
    }

    /** Looks for the next record. @returns where to look further */
    private search(bytes: Buffer, pos: number, last: boolean, sink: RecordSink): number {
        const brace = next(bytes, OPEN, pos);
        if (this.endsWithLine) {
            this.feed = this.feed < pos ? next(bytes, LINE_FEED, pos) : this.feed;
            if (this.feed < brace) {
                return this.recover(bytes, this.feed, sink, Expect.Value);
            }
        }
        if (brace > pos) {
            return brace;
        }
        // What has a name is part of a record.
        const isNamed = this.damage.before(bytes, pos) === COLON;
        const end = isNamed ? INVALID : this.finder.record(bytes, pos, last);
        if (end < 0) {
            return end === INCOMPLETE ? end : pos + 1;
        }
        return this.recover(bytes, pos, sink, this.endsWithLine ? Expect.Value : Expect.Element);
    }

    private recover(bytes: Buffer, pos: number, sink: RecordSink, expect: Expect): number {
        sink.malformed(this.damage.end(bytes, pos));
        this.expect = expect;
        return pos;
    }
}

/** @returns where the byte comes next, or the end */
function next(bytes: Buffer, byte: number, from: number): number {
    const at = bytes.indexOf(byte, from);
    return at < 0 ? bytes.length : at;
}
