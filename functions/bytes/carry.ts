/**
 * Puts what was left of a stream in front of what comes next, always in the same memory: a new buffer for each chunk would
 * keep the garbage collector busy with nothing but that.
 */
export class Carry {
    private buffer = Buffer.allocUnsafeSlow(1 << 16);
    private length = 0;

    /** @returns all that is at hand, good until the next call */
    add(chunk: Uint8Array): Buffer {
        const length = this.length + chunk.length;
        if (length > this.buffer.length) {
            const grown = Buffer.allocUnsafeSlow(Math.max(length, 2 * this.buffer.length));
            grown.set(this.rest());
            this.buffer = grown;
        }
        this.buffer.set(chunk, this.length);
        this.length = length;
        return this.rest();
    }

    /** @param count bytes that are done */
    drop(count: number): void {
        this.buffer.copyWithin(0, count, this.length);
        this.length -= count;
    }

    /** What is left. */
    rest(): Buffer {
        return this.buffer.subarray(0, this.length);
    }
}
