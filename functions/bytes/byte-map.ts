const LONGEST_KEY = 256;

/**
 * What is made of texts that come again and again (hosts, ciphers), found by their bytes, so that no string is made of a
 * text that is known. A fixed table: a new text takes the place of an older one.
 */
export class ByteMap<Value> {
    private readonly keys: (Uint8Array | undefined)[];
    private readonly values: (Value | undefined)[];
    private readonly mask: number;

    /**
     * @param make makes the value of a text (UTF-8)
     * @param bits the table has 2^bits places
     */
    constructor(
        private readonly make: (text: string) => Value,
        bits = 10,
    ) {
        const places = 1 << bits;
        this.keys = new Array<Uint8Array | undefined>(places).fill(undefined);
        this.values = new Array<Value | undefined>(places).fill(undefined);
        this.mask = places - 1;
    }

    get(bytes: Buffer, start: number, end: number): Value {
        const length = end - start;
        if (length > LONGEST_KEY) {
            return this.make(bytes.toString("utf8", start, end));
        }
        let hash = length;
        for (let i = start; i < end; i++) {
            hash = Math.imul(hash ^ bytes[i], 0x01000193);
        }
        const place = (hash ^ (hash >>> 15)) & this.mask;
        const key = this.keys[place];
        if (key !== undefined && key.length === length) {
            let i = 0;
            while (i < length && key[i] === bytes[start + i]) {
                i++;
            }
            if (i === length) {
                return this.values[place] as Value;
            }
        }
        const value = this.make(bytes.toString("utf8", start, end));
        this.keys[place] = new Uint8Array(bytes.subarray(start, end));
        this.values[place] = value;
        return value;
    }
}
