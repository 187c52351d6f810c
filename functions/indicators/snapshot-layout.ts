/** Which sections a snapshot has, in which order and of which widths: for those who write it and those who read it. */

export interface SnapshotCounts {
    readonly ipv4: number;
    readonly ipv6: number;
    readonly cidr4: number;
    readonly cidr6: number;
    readonly domain: number;
    readonly url: number;
}

/** How a column of times is kept. */
export interface TimeShape {
    /** Seconds: the finest of 1, 60, 3,600 and 86,400 in which there are at most 65,536 different times. */
    readonly unit: number;
    readonly distinct: number;
}

/** What the lengths of all sections follow from. */
export interface SnapshotShape {
    readonly counts: SnapshotCounts;
    /** Buckets that are not empty. */
    readonly buckets: { readonly ipv4: number; readonly domain: number; readonly url: number };
    /** Bytes of all domains and of all URLs. */
    readonly bytes: { readonly domain: number; readonly url: number };
    readonly firstSeen: TimeShape;
    readonly lastSeen: TimeShape;
    readonly claims: number;
    /** Feeds of all claims. */
    readonly claimFeeds: number;
    /** Names, sorted. */
    readonly feeds: readonly string[];
}

/**
 * Sorted 32-bit keys, in buckets by their upper 16 bits. Only buckets that are not empty are listed, so that small
 * snapshots are small.
 */
export interface Keys {
    /** Upper halves, ascending. */
    readonly buckets: Uint16Array;
    /** For each bucket the number of keys in it and those before. */
    readonly ends: Uint32Array;
    /** Lower half of each key, ascending within a bucket. */
    readonly lows: Uint16Array;
}

/** ASCII strings one after the other, in the order of their hash (see `snapshot-hash.ts`), then of their bytes. */
export interface StringTable {
    readonly hashes: Keys;
    /** Bytes of each. */
    readonly lengths: Uint8Array | Uint16Array;
    readonly bytes: Uint8Array;
}

/** Indexes of a dictionary of at most 2^8, 2^16 or 2^32 entries. */
export type Ids = Uint8Array | Uint16Array | Uint32Array;

/** Times of all entries. */
export interface TimeColumn {
    /** The different times, ascending, in units since 1970-01-01T00:00:00Z. */
    readonly times: Uint32Array;
    readonly ids: Ids;
}

/** What indicators have in common: the feeds that report them, and how sure it is. */
export interface ClaimTable {
    /** For each claim where its feeds end. */
    readonly ends: Uint32Array;
    /** Indexes of names in the shape. */
    readonly feeds: Uint32Array;
    /** For each claim 0 to 100. */
    readonly confidence: Uint8Array;
    readonly ids: Ids;
}

/**
 * In the order of the file. Entries are numbered through all kinds in the order of `SnapshotCounts`; times and claims
 * have one row for each.
 */
export interface Sections {
    readonly ipv4: Keys;
    /** Four words an address, sorted, most significant first. */
    readonly ipv6: Uint32Array;
    /** First addresses, sorted; of the same first address the wider network comes first. */
    readonly cidr4: Uint32Array;
    /** As `cidr4`, four words each. */
    readonly cidr6: Uint32Array;
    /** Bits: 0 to 32. */
    readonly prefix4: Uint8Array;
    /** Bits: 0 to 128. */
    readonly prefix6: Uint8Array;
    /** Lengths are of 8 bits. */
    readonly domains: StringTable;
    /** Lengths are of 16 bits. */
    readonly urls: StringTable;
    readonly firstSeen: TimeColumn;
    readonly lastSeen: TimeColumn;
    readonly claims: ClaimTable;
}

/** Bytes of all sections. */
export function sectionBytes(shape: SnapshotShape): number {
    const cursor = new Cursor(undefined, 0);
    takeSections(shape, cursor);
    return cursor.position;
}

/** @param position a multiple of four from where the memory holds `sectionBytes` */
export function sectionsOf(shape: SnapshotShape, memory: ArrayBuffer, position: number): Sections {
    return takeSections(shape, new Cursor(memory, position));
}

function takeSections(shape: SnapshotShape, cursor: Cursor): Sections {
    const { counts, buckets, bytes } = shape;
    const total = counts.ipv4 + counts.ipv6 + counts.cidr4 + counts.cidr6 + counts.domain + counts.url;
    const times = ({ distinct }: TimeShape): TimeColumn => ({
        times: cursor.u32(distinct),
        ids: cursor.ids(distinct, total),
    });
    return {
        ipv4: cursor.keys(counts.ipv4, buckets.ipv4),
        ipv6: cursor.u32(counts.ipv6 * 4),
        cidr4: cursor.u32(counts.cidr4),
        cidr6: cursor.u32(counts.cidr6 * 4),
        prefix4: cursor.u8(counts.cidr4),
        prefix6: cursor.u8(counts.cidr6),
        domains: {
            hashes: cursor.keys(counts.domain, buckets.domain),
            lengths: cursor.u8(counts.domain),
            bytes: cursor.u8(bytes.domain),
        },
        urls: {
            hashes: cursor.keys(counts.url, buckets.url),
            lengths: cursor.u16(counts.url),
            bytes: cursor.u8(bytes.url),
        },
        firstSeen: times(shape.firstSeen),
        lastSeen: times(shape.lastSeen),
        claims: {
            ends: cursor.u32(shape.claims),
            feeds: cursor.u32(shape.claimFeeds),
            confidence: cursor.u8(shape.claims),
            ids: cursor.ids(shape.claims, total),
        },
    };
}

/** Hands out the sections one after the other; without memory it only measures. */
class Cursor {
    constructor(
        private readonly memory: ArrayBuffer | undefined,
        public position: number,
    ) {}

    u32(count: number): Uint32Array {
        const at = this.advance(count * 4);
        return this.memory ? new Uint32Array(this.memory, at, count) : new Uint32Array(0);
    }

    u16(count: number): Uint16Array {
        const at = this.advance(count * 2);
        return this.memory ? new Uint16Array(this.memory, at, count) : new Uint16Array(0);
    }

    u8(count: number): Uint8Array {
        const at = this.advance(count);
        return this.memory ? new Uint8Array(this.memory, at, count) : new Uint8Array(0);
    }

    ids(distinct: number, count: number): Ids {
        return distinct <= 0x100 ? this.u8(count) : distinct <= 0x10000 ? this.u16(count) : this.u32(count);
    }

    keys(count: number, buckets: number): Keys {
        return { buckets: this.u16(buckets), ends: this.u32(buckets), lows: this.u16(count) };
    }

    private advance(bytes: number): number {
        const start = this.position;
        this.position += bytes + ((4 - (bytes % 4)) % 4);
        return start;
    }
}
