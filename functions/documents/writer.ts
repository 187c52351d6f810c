import { Spans } from "../bytes/span";

/** A member's name as JSON bytes, `"source":`; made once by `key`. */
export type Key = Uint8Array;

/** Whole members as JSON bytes, each with a trailing comma; made once by `members`. */
export type Members = Uint8Array;

const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const OPEN = 123;
const CLOSE = 125;
const MAX_DEPTH = 32;
/** Fewer bytes are copied faster one by one: to copy a range costs a view of it. */
const SHORT = 40;
const HEX = Buffer.from("0123456789abcdef");
/** Works on any bytes, not only on a Buffer. */
const copyBytes = Buffer.prototype.copy as (
    this: Uint8Array,
    target: Uint8Array,
    at: number,
    start: number,
    end: number,
) => number;

export function key(name: string): Key {
    return new Uint8Array(Buffer.from(`${JSON.stringify(name)}:`));
}

/** @param object what always stands so, for example `{ kind: "event" }` */
export function members(object: Readonly<Record<string, unknown>>): Members {
    const inner = JSON.stringify(object).slice(1, -1);
    return new Uint8Array(Buffer.from(inner === "" ? "" : `${inner},`));
}

/**
 * Writes JSON as bytes into one growing buffer, which is what makes the pipeline fast: values are copied from the log
 * into the document, and no object or string stands between. Each member ends with a comma, which `close` turns into
 * the closing brace; an object in which nothing was written vanishes, name and all. So a source writes what it has, and
 * leaves the rest out by writing nothing.
 */
export class JsonWriter {
    bytes: Buffer;
    /** Where the next byte goes. */
    at = 0;
    /** For each open object where its name and where its content begin. */
    private readonly opened = new Int32Array(2 * MAX_DEPTH);
    private depth = 0;

    /** @param buffer to write into, as long as it is large enough */
    constructor(buffer: Buffer = Buffer.allocUnsafeSlow(1 << 20)) {
        this.bytes = buffer;
    }

    /** Makes room for this many bytes. Whoever writes untrusted lengths asks first. */
    reserve(count: number): void {
        if (this.at + count > this.bytes.length) {
            const grown = Buffer.allocUnsafeSlow(Math.max(this.at + count, this.bytes.length * 2));
            this.bytes.copy(grown, 0, 0, this.at);
            this.bytes = grown;
        }
    }

    open(name: Key): void {
        this.opened[2 * this.depth] = this.at;
        this.name(name);
        this.bytes[this.at++] = OPEN;
        this.opened[2 * this.depth + 1] = this.at;
        this.depth++;
    }

    /** Opens an object whose name and first members are one piece. @param content where in the piece the content begins */
    openWith(piece: Uint8Array, content: number): void {
        this.opened[2 * this.depth] = this.at;
        this.opened[2 * this.depth + 1] = this.at + content;
        this.depth++;
        this.put(piece);
    }

    close(): void {
        this.depth--;
        const content = this.opened[2 * this.depth + 1];
        if (this.at === content) {
            this.at = this.opened[2 * this.depth];
        } else {
            this.bytes[this.at - 1] = CLOSE;
            this.bytes[this.at++] = COMMA;
        }
    }

    /** Forgets objects that are open: what was written since is about to be taken back. */
    closeAll(): void {
        this.depth = 0;
    }

    put(fragment: Members): void {
        this.bytes.set(fragment, this.at);
        this.at += fragment.length;
    }

    /** A string from text that comes from nowhere in the record. Writes nothing for undefined and "". */
    text(name: Key, value: string | undefined): void {
        if (value !== undefined && value !== "") {
            this.raw(name, JSON.stringify(value));
        }
    }

    /** A value that is JSON already. */
    raw(name: Key, json: string): void {
        this.reserve(name.length + json.length * 3 + 1);
        this.name(name);
        this.at += this.bytes.write(json, this.at);
        this.bytes[this.at++] = COMMA;
    }

    list(name: Key, values: readonly string[]): void {
        if (values.length > 0) {
            this.raw(name, JSON.stringify(values));
        }
    }

