const SHORTEST_KEY = 4;
const LONGEST_KEY = 256;
const PRIME = 0x01000193;

/**
 * What is made of texts that come again and again (hosts, ciphers), found by their bytes, so that no string is made of a
 * text that is known. A fixed table: a new text takes the place of an older one. Bytes are read four at a time.
 */
export class ByteMap<Value> {
    private readonly keys: (DataView | undefined)[];
    private readonly values: (Value | undefined)[];
    private readonly mask: number;
    private bytes: Buffer | undefined;
    private view: DataView = new DataView(new ArrayBuffer(0));

    /**
     * @param make makes the value of a text (UTF-8)
     * @param bits the table has 2^bits places
     */
    constructor(
        private readonly make: (text: string) => Value,
        bits = 10,
    ) {
        const places = 1 << bits;
        this.keys = new Array<DataView | undefined>(places).fill(undefined);
        this.values = new Array<Value | undefined>(places).fill(undefined);
        this.mask = places - 1;
    }

    get(bytes: Buffer, start: number, end: number): Value {
        const length = end - start;
        if (length < SHORTEST_KEY || length > LONGEST_KEY) {
            return this.make(bytes.toString("utf8", start, end));
        }
        if (bytes !== this.bytes) {
            this.bytes = bytes;
            this.view = viewOf(bytes);
        }
        const place = hashOf(this.view, start, length) & this.mask;
        const key = this.keys[place];
        if (key === undefined || key.byteLength !== length || !hasKey(this.view, start, key, length)) {
            this.keys[place] = viewOf(Uint8Array.prototype.slice.call(bytes, start, end));
            this.values[place] = this.make(bytes.toString("utf8", start, end));
        }
        return this.values[place] as Value;
    }
}

function viewOf(bytes: Uint8Array): DataView {
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The last word overlaps the one before where the length is no multiple of four. */
function hashOf(view: DataView, start: number, length: number): number {
    const last = start + length - 4;
    let hash = Math.imul(view.getInt32(last, true) ^ length, PRIME);
    for (let at = start; at < last; at += 4) {
        hash = Math.imul(hash ^ (hash >>> 15) ^ view.getInt32(at, true), PRIME);
    }
    return hash ^ (hash >>> 16);
}

function hasKey(view: DataView, start: number, key: DataView, length: number): boolean {
    const last = length - 4;
    for (let at = 0; at < last; at += 4) {
        if (view.getInt32(start + at, true) !== key.getInt32(at, true)) {
            return false;
        }
    }
    return view.getInt32(start + last, true) === key.getInt32(last, true);
}
