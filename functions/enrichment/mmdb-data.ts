/** The file is no MaxMind DB or is damaged. */
export class MmdbError extends Error {}

/** Values and characters that one record may hold: a small file can point to itself until memory is full. */
const LARGEST_RECORD = 1 << 18;
const DEEPEST = 32;
/** How many texts that values point to are kept, the keys of all maps among them, and of what length. */
const SHARED = 4096;
const SHARED_LENGTH = 64;

/** Type numbers of the format, https://maxmind.github.io/MaxMind-DB/. */
const EXTENDED = 0;
const POINTER = 1;
const STRING = 2;
const DOUBLE = 3;
const BYTES = 4;
const UINT16 = 5;
const UINT32 = 6;
const MAP = 7;
/** Greater types stand in a byte of their own, behind an extended one. */
const LAST_SHORT = 7;
const INT32 = 8;
const UINT64 = 9;
const UINT128 = 10;
const ARRAY = 11;
const BOOLEAN = 14;
const FLOAT = 15;

/** What is added to a pointer, by its number of bytes. */
const POINTER_BASE = [0, 0, 2048, 526336, 0];

/** The data section of a MaxMind DB file, or its metadata section: values, which may point to each other. */
export class MmdbData {
    private at = 0;
    private left = 0;
    private readonly shared = new Map<number, string>();

    /** @param start where the section starts in the file; pointers count from there */
    constructor(
        private readonly bytes: Buffer,
        private readonly start: number,
        private readonly end: number,
    ) {}

    /**
     * @param offset of the value in the section
     * @returns maps as `Map`, 64 and 128 bit numbers as bigint
     * @throws MmdbError for what is not a value of the format, ends outside of the section or is larger than any record
     */
    decode(offset: number): unknown {
        this.left = LARGEST_RECORD;
        return this.valueAt(offset, 0);
    }

    private valueAt(offset: number, depth: number): unknown {
        this.at = this.start + offset;
        if (offset < 0 || this.at >= this.end) {
            this.fail("points outside of its section");
        }
        return this.value(depth);
    }

    private value(depth: number): unknown {
        this.spend(1);
        if (depth > DEEPEST) {
            this.fail("is nested too deep");
        }
        const control = this.uint(1);
        const type = control >>> 5;
        if (type === POINTER) {
            return this.pointed(this.pointer(control), depth);
        }
        const fullType = type === EXTENDED ? LAST_SHORT + this.uint(1) : type;
        return this.typed(fullType, this.size(control & 31), depth);
    }

    private pointed(offset: number, depth: number): unknown {
        const known = this.shared.get(offset);
        if (known !== undefined) {
            return known;
        }
        const behind = this.at;
        const value = this.valueAt(offset, depth + 1);
        this.at = behind;
        if (typeof value === "string" && value.length <= SHARED_LENGTH && this.shared.size < SHARED) {
            this.shared.set(offset, value);
        }
        return value;
    }

    private typed(type: number, size: number, depth: number): unknown {
        switch (type) {
            case STRING:
                return this.text(size);
            case MAP:
                return this.map(size, depth);
            case ARRAY:
                return this.array(size, depth);
            case BOOLEAN:
                return within(0, size, 1) === 1;
            case UINT16:
                return this.uint(within(0, size, 2));
            case UINT32:
                return this.uint(within(0, size, 4));
            case INT32:
                return this.uint(within(0, size, 4)) | 0;
            case UINT64:
                return this.big(within(0, size, 8));
            case UINT128:
                return this.big(within(0, size, 16));
            case DOUBLE:
                return this.bytes.readDoubleBE(this.take(within(8, size, 8)));
            case FLOAT:
                return this.bytes.readFloatBE(this.take(within(4, size, 4)));
            case BYTES: {
                const from = this.take(size);
                return this.bytes.subarray(from, from + size);
            }
            default:
                return this.fail(`is of unknown type ${type}`);
        }
    }

    private map(size: number, depth: number): ReadonlyMap<string, unknown> {
        const map = new Map<string, unknown>();
        for (let i = 0; i < size; i++) {
            const key = this.value(depth + 1);
            if (typeof key !== "string") {
                return this.fail("has a key that is not text");
            }
            map.set(key, this.value(depth + 1));
        }
        return map;
    }

    private array(size: number, depth: number): unknown[] {
        const values: unknown[] = [];
        for (let i = 0; i < size; i++) {
            values.push(this.value(depth + 1));
        }
        return values;
    }

    private text(size: number): string {
        this.spend(size);
        const from = this.take(size);
        return this.bytes.toString("utf8", from, from + size);
    }

    private big(size: number): bigint {
        let value = 0n;
        for (let i = 0; i < size; i++) {
            value = (value << 8n) | BigInt(this.uint(1));
        }
        return value;
    }

    private size(code: number): number {
        return code < 29
            ? code
            : code === 29
              ? 29 + this.uint(1)
              : code === 30
                ? 285 + this.uint(2)
                : 65821 + this.uint(3);
    }

    private pointer(control: number): number {
        const bytes = ((control >>> 3) & 3) + 1;
        const high = bytes === 4 ? 0 : (control & 7) * 256 ** bytes;
        return high + this.uint(bytes) + POINTER_BASE[bytes];
    }

    private uint(size: number): number {
        const from = this.take(size);
        let value = 0;
        for (let i = from; i < from + size; i++) {
            value = value * 256 + this.bytes[i];
        }
        return value;
    }

    /** Steps over bytes. @returns where they start */
    private take(size: number): number {
        const from = this.at;
        if (from + size > this.end) {
            this.fail("is cut off");
        }
        this.at = from + size;
        return from;
    }

    private spend(amount: number): void {
        this.left -= amount;
        if (this.left < 0) {
            this.fail("is part of a record that is too large");
        }
    }

    private fail(reason: string): never {
        throw new MmdbError(`damaged MaxMind DB: the value before byte ${this.at} ${reason}`);
    }
}

function within(least: number, size: number, most: number): number {
    if (size < least || size > most) {
        throw new MmdbError(`damaged MaxMind DB: a value of ${size} bytes, which its type does not have`);
    }
    return size;
}
