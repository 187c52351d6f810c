import { formatIPv4, formatIPv6, mappedIPv4, parseIPv4, parseIPv6, Words } from "./address";
import { IndicatorLookup, IndicatorMatch, IndicatorType } from "./indicator";
import { normalizeIndicator } from "./normalize";
import { DomainIndex } from "./snapshot-domain";
import { Facts } from "./snapshot-facts";
import { DecodedSnapshot, readSnapshot } from "./snapshot-format";
import { hashOf } from "./snapshot-hash";
import { KeyIndex } from "./snapshot-keys";
import { Sections, SnapshotCounts } from "./snapshot-layout";
import { Addresses6, Networks4, Networks6 } from "./snapshot-networks";
import { parseNetwork } from "./snapshot-place";
import { StringIndex } from "./snapshot-strings";
import { UrlIndex } from "./snapshot-url";

export { encodeSnapshot, SnapshotBuilder } from "./snapshot-builder";
export { SNAPSHOT_VERSION, snapshotDigest, SnapshotError } from "./snapshot-format";
export { SnapshotCounts } from "./snapshot-layout";

/** What can be an address but is not written as one: with a port, in brackets, defanged, with spaces around. */
const ODD = /[^\w.-]/;

/**
 * All indicators, looked up in the bytes of the file: no object an entry, so that two million cost some 35 MB and
 * nothing is parsed when a function starts.
 */
export class Snapshot implements IndicatorLookup {
    readonly counts: SnapshotCounts;
    /** SHA-256 of the content, 64 hexadecimal digits: what `current.json` has as `sha256`. */
    readonly digest: string;
    private readonly sections: Sections;
    private readonly facts: Facts;
    private readonly ipv4Keys: KeyIndex;
    private readonly ipv6Words: Addresses6;
    private readonly cidr6Words: Addresses6;
    private readonly networks4: Networks4;
    private readonly networks6: Networks6;
    private readonly domainNames: StringIndex;
    private readonly urlTexts: StringIndex;
    private readonly domains: DomainIndex;
    private readonly urls: UrlIndex;
    /** Number of the first entry of each kind. */
    private readonly first: { readonly [kind in keyof SnapshotCounts]: number };

    private constructor(decoded: DecodedSnapshot) {
        const { digest, sections } = decoded;
        this.counts = decoded.shape.counts;
        this.digest = digest;
        this.sections = sections;
        this.facts = new Facts(decoded);
        this.ipv4Keys = new KeyIndex(sections.ipv4);
        this.ipv6Words = new Addresses6(sections.ipv6);
        this.cidr6Words = new Addresses6(sections.cidr6);
        this.networks4 = new Networks4(sections.cidr4, sections.prefix4);
        this.networks6 = new Networks6(this.cidr6Words, sections.prefix6);
        this.domainNames = new StringIndex(sections.domains);
        this.urlTexts = new StringIndex(sections.urls);
        this.domains = new DomainIndex(this.domainNames);
        this.urls = new UrlIndex(this.urlTexts);
        const { ipv4, ipv6, cidr4, cidr6, domain } = this.counts;
        this.first = {
            ipv4: 0,
            ipv6: ipv4,
            cidr4: ipv4 + ipv6,
            cidr6: ipv4 + ipv6 + cidr4,
            domain: ipv4 + ipv6 + cidr4 + cidr6,
            url: ipv4 + ipv6 + cidr4 + cidr6 + domain,
        };
    }

    /**
     * @param file used as it lies in memory: it must not be changed afterwards. Its content is hashed, once
     * @throws SnapshotError for a file that is truncated, corrupt, or of another version
     */
    static decode(file: Uint8Array): Snapshot {
        return new Snapshot(readSnapshot(file));
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
        const normal = ODD.test(address) ? normalizeIndicator(address) : undefined;
        return normal?.type === "ipv4" || normal?.type === "ipv6" ? this.ip(normal.value) : undefined;
    }

    /** As `ip`, for an address as an unsigned 32-bit number. */
    ipv4(address: number): IndicatorMatch | undefined {
        const entry = this.ipv4Keys.find(address);
        if (entry >= 0) {
            return this.facts.match("ipv4", formatIPv4(address), entry);
        }
        const network = this.networks4.around(address);
        return network < 0 ? undefined : this.network4(network);
    }

