import { formatIPv4, formatIPv6, mappedIPv4, mask, parseIPv4, parseIPv6, Words } from "./address";
import { IndicatorLookup, IndicatorMatch, IndicatorType } from "./indicator";
import { normalizeDomain, normalizeIndicator } from "./normalize";
import {
    contains,
    DecodedSnapshot,
    decodeSnapshot,
    HASH_SEED,
    hashFinish,
    hashHigh,
    hashLow,
    Sections,
    SnapshotCounts,
    StringTable,
} from "./snapshot-format";

export { encodeSnapshot, SnapshotCounts, SnapshotError, SNAPSHOT_VERSION } from "./snapshot-format";

const NONE = -1;

/**
 * All indicators in typed arrays: no object an entry, so that half a million cost some 20 MB and nothing is parsed
 * when a function starts.
 */
export class Snapshot implements IndicatorLookup {
    readonly counts: SnapshotCounts;
    private readonly sections: Sections;
    private readonly feedSets: readonly (readonly string[])[];
    private readonly ipv4Index: Uint32Array;
    private readonly domainIndex: Uint32Array;
    private readonly urlIndex: Uint32Array;
    private readonly parents4: Int32Array;
    private readonly parents6: Int32Array;
    private hosts?: Set<string>;
    /** Number of the first entry of each section. */
    private readonly first: { readonly [section in keyof SnapshotCounts]: number };

    private constructor({ counts, sections, feedSets }: DecodedSnapshot) {
        this.counts = counts;
        this.sections = sections;
        this.feedSets = feedSets;
        this.ipv4Index = prefixIndex(sections.ipv4, 1);
        this.domainIndex = prefixIndex(sections.domains.hashes, 2);
        this.urlIndex = prefixIndex(sections.urls.hashes, 2);
        this.parents4 = parentsOf(counts.cidr4, (i) => this.network4(i), sections.prefix4);
        this.parents6 = parentsOf(counts.cidr6, (i) => wordsAt(sections.cidr6, i), sections.prefix6);
        const { ipv4, ipv6, cidr4, cidr6, domain } = counts;
        this.first = {
            ipv4: 0,
            ipv6: ipv4,
            cidr4: ipv4 + ipv6,
            cidr6: ipv4 + ipv6 + cidr4,
            domain: ipv4 + ipv6 + cidr4 + cidr6,
            url: ipv4 + ipv6 + cidr4 + cidr6 + domain,
        };
    }

    /** @throws SnapshotError for a file that is truncated, corrupt, or of another version */
    static decode(file: Uint8Array): Snapshot {
        return new Snapshot(decodeSnapshot(file));
    }

    /** The address itself, else the smallest network around it. */
    ip(address: string): IndicatorMatch | undefined {
        const v4 = parseIPv4(address);
        if (v4 >= 0) {
            return this.ipv4(v4);
        }
        const v6 = address.includes(":") ? parseIPv6(address) : undefined;
        if (v6) {
            const mapped = mappedIPv4(v6);
            return mapped >= 0 ? this.ipv4(mapped) : this.ipv6(v6);
        }
        const normal = normalizeIndicator(address);
        return normal?.type === "ipv4" || normal?.type === "ipv6" ? this.ip(normal.value) : undefined;
    }

    /** The name itself, else its nearest parent. */
    domain(name: string): IndicatorMatch | undefined {
        if (this.counts.domain === 0) {
            return undefined;
        }
        const normal = normalizeDomain(name) ?? this.hostOfPort(name);
        if (normal === undefined) {
            return undefined;
        }
        const table = this.sections.domains;
        let [high, low] = HASH_SEED;
        let found = NONE;
        for (let i = normal.length - 1; i >= 0; i--) {
            const code = normal.charCodeAt(i);
            high = hashHigh(high, code);
            low = hashLow(low, code);
            if (i === 0 || normal.charCodeAt(i - 1) === 46) {
                const entry = findString(
                    table,
                    this.domainIndex,
                    hashFinish(high),
                    hashFinish(low),
                    normal,
                    i,
                );
                found = entry === NONE ? found : entry;
            }
        }
        return found === NONE
            ? undefined
            : this.match("domain", stringAt(table, found), this.first.domain + found);
    }

