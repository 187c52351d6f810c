import { createHash } from "node:crypto";
import { mask, parseIPv4, parseIPv6, Words } from "./address";
import { Indicator } from "./indicator";
import { normalizeIndicator } from "./normalize";

/**
 * The snapshot file, little-endian:
 *
 *     "SSUN" | version u32 | body length u32 | 0 u32 | SHA-256 of the body | body
 *
 * The body is the length of the meta JSON (u32), the JSON (UTF-8) and the sections in the order of `Sections`, each
 * padded to four bytes; their lengths follow from the counts in the meta. The bytes hang on the indicators alone, not
 * on their order or the time, so that an unchanged snapshot has an unchanged ETag.
 */
const MAGIC = "SSUN";
export const SNAPSHOT_VERSION = 1;
const HEADER_BYTES = 48;

/** A snapshot that cannot be made or read; the message says why. */
export class SnapshotError extends Error {
    override readonly name = "SnapshotError";
}

export interface SnapshotCounts {
    readonly ipv4: number;
    readonly ipv6: number;
    readonly cidr4: number;
    readonly cidr6: number;
    readonly domain: number;
    readonly url: number;
}

interface Meta {
    /** Sorted names. */
    readonly feeds: readonly string[];
    /** Each combination of feeds that occurs, as indexes into `feeds`. */
    readonly feedSets: readonly (readonly number[])[];
    readonly counts: SnapshotCounts;
    /** Bytes of all domains and of all URLs. */
    readonly domainBytes: number;
    readonly urlBytes: number;
}

/** Strings sorted by hash. String `i` is `bytes[offsets[i] .. offsets[i + 1]]`, ASCII. */
export interface StringTable {
    /** Pairs of high and low word. */
    readonly hashes: Uint32Array;
    readonly offsets: Uint32Array;
    readonly bytes: Uint8Array;
}

/** Entries are numbered through all sections in this order: ipv4, ipv6, cidr4, cidr6, domains, urls. */
export interface Sections {
    readonly ipv4: Uint32Array;
    /** Four words an address. */
    readonly ipv6: Uint32Array;
    readonly cidr4: Uint32Array;
    readonly cidr6: Uint32Array;
    readonly prefix4: Uint8Array;
    readonly prefix6: Uint8Array;
    readonly domains: StringTable;
    readonly urls: StringTable;
    /** Unix seconds. */
    readonly firstSeen: Uint32Array;
    /** Unix seconds. */
    readonly lastSeen: Uint32Array;
    readonly feedSet: Uint16Array;
    readonly confidence: Uint8Array;
}

export interface DecodedSnapshot {
    readonly counts: SnapshotCounts;
    /** Feed names by feed-set id. */
    readonly feedSets: readonly (readonly string[])[];
    readonly sections: Sections;
}

/**
 * The state of a 64-bit hash as two words. It runs from the end of the string, so that one pass over a name gives
 * the hashes of all its parents. Collisions cost time, never a wrong answer: strings are compared.
 */
export const HASH_SEED: readonly [number, number] = [0x811c9dc5 | 0, 0x1b873593];

export const hashHigh = (state: number, code: number) => {
    const mixed = Math.imul(state ^ code, 0x01000193);
    return mixed ^ (mixed >>> 15);
};

export const hashLow = (state: number, code: number) => {
    const mixed = Math.imul(state ^ code, 0x85ebca6b);
    return mixed ^ (mixed >>> 13);
};

/** Spreads the high word's bits: look-ups index by its upper half. */
export const hashFinish = (state: number) => {
    const mixed = Math.imul(state ^ (state >>> 16), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 13)) >>> 0;
};

function hashOf(text: string): readonly [number, number] {
    let [high, low] = HASH_SEED;
    for (let i = text.length - 1; i >= 0; i--) {
        high = hashHigh(high, text.charCodeAt(i));
        low = hashLow(low, text.charCodeAt(i));
    }
    return [hashFinish(high), hashFinish(low)];
}