    /** The name itself, else its nearest parent. */
    domain(name: string): IndicatorMatch | undefined {
        if (this.counts.domain === 0) {
            return undefined;
        }
        const hit = this.domains.find(name) ?? this.domainOfPort(name);
        return hit && this.facts.match("domain", hit.value, this.first.domain + hit.entry);
    }

    /** The URL itself, also with the other scheme and without its query, else its host. */
    url(text: string): IndicatorMatch | undefined {
        const normal = normalizeIndicator(text);
        if (normal?.type !== "url") {
            return undefined;
        }
        const hit = this.urls.find(normal.value);
        if (hit) {
            return this.facts.match("url", hit.value, this.first.url + hit.entry);
        }
        const host = new URL(normal.value).hostname;
        return host.startsWith("[") || parseIPv4(host) >= 0
            ? this.ip(host.replace(/^\[|\]$/g, ""))
            : this.domain(host);
    }

    hasUrls(host: string): boolean {
        return this.urls.hasHost(host);
    }

    /** True when that very indicator, in normal form, is in; networks around it and parents do not count. */
    has(type: IndicatorType, value: string): boolean {
        switch (type) {
            case "ipv4": {
                const address = parseIPv4(value);
                return address >= 0 && this.ipv4Keys.find(address) >= 0;
            }
            case "ipv6": {
                const words = parseIPv6(value);
                return words !== undefined && this.ipv6Words.find(words) >= 0;
            }
            case "cidr": {
                const { first, words, prefix } = parseNetwork(value) ?? { first: -1, prefix: 0 };
                return words
                    ? this.networks6.find(words, prefix) >= 0
                    : first >= 0 && this.networks4.find(first, prefix) >= 0;
            }
            case "domain":
                return this.domainNames.find(hashOf(value), value, 0, value.length) >= 0;
            case "url":
                return this.urlTexts.find(hashOf(value), value, 0, value.length) >= 0;
        }
    }

    /** Every indicator: addresses, then names. */
    *all(): IterableIterator<IndicatorMatch> {
        yield* this.addresses();
        yield* this.names();
    }

    /** Every address and network, made one after the other: IPv4, IPv6, then networks. */
    *addresses(): IterableIterator<IndicatorMatch> {
        let entry = 0;
        for (const address of this.ipv4Keys.keys()) {
            yield this.facts.match("ipv4", formatIPv4(address), entry++);
        }
        for (let i = 0; i < this.counts.ipv6; i++) {
            yield this.facts.match("ipv6", formatIPv6(this.ipv6Words.at(i)), this.first.ipv6 + i);
        }
        for (let i = 0; i < this.counts.cidr4; i++) {
            yield this.network4(i);
        }
        for (let i = 0; i < this.counts.cidr6; i++) {
            yield this.network6(i);
        }
    }

    /** Every domain, then every URL, made one after the other. */
    *names(): IterableIterator<IndicatorMatch> {
        let entry = this.first.domain;
        for (const name of this.domainNames.texts()) {
            yield this.facts.match("domain", name, entry++);
        }
        for (const url of this.urlTexts.texts()) {
            yield this.facts.match("url", url, entry++);
        }
    }

    private ipv6(address: Words): IndicatorMatch | undefined {
        const entry = this.ipv6Words.find(address);
        if (entry >= 0) {
            return this.facts.match("ipv6", formatIPv6(address), this.first.ipv6 + entry);
        }
        const network = this.networks6.around(address);
        return network < 0 ? undefined : this.network6(network);
    }

    /** Host headers may name a port. */
    private domainOfPort(name: string) {
        const normal = name.indexOf(":") > 0 ? normalizeIndicator(name) : undefined;
        return normal?.type === "domain" ? this.domains.find(normal.value) : undefined;
    }

    private network4(i: number): IndicatorMatch {
        const value = `${formatIPv4(this.sections.cidr4[i])}/${this.sections.prefix4[i]}`;
        return this.facts.match("cidr", value, this.first.cidr4 + i);
    }

    private network6(i: number): IndicatorMatch {
        const value = `${formatIPv6(this.cidr6Words.at(i))}/${this.sections.prefix6[i]}`;
        return this.facts.match("cidr", value, this.first.cidr6 + i);
    }
}
