import { IndicatorMatch } from "./indicator";
import { Claims } from "./snapshot-claims";
import { bucketsOf, bytesOf, fillKeys, fillStrings, fillWords, gather } from "./snapshot-fill";
import { SnapshotError, writeSnapshot } from "./snapshot-format";
import { Sections, SnapshotShape } from "./snapshot-layout";
import { place, RowsByKind } from "./snapshot-place";
import { AddressRows, NameRows, Rows } from "./snapshot-rows";
import { distinct, timesOf } from "./snapshot-times";

const LATEST = 0xffffffff;

/**
 * Makes a snapshot of a stream of indicators in any order, without an object for each: some 20 bytes an address, and 25
 * and its text a name. The same indicators give the same bytes whatever their order.
 */
export class SnapshotBuilder {
    private readonly rows: RowsByKind = {
        ipv4: new AddressRows(),
        ipv6: new AddressRows(),
        cidr4: new AddressRows(),
        cidr6: new AddressRows(),
        domain: new NameRows(),
        url: new NameRows(),
    };
    private readonly claims = new Claims();
    private readonly time = { text: "", seconds: 0 };

    /** Indicators added. */
    get size(): number {
        return Object.values(this.rows).reduce((sum, { length }) => sum + length, 0);
    }

    /**
     * Adds an indicator in normal form. One that comes twice is merged when the snapshot is finished: all feeds, the
     * earliest first seen, the latest last seen, the highest confidence.
     * @throws SnapshotError when the value is not of its type, or a time is none; the builder is as before then
     */
    add(entry: IndicatorMatch): void {
        const firstSeen = this.seconds(entry.firstSeen, entry);
        const lastSeen = this.seconds(entry.lastSeen, entry);
        const confidence = Math.min(Math.max(Math.round(entry.confidence) || 0, 0), 100);
        const claim = this.claims.idOf(entry.feeds, confidence);
        const [rows, key] = place(this.rows, entry);
        rows.push(key, firstSeen, lastSeen, claim);
    }

    /** @returns the file; the builder is of no use afterwards */
    finish(): Buffer {
        const groups = Object.values(this.rows) as Rows[];
        const orders = groups.map((rows) => rows.order((into, row) => this.merge(rows, into, row)));
        const column = (of: (rows: Rows) => Uint32Array) => gather(groups.map(of), orders);
        const firstSeen = timesOf(column((rows) => rows.firstSeen.values));
        const lastSeen = timesOf(column((rows) => rows.lastSeen.values));
        const claimed = column((rows) => rows.claims.values);
        const claims = this.claims.order(distinct(claimed));
        const [ipv4, ipv6, cidr4, cidr6, domain, url] = orders;
        const { rows } = this;
        const shape: SnapshotShape = {
            counts: {
                ipv4: ipv4.length,
                ipv6: ipv6.length,
                cidr4: cidr4.length,
                cidr6: cidr6.length,
                domain: domain.length,
                url: url.length,
            },
            buckets: {
                ipv4: bucketsOf(rows.ipv4, ipv4),
                domain: bucketsOf(rows.domain, domain),
                url: bucketsOf(rows.url, url),
            },
            bytes: { domain: bytesOf(rows.domain, domain), url: bytesOf(rows.url, url) },
            firstSeen: firstSeen.shape,
            lastSeen: lastSeen.shape,
            claims: claims.ids.size,
            claimFeeds: claims.claimFeeds,
            feeds: claims.feeds,
        };
        return writeSnapshot(shape, (sections: Sections) => {
            fillKeys(sections.ipv4, rows.ipv4, ipv4);
            fillWords(sections.ipv6, rows.ipv6, ipv6);
            const firsts = rows.cidr4.keys.values;
            cidr4.forEach((row, i) => (sections.cidr4[i] = firsts[row]));
            fillWords(sections.cidr6, rows.cidr6, cidr6);
            const [prefixes4, prefixes6] = [rows.cidr4.prefixes.values, rows.cidr6.prefixes.values];
            cidr4.forEach((row, i) => (sections.prefix4[i] = prefixes4[row]));
            cidr6.forEach((row, i) => (sections.prefix6[i] = prefixes6[row]));
            fillStrings(sections.domains, rows.domain, domain);
            fillStrings(sections.urls, rows.url, url);
            firstSeen.fill(sections.firstSeen);
            lastSeen.fill(sections.lastSeen);
            claims.fill(sections.claims);
            claimed.forEach((claim, i) => (sections.claims.ids[i] = claims.ids.get(claim) as number));
        });
    }

    private merge({ firstSeen, lastSeen, claims }: Rows, into: number, row: number): void {
        firstSeen.values[into] = Math.min(firstSeen.values[into], firstSeen.values[row]);
        lastSeen.values[into] = Math.max(lastSeen.values[into], lastSeen.values[row]);
        claims.values[into] = this.claims.merged(claims.values[into], claims.values[row]);
    }

    /** Most entries have the time of the one before. */
    private seconds(text: string, { value }: IndicatorMatch): number {
        if (text !== this.time.text) {
            const seconds = Math.floor(Date.parse(text) / 1000);
            if (!Number.isFinite(seconds)) {
                throw new SnapshotError(`indicator ${value}: "${text}" is no ISO 8601 time`);
            }
            this.time.text = text;
            this.time.seconds = Math.min(Math.max(seconds, 0), LATEST);
        }
        return this.time.seconds;
    }
}

/**
 * Makes a snapshot of indicators in normal form; see `SnapshotBuilder`.
 * @throws SnapshotError for a value that is not of its type, or a bad time
 */
export function encodeSnapshot(entries: Iterable<IndicatorMatch>): Buffer {
    const builder = new SnapshotBuilder();
    for (const entry of entries) {
        builder.add(entry);
    }
    return builder.finish();
}