    /** The URL itself, also with the other scheme and without its query, else its host. */
    url(text: string): IndicatorMatch | undefined {
        const normal = normalizeIndicator(text);
        if (normal?.type !== "url") {
            return undefined;
        }
        const url = normal.value;
        for (const candidate of this.counts.url > 0 ? variantsOf(url) : []) {
            const entry = this.findUrl(candidate);
            if (entry !== NONE) {
                return this.match("url", candidate, this.first.url + entry);
            }
        }
        const host = new URL(url).hostname;
        return host.startsWith("[") || parseIPv4(host) >= 0
            ? this.ip(host.replace(/^\[|\]$/g, ""))
            : this.domain(host);
    }

    hasUrls(host: string): boolean {
        const normal = this.counts.url > 0 ? normalizeIndicator(`http://${host}/`) : undefined;
        return normal !== undefined && this.urlHosts().has(hostOf(normal.value));
    }

    /** Every address and network, for block lists: IPv4, IPv6, then networks. */
    *addresses(): IterableIterator<IndicatorMatch> {
        const { ipv4, ipv6, cidr6, prefix4, prefix6, cidr4 } = this.sections;
        for (let i = 0; i < ipv4.length; i++) {
            yield this.match("ipv4", formatIPv4(ipv4[i]), this.first.ipv4 + i);
        }
        for (let i = 0; i < this.counts.ipv6; i++) {
            yield this.match("ipv6", formatIPv6(wordsAt(ipv6, i)), this.first.ipv6 + i);
        }
        for (let i = 0; i < cidr4.length; i++) {
            yield this.match("cidr", `${formatIPv4(cidr4[i])}/${prefix4[i]}`, this.first.cidr4 + i);
        }
        for (let i = 0; i < this.counts.cidr6; i++) {
            yield this.match("cidr", `${formatIPv6(wordsAt(cidr6, i))}/${prefix6[i]}`, this.first.cidr6 + i);
        }
    }

    /** Every domain and URL, for DNS and network firewalls. */
    *names(): IterableIterator<IndicatorMatch> {
        const { domains, urls } = this.sections;
        for (let i = 0; i < this.counts.domain; i++) {
            yield this.match("domain", stringAt(domains, i), this.first.domain + i);
        }
        for (let i = 0; i < this.counts.url; i++) {
            yield this.match("url", stringAt(urls, i), this.first.url + i);
        }
    }

    private findUrl(url: string): number {
        let [high, low] = HASH_SEED;
        for (let i = url.length - 1; i >= 0; i--) {
            high = hashHigh(high, url.charCodeAt(i));
            low = hashLow(low, url.charCodeAt(i));
        }
        return findString(this.sections.urls, this.urlIndex, hashFinish(high), hashFinish(low), url, 0);
    }

    /** Hosts of all URLs, made when they are first asked for. */
    private urlHosts(): ReadonlySet<string> {
        if (!this.hosts) {
            this.hosts = new Set();
            for (let i = 0; i < this.counts.url; i++) {
                this.hosts.add(hostOf(stringAt(this.sections.urls, i)));
            }
        }
        return this.hosts;
    }

    /** Host headers may name a port. */
    private hostOfPort(name: string): string | undefined {
        const colon = name.indexOf(":");
        const normal = colon > 0 ? normalizeIndicator(name) : undefined;
        return normal?.type === "domain" ? normal.value : undefined;
    }

