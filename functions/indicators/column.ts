type Numbers = Int32Array | Uint32Array | Uint16Array | Uint8Array;

/** A typed array that grows; what was not set is 0. */
export class Column<T extends Numbers> {
    /** At least as long as the highest index set; another one after it has grown. */
    array: T;

    constructor(private readonly Type: new (length: number) => T) {
        this.array = new Type(1 << 10);
    }

    set(index: number, value: number): void {
        this.reserve(index + 1);
        this.array[index] = value;
    }

    get(index: number): number {
        return index < this.array.length ? this.array[index] : 0;
    }

    /** Makes `array` at least that long. */
    reserve(length: number): void {
        if (length > this.array.length) {
            const grown = new this.Type(Math.max(length, Math.ceil(this.array.length * 1.5)));
            grown.set(this.array);
            this.array = grown;
        }
    }
}

/** A column that is filled from its begin on. */
export class Growing<T extends Numbers> {
    length = 0;
    private readonly column: Column<T>;

    constructor(Type: new (length: number) => T) {
        this.column = new Column(Type);
    }

    push(value: number): void {
        this.column.set(this.length++, value);
    }

    /** @returns an array with room for that many numbers behind `length`, which the caller moves on */
    reserve(count: number): T {
        this.column.reserve(this.length + count);
        return this.column.array;
    }

    /** What has been pushed; good until the next push, and may be written to. */
    get values(): T {
        return this.column.array.subarray(0, this.length) as T;
    }
}