interface Draft {
    readonly type: Indicator["type"];
    readonly value: string;
    readonly feeds: Set<string>;
    first: number;
    last: number;
    confidence: number;
}

interface Placed {
    readonly draft: Draft;
    /** Address words, or the hash. */
    readonly key: readonly number[];
    readonly prefix: number;
}

function unixSeconds(time: string, value: string): number {
    const seconds = Math.floor(Date.parse(time) / 1000);
    if (!Number.isFinite(seconds)) {
        throw new SnapshotError(`indicator ${value}: "${time}" is no ISO 8601 time`);
    }
    return Math.min(Math.max(seconds, 0), 0xffffffff);
}

function merge(indicators: Iterable<Indicator>): Draft[] {
    const drafts = new Map<string, Draft>();
    for (const indicator of indicators) {
        const normal = normalizeIndicator(indicator.value);
        if (!normal) {
            throw new SnapshotError(`"${indicator.value}" is no indicator in normal form`);
        }
        const first = unixSeconds(indicator.firstSeen, indicator.value);
        const last = unixSeconds(indicator.lastSeen, indicator.value);
        const confidence = Math.min(Math.max(Math.round(indicator.confidence) || 0, 0), 100);
        const key = `${normal.type} ${normal.value}`;
        const draft = drafts.get(key);
        if (!draft) {
            drafts.set(key, { ...normal, feeds: new Set(indicator.feeds), first, last, confidence });
            continue;
        }
        draft.first = Math.min(draft.first, first);
        draft.last = Math.max(draft.last, last);
        draft.confidence = Math.max(draft.confidence, confidence);
        indicator.feeds.forEach((feed) => draft.feeds.add(feed));
    }
    return [...drafts.values()];
}

function place(draft: Draft): Placed {
    if (draft.type === "domain" || draft.type === "url") {
        return { draft, key: hashOf(draft.value), prefix: 0 };
    }
    const [address, length] = draft.value.split("/");
    const v4 = parseIPv4(address);
    const key = v4 >= 0 ? [v4] : (parseIPv6(address) as Words);
    return { draft, key, prefix: length === undefined ? key.length * 32 : Number(length) };
}

function byKey(a: Placed, b: Placed): number {
    for (let i = 0; i < a.key.length; i++) {
        if (a.key[i] !== b.key[i]) {
            return a.key[i] - b.key[i];
        }
    }
    // Wider networks first, so that a network's parent comes before it; and equal hashes by text.
    return (
        a.prefix - b.prefix || (a.draft.value < b.draft.value ? -1 : a.draft.value > b.draft.value ? 1 : 0)
    );
}

function feedTables(drafts: readonly Draft[]): {
    feeds: string[];
    feedSets: number[][];
    ids: Map<Draft, number>;
} {
    const feeds = [...new Set(drafts.flatMap((draft) => [...draft.feeds]))].sort();
    const indexes = new Map(feeds.map((name, index) => [name, index]));
    const keys = drafts.map((draft) =>
        [...draft.feeds]
            .map((name) => indexes.get(name) as number)
            .sort((a, b) => a - b)
            .join(),
    );
    const distinct = [...new Set(keys)].sort();
    if (distinct.length > 0xffff) {
        throw new SnapshotError(`${distinct.length} combinations of feeds, more than ${0xffff}`);
    }
    const idOf = new Map(distinct.map((key, id) => [key, id]));
    return {
        feeds,
        feedSets: distinct.map((key) => (key === "" ? [] : key.split(",").map(Number))),
        ids: new Map(drafts.map((draft, i) => [draft, idOf.get(keys[i]) as number])),
    };
}

const words = (placed: readonly Placed[]) => Uint32Array.from(placed.flatMap(({ key }) => key));
const prefixes = (placed: readonly Placed[]) => Uint8Array.from(placed, ({ prefix }) => prefix);