    private ipv4(address: number): IndicatorMatch | undefined {
        const { ipv4, cidr4, prefix4 } = this.sections;
        const bucket = address >>> 16;
        let low = this.ipv4Index[bucket];
        const end = this.ipv4Index[bucket + 1];
        let high = end;
        while (low < high) {
            const middle = (low + high) >>> 1;
            if (ipv4[middle] < address) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if (low < end && ipv4[low] === address) {
            return this.match("ipv4", formatIPv4(address), this.first.ipv4 + low);
        }
        low = 0;
        high = cidr4.length;
        while (low < high) {
            const middle = (low + high) >>> 1;
            if (cidr4[middle] <= address) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        // The last network that starts before the address, or one of those around it.
        for (let i = low - 1; i >= 0; i = this.parents4[i]) {
            if (((cidr4[i] ^ address) & mask(prefix4[i])) === 0) {
                return this.match("cidr", `${formatIPv4(cidr4[i])}/${prefix4[i]}`, this.first.cidr4 + i);
            }
        }
        return undefined;
    }

    private ipv6(address: Words): IndicatorMatch | undefined {
        const { ipv6, cidr6, prefix6 } = this.sections;
        const exact = upperBound(ipv6, this.counts.ipv6, address) - 1;
        if (exact >= 0 && compareAt(ipv6, exact, address) === 0) {
            return this.match("ipv6", formatIPv6(address), this.first.ipv6 + exact);
        }
        for (let i = upperBound(cidr6, this.counts.cidr6, address) - 1; i >= 0; i = this.parents6[i]) {
            const network = wordsAt(cidr6, i);
            if (contains(network, prefix6[i], address)) {
                return this.match("cidr", `${formatIPv6(network)}/${prefix6[i]}`, this.first.cidr6 + i);
            }
        }
        return undefined;
    }

    private network4(i: number): Words {
        return [this.sections.cidr4[i], 0, 0, 0];
    }

    private match(type: IndicatorType, value: string, entry: number): IndicatorMatch {
        const { firstSeen, lastSeen, feedSet, confidence } = this.sections;
        return {
            type,
            value,
            feeds: this.feedSets[feedSet[entry]],
            firstSeen: new Date(firstSeen[entry] * 1000).toISOString(),
            lastSeen: new Date(lastSeen[entry] * 1000).toISOString(),
            confidence: confidence[entry],
        };
    }
}

/** The host of a URL in normal form. */
function hostOf(url: string): string {
    return /^https?:\/\/(?:[^/?#]*@)?(\[[^\]]*\]|[^/:?#]*)/.exec(url)?.[1] ?? "";
}

/** A URL in normal form, then without its query, then both with the other scheme. */
function variantsOf(url: string): string[] {
    const query = url.indexOf("?");
    const same = query < 0 ? [url] : [url, url.slice(0, query)];
    const other = (text: string) =>
        text.startsWith("https:") ? `http:${text.slice(6)}` : `https:${text.slice(5)}`;
    return [...same, ...same.map(other)];
}

/** For each value of the upper 16 bits, the first entry that has it or a greater one. */
function prefixIndex(sorted: Uint32Array, stride: number): Uint32Array {
    const index = new Uint32Array(65537);
    const count = sorted.length / stride;
    let entry = 0;
    for (let prefix = 0; prefix <= 65535; prefix++) {
        while (entry < count && sorted[entry * stride] >>> 16 < prefix) {
            entry++;
        }
        index[prefix] = entry;
    }
    index[65536] = count;
    return index;
}

/** For each network, sorted by start and width, the smallest one around it, or -1. */
function parentsOf(count: number, network: (i: number) => Words, prefixes: Uint8Array): Int32Array {
    const parents = new Int32Array(count);
    for (let i = 0; i < count; i++) {
        let parent = i - 1;
        while (parent >= 0 && !contains(network(parent), prefixes[parent], network(i))) {
            parent = parents[parent];
        }
        parents[i] = parent;
    }
    return parents;
}

function wordsAt(array: Uint32Array, i: number): Words {
    return [array[i * 4], array[i * 4 + 1], array[i * 4 + 2], array[i * 4 + 3]];
}

function compareAt(array: Uint32Array, i: number, address: Words): number {
    for (let word = 0; word < 4; word++) {
        const difference = array[i * 4 + word] - address[word];
        if (difference !== 0) {
            return difference;
        }
    }
    return 0;
}

/** @returns the first entry that is greater than the address */
function upperBound(array: Uint32Array, count: number, address: Words): number {
    let low = 0;
    let high = count;
    while (low < high) {
        const middle = (low + high) >>> 1;
        if (compareAt(array, middle, address) <= 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

function findString(
    { hashes, offsets, bytes }: StringTable,
    index: Uint32Array,
    high: number,
    low: number,
    text: string,
    start: number,
): number {
    const end = index[(high >>> 16) + 1];
    for (let entry = index[high >>> 16]; entry < end && hashes[entry * 2] <= high; entry++) {
        if (hashes[entry * 2] !== high || hashes[entry * 2 + 1] !== low) {
            continue;
        }
        const offset = offsets[entry];
        const length = text.length - start;
        if (offsets[entry + 1] - offset !== length) {
            continue;
        }
        let i = 0;
        while (i < length && bytes[offset + i] === text.charCodeAt(start + i)) {
            i++;
        }
        if (i === length) {
            return entry;
        }
    }
    return NONE;
}

function stringAt({ offsets, bytes }: StringTable, i: number): string {
    return Buffer.from(bytes.buffer, bytes.byteOffset + offsets[i], offsets[i + 1] - offsets[i]).toString(
        "latin1",
    );
}
