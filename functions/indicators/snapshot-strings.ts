import { corrupt } from "./snapshot-format";
import { KeyIndex } from "./snapshot-keys";
import { StringTable } from "./snapshot-layout";

/** Names that can be looked up. Only where the whole hash is found are lengths and bytes looked at. */
export class StringIndex {
    private readonly hashes: KeyIndex;
    private readonly lengths: Uint8Array | Uint16Array;
    private readonly bytes: Uint8Array;
    /** For each bucket where the bytes of its first name are. */
    private readonly offsets: Uint32Array;

    /** @throws SnapshotError when the names do not fill the bytes */
    constructor({ hashes, lengths, bytes }: StringTable) {
        this.hashes = new KeyIndex(hashes);
        this.lengths = lengths;
        this.bytes = bytes;
        const { starts } = this.hashes;
        this.offsets = new Uint32Array(starts.length);
        let offset = 0;
        for (let bucket = 0; bucket < starts.length; bucket++) {
            this.offsets[bucket] = offset;
            for (let entry = starts[bucket]; entry < starts[bucket + 1]; entry++) {
                offset += lengths[entry];
            }
        }
        if (offset !== bytes.length) {
            throw corrupt("its names do not fill their section");
        }
    }

    get size(): number {
        return this.lengths.length;
    }

    /** @returns the entry of that part of the text, whose hash is given, or -1 */
    find(hash: number, text: string, start: number, end: number): number {
        let entry = this.hashes.find(hash);
        if (entry < 0) {
            return -1;
        }
        let offset = this.offsets[hash >>> 16];
        for (let before = this.hashes.starts[hash >>> 16]; before < entry; before++) {
            offset += this.lengths[before];
        }
        for (; this.hashes.hasKey(entry, hash); entry++) {
            if (this.lengths[entry] === end - start && this.isAt(offset, text, start, end)) {
                return entry;
            }
            offset += this.lengths[entry];
        }
        return -1;
    }

    /** Every name, in the order of entries. */
    *texts(): IterableIterator<string> {
        const bytes = Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
        let offset = 0;
        for (const length of this.lengths) {
            yield bytes.toString("latin1", offset, offset + length);
            offset += length;
        }
    }

    private isAt(offset: number, text: string, start: number, end: number): boolean {
        for (let i = start; i < end; i++) {
            if (this.bytes[offset + i - start] !== text.charCodeAt(i)) {
                return false;
            }
        }
        return true;
    }
}