function stringTable(placed: readonly Placed[]): StringTable {
    const offsets = new Uint32Array(placed.length + 1);
    placed.forEach(({ draft }, i) => (offsets[i + 1] = offsets[i] + draft.value.length));
    // Normal forms are ASCII: punycode and percent-encoding see to it.
    return {
        hashes: words(placed),
        offsets,
        bytes: Buffer.from(placed.map(({ draft }) => draft.value).join(""), "latin1"),
    };
}

/** Bytes of a typed array, padded to four. */
function padded(array: Uint8Array | Uint16Array | Uint32Array): Buffer {
    const bytes = Buffer.from(array.buffer, array.byteOffset, array.byteLength);
    const padding = (4 - (bytes.length % 4)) % 4;
    return padding === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(padding)]);
}

/**
 * Compiles indicators into the file that functions match against. The same indicators give the same bytes whatever
 * their order; two entries of one value become one.
 * @throws SnapshotError for a value that is no indicator, a bad time, or more than 65,535 combinations of feeds
 */
export function encodeSnapshot(indicators: Iterable<Indicator>): Buffer {
    const drafts = merge(indicators);
    const { feeds, feedSets, ids } = feedTables(drafts);
    const placed = drafts.map(place);
    const pick = (type: Indicator["type"], keyLength: number) =>
        placed.filter(({ draft, key }) => draft.type === type && key.length === keyLength).sort(byKey);
    const groups = [
        pick("ipv4", 1),
        pick("ipv6", 4),
        pick("cidr", 1),
        pick("cidr", 4),
        pick("domain", 2),
        pick("url", 2),
    ];
    const [ipv4, ipv6, cidr4, cidr6, domain, url] = groups;
    const all = groups.flat();
    const domains = stringTable(domain);
    const urls = stringTable(url);
    const meta: Meta = {
        feeds,
        feedSets,
        counts: {
            ipv4: ipv4.length,
            ipv6: ipv6.length,
            cidr4: cidr4.length,
            cidr6: cidr6.length,
            domain: domain.length,
            url: url.length,
        },
        domainBytes: domains.bytes.length,
        urlBytes: urls.bytes.length,
    };
    const json = Buffer.from(JSON.stringify(meta));
    const body = Buffer.concat(
        [
            Uint32Array.of(json.length),
            json,
            words(ipv4),
            words(ipv6),
            words(cidr4),
            words(cidr6),
            prefixes(cidr4),
            prefixes(cidr6),
            ...[domains, urls].flatMap(({ hashes, offsets, bytes }) => [hashes, offsets, bytes]),
            Uint32Array.from(all, ({ draft }) => draft.first),
            Uint32Array.from(all, ({ draft }) => draft.last),
            Uint16Array.from(all, ({ draft }) => ids.get(draft) as number),
            Uint8Array.from(all, ({ draft }) => draft.confidence),
        ].map(padded),
    );
    const header = Buffer.alloc(HEADER_BYTES);
    header.write(MAGIC, 0, "latin1");
    header.writeUInt32LE(SNAPSHOT_VERSION, 4);
    header.writeUInt32LE(body.length, 8);
    createHash("sha256").update(body).digest().copy(header, 16);
    return Buffer.concat([header, body]);
}

/** Hands out the sections one after the other. */
class SectionReader {
    constructor(
        private readonly buffer: ArrayBuffer,
        private position: number,
    ) {}

    u32(count: number): Uint32Array {
        return new Uint32Array(this.buffer, this.advance(count * 4), count);
    }

    u16(count: number): Uint16Array {
        return new Uint16Array(this.buffer, this.advance(count * 2), count);
    }

    u8(count: number): Uint8Array {
        return new Uint8Array(this.buffer, this.advance(count), count);
    }

    strings(count: number, bytes: number): StringTable {
        return { hashes: this.u32(count * 2), offsets: this.u32(count + 1), bytes: this.u8(bytes) };
    }

    finish(): void {
        if (this.position !== this.buffer.byteLength) {
            throw new SnapshotError("snapshot is corrupt: the sections do not fill the file");
        }
    }

