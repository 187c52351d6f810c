import { Words } from "../indicators/address";
import { MmdbData, MmdbError } from "./mmdb-data";

export { MmdbError };

const METADATA_MARKER = Buffer.from("\xab\xcd\xefMaxMind.com", "latin1");
/** The metadata lie in the last 128 KiB of the file. */
const METADATA_BYTES = 128 * 1024;
/** Zero bytes between tree and data. */
const SEPARATOR = 16;
/** First bits of an IPv4 address that are looked up in a table instead of the tree. */
const TABLE_BITS = 16;

export interface MmdbMetadata {
    /** Name of the kind, as the maker of the file gives it: `GeoLite2-City`, `city ipv4`. */
    readonly databaseType: string;
    readonly ipVersion: 4 | 6;
    /** Bits of a record of the tree. */
    readonly recordSize: 24 | 28 | 32;
    readonly nodeCount: number;
}

/**
 * A MaxMind DB file in memory (https://maxmind.github.io/MaxMind-DB/): what is known of networks. The libraries for
 * this format only look up addresses in text form, which takes ten times as long: the walk is on the hot path of logs
 * in which no address comes twice.
 */
export class Mmdb {
    readonly metadata: MmdbMetadata;
    /** Whether anything is known of IPv4 addresses. */
    readonly knowsIPv4: boolean;
    private readonly bytes: Buffer;
    private readonly nodeCount: number;
    private readonly recordSize: number;
    private readonly treeSize: number;
    private readonly dataEnd: number;
    private readonly data: MmdbData;
    /** Where the walk goes on behind each first half of an IPv4 address. */
    private readonly table: Uint32Array;

    /** @throws MmdbError when the file is no MaxMind DB or is damaged */
    constructor(file: Uint8Array) {
        this.bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
        const marker = this.bytes.lastIndexOf(METADATA_MARKER);
        if (marker < 0 || marker < this.bytes.length - METADATA_BYTES) {
            throw new MmdbError("no MaxMind DB, or cut off: it has no metadata at its end");
        }
        this.metadata = metadataOf(this.bytes, marker + METADATA_MARKER.length);
        this.nodeCount = this.metadata.nodeCount;
        this.recordSize = this.metadata.recordSize;
        this.treeSize = (this.nodeCount * this.recordSize) / 4;
        this.dataEnd = marker;
        const dataStart = this.treeSize + SEPARATOR;
        if (dataStart > marker || this.bytes.subarray(this.treeSize, dataStart).some((byte) => byte !== 0)) {
            throw new MmdbError("damaged MaxMind DB: the tree does not end where the metadata say");
        }
        this.data = new MmdbData(this.bytes, dataStart, marker);
        const root = this.rootOfIPv4();
        this.knowsIPv4 = root !== this.nodeCount;
        this.table = new Uint32Array(this.knowsIPv4 ? 1 << TABLE_BITS : 0);
        this.fillTable(root, 0, this.table.length);
    }

    /**
     * @param address unsigned 32-bit number
     * @returns pointer to what is known of it, for `record`: equal for addresses that share it; or 0
     * @throws MmdbError when the tree is damaged
     */
    find4(address: number): number {
        if (!this.knowsIPv4) {
            return 0;
        }
        let node = this.table[address >>> (32 - TABLE_BITS)];
        for (let bit = 31 - TABLE_BITS; bit >= 0 && node < this.nodeCount; bit--) {
            node = this.child(node, (address >>> bit) & 1);
        }
        return this.pointer(node);
    }

    /** As `find4`, for an IPv6 address. */
    find6(address: Words): number {
        if (this.metadata.ipVersion === 4) {
            return 0;
        }
        let node = 0;
        for (let i = 0; i < 4; i++) {
            const word = address[i];
            for (let bit = 31; bit >= 0 && node < this.nodeCount; bit--) {
                node = this.child(node, (word >>> bit) & 1);
            }
        }
        return this.pointer(node);
    }

    /**
     * @param pointer from `find4`, `find6` or `anyPointer`
     * @throws MmdbError when the record is damaged
     */
    record(pointer: number): unknown {
        if (pointer >= this.dataEnd) {
            throw new MmdbError("damaged MaxMind DB: the tree points behind the data");
        }
        return this.data.decode(pointer - this.treeSize - SEPARATOR);
    }

    /** @returns pointer to some record, which tells what the records hold; 0 when there is none */
    anyPointer(): number {
        for (let node = 0; node < this.nodeCount; node++) {
            const value = Math.max(this.child(node, 0), this.child(node, 1));
            if (value > this.nodeCount) {
                return this.pointer(value);
            }
        }
        return 0;
    }

    /** @param node value of a record of the tree: below the count of nodes a node, above it a pointer */
    private pointer(node: number): number {
        if (node < this.nodeCount) {
            throw new MmdbError("damaged MaxMind DB: the tree is deeper than an address is long");
        }
        return node === this.nodeCount ? 0 : node - this.nodeCount + this.treeSize;
    }

    private child(node: number, side: number): number {
        const bytes = this.bytes;
        if (this.recordSize === 24) {
            const at = node * 6 + side * 3;
            return (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
        }
        if (this.recordSize === 28) {
            const at = node * 7;
            const middle = bytes[at + 3];
            return side === 0
                ? ((middle >>> 4) << 24) | (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2]
                : ((middle & 15) << 24) | (bytes[at + 4] << 16) | (bytes[at + 5] << 8) | bytes[at + 6];
        }
        const at = node * 8 + side * 4;
        return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
    }

    /** IPv4 addresses stand in a tree of IPv6 as `::a.b.c.d`. */
    private rootOfIPv4(): number {
        let node = 0;
        for (let i = 0; this.metadata.ipVersion === 6 && i < 96 && node < this.nodeCount; i++) {
            node = this.child(node, 0);
        }
        return node;
    }

    private fillTable(node: number, from: number, to: number): void {
        if (node >= this.nodeCount || to - from <= 1) {
            this.table.fill(node, from, to);
            return;
        }
        const middle = (from + to) / 2;
        this.fillTable(this.child(node, 0), from, middle);
        this.fillTable(this.child(node, 1), middle, to);
    }
}

function metadataOf(bytes: Buffer, start: number): MmdbMetadata {
    const found = new MmdbData(bytes, start, bytes.length).decode(0);
    const value = (key: string): unknown => (found instanceof Map ? (found.get(key) as unknown) : undefined);
    const oneOf = <T extends number>(key: string, known: readonly T[]): T => {
        const match = known.find((one) => one === value(key));
        if (match === undefined) {
            throw new MmdbError(`MaxMind DB with ${key} ${String(value(key))}; known: ${known.join(", ")}`);
        }
        return match;
    };
    oneOf("binary_format_major_version", [2]);
    const nodeCount = value("node_count");
    if (typeof nodeCount !== "number" || !Number.isSafeInteger(nodeCount) || nodeCount < 0) {
        throw new MmdbError("damaged MaxMind DB: its metadata have no count of nodes");
    }
    const databaseType = value("database_type");
    return {
        databaseType: typeof databaseType === "string" ? databaseType : "",
        ipVersion: oneOf("ip_version", [4, 6]),
        recordSize: oneOf("record_size", [24, 28, 32]),
        nodeCount,
    };
}
