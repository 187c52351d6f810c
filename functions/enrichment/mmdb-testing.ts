import * as ipaddr from "ipaddr.js";

/** Writes small MaxMind DB files for tests, as https://maxmind.github.io/MaxMind-DB/ has it. */

export interface MmdbFileOptions {
    readonly ipVersion?: 4 | 6;
    readonly recordSize?: 24 | 28 | 32;
    readonly databaseType?: string;
    /** Bytes before the first record. */
    readonly gap?: number;
}

/** A number that is written as a 32-bit float. */
export class Float {
    constructor(readonly value: number) {}
}

/** Child of a node: a node from 0, nothing, or a record. */
type Child = number | undefined | { readonly record: number };

/**
 * @param networks record by CIDR; of nested networks the longest prefix counts. Records hold what JSON holds without
 * null, bigint and `Float`.
 */
export function mmdbFile(
    networks: readonly (readonly [cidr: string, record: unknown])[],
    { ipVersion = 6, recordSize = 24, databaseType = "Test", gap = 0 }: MmdbFileOptions = {},
): Buffer {
    const tree: [Child, Child][] = [[undefined, undefined]];
    const data = new DataWriter(gap);
    const places = networks.map(([cidr, record]) => ({ ...placeOf(cidr, ipVersion), record }));
    for (const { bits, record } of places.sort((a, b) => a.bits.length - b.bits.length)) {
        insert(tree, bits, { record: data.record(record) });
    }
    const metadata = new DataWriter();
    metadata.value({
        binary_format_major_version: 2,
        binary_format_minor_version: 0,
        build_epoch: 1_700_000_000n,
        database_type: databaseType,
        description: { en: "made by a test" },
        ip_version: ipVersion,
        languages: ["en"],
        node_count: tree.length,
        record_size: recordSize,
    });
    return Buffer.concat([
        treeBytes(tree, recordSize),
        Buffer.alloc(16),
        data.bytes(),
        Buffer.from("\xab\xcd\xefMaxMind.com", "latin1"),
        metadata.bytes(),
    ]);
}

function placeOf(cidr: string, ipVersion: 4 | 6): { readonly bits: readonly number[] } {
    const [address, length] = ipaddr.parseCIDR(cidr);
    const lead = address.kind() === "ipv4" && ipVersion === 6 ? new Array<number>(12).fill(0) : [];
    const bytes = [...lead, ...address.toByteArray()];
    const bits = bytes.flatMap((byte) => [7, 6, 5, 4, 3, 2, 1, 0].map((bit) => (byte >> bit) & 1));
    return { bits: bits.slice(0, lead.length * 8 + length) };
}

/** Shorter prefixes come first. */
function insert(tree: [Child, Child][], bits: readonly number[], leaf: Child): void {
    if (bits.length === 0) {
        tree[0] = [leaf, leaf];
        return;
    }
    let node = 0;
    for (const side of bits.slice(0, -1)) {
        let child = tree[node][side];
        if (typeof child !== "number") {
            tree.push([child, child]);
            child = tree[node][side] = tree.length - 1;
        }
        node = child;
    }
    tree[node][bits[bits.length - 1]] = leaf;
}

function treeBytes(tree: readonly [Child, Child][], recordSize: 24 | 28 | 32): Buffer {
    const value = (child: Child) =>
        child === undefined
            ? tree.length
            : typeof child === "number"
              ? child
              : tree.length + 16 + child.record;
    const bytes = Buffer.alloc((tree.length * recordSize) / 4);
    tree.forEach((children, node) => {
        const [left, right] = children.map(value);
        const at = (node * recordSize) / 4;
        if (recordSize === 32) {
            bytes.writeUInt32BE(left, at);
            bytes.writeUInt32BE(right, at + 4);
            return;
        }
        bytes.writeUIntBE(left % 2 ** 24, at, 3);
        bytes.writeUIntBE(right % 2 ** 24, at + (recordSize === 28 ? 4 : 3), 3);
        if (recordSize === 28) {
            bytes[at + 3] = ((left >>> 24) << 4) | (right >>> 24);
        }
    });
    return bytes;
}

/** Values of a data section. Texts that come again are written as pointers, as the makers of real files do. */
class DataWriter {
    private readonly parts: Buffer[] = [];
    private length = 0;
    private readonly texts = new Map<string, number>();
    private readonly records = new Map<string, number>();

    constructor(gap = 0) {
        this.push(Buffer.alloc(gap));
    }

    bytes(): Buffer {
        return Buffer.concat(this.parts);
    }

    /** @returns where it lies in the section */
    record(record: unknown): number {
        const key = JSON.stringify(record, (_, value) => (typeof value === "bigint" ? `${value}n` : value));
        let at = this.records.get(key);
        if (at === undefined) {
            at = this.length;
            this.records.set(key, at);
            this.value(record);
        }
        return at;
    }

    value(value: unknown): void {
        if (typeof value === "string") {
            this.text(value);
        } else if (typeof value === "boolean") {
            this.control(14, value ? 1 : 0);
        } else if (typeof value === "bigint") {
            this.unsigned(9, value);
        } else if (typeof value === "number" && value >>> 0 === value && !Object.is(value, -0)) {
            this.unsigned(6, BigInt(value));
        } else if (typeof value === "number") {
            const bytes = Buffer.alloc(8);
            bytes.writeDoubleBE(value);
            this.sized(3, bytes);
        } else if (value instanceof Float) {
            const bytes = Buffer.alloc(4);
            bytes.writeFloatBE(value.value);
            this.sized(15, bytes);
        } else if (Array.isArray(value)) {
            this.control(11, value.length);
            value.forEach((item) => this.value(item));
        } else {
            const entries = Object.entries(value as object);
            this.control(7, entries.length);
            entries.forEach(([key, item]) => {
                this.text(key);
                this.value(item);
            });
        }
    }

    private text(text: string): void {
        const known = this.texts.get(text);
        if (known !== undefined) {
            this.pointer(known);
            return;
        }
        this.texts.set(text, this.length);
        this.sized(2, Buffer.from(text));
    }

    private pointer(to: number): void {
        if (to < 2048) {
            this.push(Buffer.of(0x20 | (to >> 8), to & 255));
        } else if (to < 526336) {
            const rest = to - 2048;
            this.push(Buffer.of(0x28 | (rest >> 16), (rest >> 8) & 255, rest & 255));
        } else {
            this.push(Buffer.of(0x38, to >>> 24, (to >> 16) & 255, (to >> 8) & 255, to & 255));
        }
    }

    private unsigned(type: number, value: bigint): void {
        const hex = value === 0n ? "" : value.toString(16);
        this.sized(type, Buffer.from(hex.length % 2 ? `0${hex}` : hex, "hex"));
    }

    private sized(type: number, bytes: Buffer): void {
        this.control(type, bytes.length);
        this.push(bytes);
    }

    private control(type: number, size: number): void {
        const code = size < 29 ? size : size < 285 ? 29 : size < 65821 ? 30 : 31;
        const head = type > 7 ? [code, type - 7] : [(type << 5) | code];
        const rest = Buffer.alloc(Math.max(0, code - 28));
        if (rest.length > 0) {
            rest.writeUIntBE(size - [29, 285, 65821][code - 29], 0, rest.length);
        }
        this.push(Buffer.of(...head));
        this.push(rest);
    }

    private push(bytes: Buffer): void {
        this.parts.push(bytes);
        this.length += bytes.length;
    }
}