    private advance(bytes: number): number {
        const start = this.position;
        this.position += bytes + ((4 - (bytes % 4)) % 4);
        if (!(this.position <= this.buffer.byteLength)) {
            throw new SnapshotError("snapshot is corrupt: a section runs over its end");
        }
        return start;
    }
}

function checkedBody(file: Uint8Array): Uint8Array {
    const buffer = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
    if (buffer.length >= 4 && buffer.toString("latin1", 0, 4) !== MAGIC) {
        throw new SnapshotError("not a snapshot: it does not begin with SSUN");
    }
    if (buffer.length < HEADER_BYTES) {
        throw new SnapshotError(`snapshot is truncated: ${buffer.length} bytes are less than its header`);
    }
    const version = buffer.readUInt32LE(4);
    if (version !== SNAPSHOT_VERSION) {
        throw new SnapshotError(
            `snapshot has version ${version}; this program reads version ${SNAPSHOT_VERSION}`,
        );
    }
    const length = buffer.readUInt32LE(8);
    const body = buffer.subarray(HEADER_BYTES);
    if (body.length < length) {
        throw new SnapshotError(`snapshot is truncated: ${body.length} of ${length} bytes`);
    }
    if (body.length > length || buffer.readUInt32LE(12) !== 0) {
        throw new SnapshotError("snapshot is corrupt: its header does not fit its length");
    }
    if (!createHash("sha256").update(body).digest().equals(buffer.subarray(16, HEADER_BYTES))) {
        throw new SnapshotError("snapshot is corrupt: its SHA-256 does not match");
    }
    return body;
}

/** @throws SnapshotError for a file that is truncated, corrupt, or of another version */
export function decodeSnapshot(file: Uint8Array): DecodedSnapshot {
    const body = checkedBody(file);
    // A copy of its own: typed arrays must start at a multiple of their width, and slices of pooled buffers do not.
    const buffer = new ArrayBuffer(body.length);
    new Uint8Array(buffer).set(body);
    const header = new SectionReader(buffer, 0);
    const jsonLength = header.u32(1)[0];
    let meta: Meta;
    try {
        meta = JSON.parse(Buffer.from(header.u8(jsonLength)).toString("utf8")) as Meta;
    } catch {
        throw new SnapshotError("snapshot is corrupt: its meta data is no JSON");
    }
    const reader = new SectionReader(buffer, 4 + jsonLength + ((4 - (jsonLength % 4)) % 4));
    const { counts } = meta;
    const total = counts.ipv4 + counts.ipv6 + counts.cidr4 + counts.cidr6 + counts.domain + counts.url;
    const sections: Sections = {
        ipv4: reader.u32(counts.ipv4),
        ipv6: reader.u32(counts.ipv6 * 4),
        cidr4: reader.u32(counts.cidr4),
        cidr6: reader.u32(counts.cidr6 * 4),
        prefix4: reader.u8(counts.cidr4),
        prefix6: reader.u8(counts.cidr6),
        domains: reader.strings(counts.domain, meta.domainBytes),
        urls: reader.strings(counts.url, meta.urlBytes),
        firstSeen: reader.u32(total),
        lastSeen: reader.u32(total),
        feedSet: reader.u16(total),
        confidence: reader.u8(total),
    };
    reader.finish();
    return { counts, feedSets: meta.feedSets.map((set) => set.map((feed) => meta.feeds[feed])), sections };
}

/** True when the address lies in the network of that prefix length. */
export function contains(network: Words, prefix: number, address: Words): boolean {
    return (
        ((network[0] ^ address[0]) & mask(prefix)) === 0 &&
        ((network[1] ^ address[1]) & mask(prefix - 32)) === 0 &&
        ((network[2] ^ address[2]) & mask(prefix - 64)) === 0 &&
        ((network[3] ^ address[3]) & mask(prefix - 96)) === 0
    );
}