    number(name: Key, value: number): void {
        this.name(name);
        this.decimal(value);
        this.bytes[this.at++] = COMMA;
    }

    boolean(name: Key, value: boolean): void {
        this.raw(name, value ? "true" : "false");
    }

    /** A string from bytes of a text log, which are UTF-8; writes nothing for no bytes. */
    string(name: Key, from: Uint8Array, start: number, end: number): void {
        if (end > start) {
            this.name(name);
            this.bytes[this.at++] = QUOTE;
            this.escaped(from, start, end);
            this.bytes[this.at++] = QUOTE;
            this.bytes[this.at++] = COMMA;
        }
    }

    /** A string from a piece of a text log; writes nothing for one that is missing. */
    piece(name: Key, spans: Spans, i: number): void {
        if (spans.starts[i] >= 0) {
            this.string(name, spans.bytes, spans.starts[i], spans.ends[i]);
        }
    }

    /** The inside of a JSON string; where a value is put together of several pieces. */
    escaped(from: Uint8Array, start: number, end: number): void {
        if (end - start >= SHORT) {
            this.escapedLong(from, start, end);
            return;
        }
        const { bytes } = this;
        let at = this.at;
        for (let i = start; i < end; i++) {
            const byte = from[i];
            if (byte < 32 || byte === QUOTE || byte === BACKSLASH) {
                this.at = at;
                this.escape(byte);
                at = this.at;
            } else {
                bytes[at++] = byte;
            }
        }
        this.at = at;
    }

    /** Bytes as they are: JSON, or text that is known to hold nothing to escape. */
    copy(from: Uint8Array, start: number, end: number): void {
        if (end - start < SHORT) {
            const { bytes } = this;
            let at = this.at;
            for (let i = start; i < end; i++) {
                bytes[at++] = from[i];
            }
            this.at = at;
        } else {
            copyBytes.call(from, this.bytes, this.at, start, end);
            this.at += end - start;
        }
    }

    /** A value that is JSON already, in bytes. */
    json(name: Key, from: Uint8Array, start: number, end: number): void {
        this.name(name);
        this.copy(from, start, end);
        this.bytes[this.at++] = COMMA;
    }

    /** One byte, for values that are put together. */
    byte(code: number): void {
        this.bytes[this.at++] = code;
    }

    name(name: Key): void {
        const length = name.length;
        if (length < 8) {
            for (let i = 0; i < length; i++) {
                this.bytes[this.at + i] = name[i];
            }
        } else {
            this.bytes.set(name, this.at);
        }
        this.at += length;
    }

    private decimal(value: number): void {
        // Small integers, which most are, without a string.
        if (value > 0x7fffffff || value < 0 || !Number.isInteger(value)) {
            this.at += this.bytes.write(Number.isFinite(value) ? String(value) : "null", this.at, "latin1");
            return;
        }
        let end = this.at + 1;
        for (let rest = value | 0; rest >= 10; rest = (rest / 10) | 0) {
            end++;
        }
        this.at = end;
        let rest = value | 0;
        do {
            const tenth = (rest / 10) | 0;
            this.bytes[--end] = 48 + rest - tenth * 10;
            rest = tenth;
        } while (rest > 0);
    }

    private escapedLong(from: Uint8Array, start: number, end: number): void {
        let clean = start;
        for (let i = start; i < end; i++) {
            const byte = from[i];
            if (byte < 32 || byte === QUOTE || byte === BACKSLASH) {
                this.copy(from, clean, i);
                this.escape(byte);
                clean = i + 1;
            }
        }
        this.copy(from, clean, end);
    }

    private escape(byte: number): void {
        this.bytes[this.at++] = BACKSLASH;
        if (byte >= 32) {
            this.bytes[this.at++] = byte;
            return;
        }
        this.bytes[this.at++] = 117;
        this.bytes[this.at++] = 48;
        this.bytes[this.at++] = 48;
        this.bytes[this.at++] = HEX[byte >> 4];
        this.bytes[this.at++] = HEX[byte & 15];
    }
}
