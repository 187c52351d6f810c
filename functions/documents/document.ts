import { Enrichment } from "../enrichment/enrichment";
import { NO_ADDRESS, TEXT_AT } from "../enrichment/address-table";
import { Pair } from "../enrichment/enricher";
import { Host } from "../enrichment/host-table";
import { IndicatorMatch } from "../indicators/indicator";
import { keys } from "./ecs";
import { enrichments } from "./threat";
import { writeTime } from "./timeWriter";
import { Related, RelatedCopy } from "./related";
import { JsonWriter, members } from "./writer";

const KEY = keys("@timestamp", "event", "id", "original", "related", "ip", "hosts", "user", "hash", "threat");
const MATCHED = keys("matched", "enrichments", "anomaly", "score");
const NOT_MATCHED = members({ threat: { matched: false } });
/** Bytes that an id may have, wherever it comes from. */
const OWN_ID = /^[\w:/.+=@-]{12,200}$/;
const IN_OWN_ID = new Uint8Array(256).map((_, byte) =>
    /[\w:/.+=@-]/.test(String.fromCharCode(byte)) && byte < 128 ? 1 : 0,
);

function isOwnId(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start;
    while (at < end && IN_OWN_ID[bytes[at]] === 1) {
        at++;
    }
    return at === end && end - start >= 12 && end - start <= 200;
}

/** An indicator that a record shows. */
export interface Hit {
    readonly match: IndicatorMatch;
    /** What the record has. */
    readonly atomic: string;
    /** Where it has it, `source.ip`. */
    readonly field: string;
}

export interface LateAddress {
    readonly address: string;
    readonly field: string;
    /** Where members of its endpoint can be inserted, or -1 when it stands in none. */
    at: number;
}

/** What waits for answers from outside: where members go into the document, and its end. */
export interface LateDocument {
    readonly start: number;
    /** Where `related` and `threat` go. */
    readonly end: number;
    readonly addresses: readonly LateAddress[];
    readonly ips: RelatedCopy;
    readonly hosts: RelatedCopy;
    readonly users: RelatedCopy;
    readonly hashes: RelatedCopy;
    /** The source's own members of `threat`. */
    readonly threat: string;
    readonly hits: readonly Hit[];
    readonly pairs: readonly Pair[];
}

/**
 * The ECS document of one record, written as bytes, and what the record shows that is worth looking up. A source calls
 * `event` first, then writes its members; addresses, hosts and URLs go through `endpoint`, `address`, `host` and `url`,
 * which enrich them, match them against the indicators, and fill `related.*` and `threat`.
 */
export class Document extends JsonWriter {
    private start = 0;
    private record = 0;
    readonly related = new Related();
    private readonly hits: Hit[] = [];
    private readonly pairs: Pair[] = [];
    private addresses: LateAddress[] = [];
    private threatMembers = "";
    private readonly opening: Uint8Array;
    private readonly dataset: Uint8Array;
    readonly late: LateDocument[] = [];

    /**
     * @param idPrefix what the ids of this stream's records begin with
     * @param onFeed told the feed of each match
     */
    constructor(
        dataset: string,
        idPrefix: string,
        readonly enrichment: Enrichment,
        private readonly onFeed: (feed: string) => void,
    ) {
        super(enrichment.takeBuffer());
        this.opening = Buffer.from(`"event":{"id":"${idPrefix}`);
        this.dataset = Buffer.from(`","dataset":"${dataset}",`);
    }

    /** Begins the document of a record. @param length bytes of the record, which a document may repeat several times */
    begin(record: number, length: number): void {
        this.start = this.at;
        this.record = record;
        this.reserve(length * 24 + 65536);
    }

    /** Takes back what was written of a record. */
    abandon(): void {
        this.at = this.start;
        this.closeAll();
        this.clear();
    }

    /**
     * Writes the time and opens `event`, with its id and data set; the source adds members and closes it.
     * @param time epoch milliseconds
     * @param ownId an id that is unique to the record wherever it is delivered; left out, one of its place is given
     */
    event(time: number, ownId?: string): void {
        this.byte(123);
        writeTime(this, KEY["@timestamp"], time);
        if (ownId !== undefined && OWN_ID.test(ownId)) {
            this.open(KEY.event);
            this.text(KEY.id, ownId);
            this.copy(this.dataset, 2, this.dataset.length);
            return;
        }
        this.openWithPlace();
    }

    /** As `event`, with an id that is a JSON string in bytes. */
    eventWithId(time: number, json: Uint8Array, start: number, end: number): void {
        this.byte(123);
        writeTime(this, KEY["@timestamp"], time);
        if (isOwnId(json, start + 1, end - 1)) {
            this.open(KEY.event);
            this.name(KEY.id);
            this.copy(json, start, end - 1);
            this.put(this.dataset);
            return;
        }
        this.openWithPlace();
    }

    private openWithPlace(): void {
        this.openWith(this.opening, 9);
        this.base36(this.record);
        this.put(this.dataset);
    }

    /** Keeps the record's text in `event.original`, if that is wished for. Call it while `event` is open. */
    original(bytes: Uint8Array, start: number, end: number): void {
        if (this.enrichment.keepOriginal) {
            this.string(KEY.original, bytes, start, end);
        }
    }

    /**
     * Writes `address`, `ip` and what is known of the address into the open endpoint (`source`, `client` …).
     * @param field where the endpoint's address lies, `source.ip`
     * @returns the address's slot in `enrichment.addresses`, or `NO_ADDRESS` (nothing is written then)
     */
    endpoint(field: string, bytes: Buffer, start: number, end: number): number {
        const slot = this.address(field, bytes, start, end);
        if (slot !== NO_ADDRESS) {
            const table = this.enrichment.addresses;
            if (this.enrichment.isLate) {
                this.addresses[this.addresses.length - 1].at = this.at;
            }
            const known = table.members(slot);
            this.reserve(known.length + 65536);
            this.put(known);
        }
        return slot;
    }

    /** Looks an address up and adds it to `related.ip`; writes nothing here. @returns its slot, or `NO_ADDRESS` */
    address(field: string, bytes: Buffer, start: number, end: number): number {
        const table = this.enrichment.addresses;
        const slot = table.find(bytes, start, end);
        if (slot === NO_ADDRESS) {
            return slot;
        }
        const known = table.members(slot);
        this.related.ip.add(known, TEXT_AT, TEXT_AT + table.textLength(slot));
        const match = table.match(slot);
        if (match !== undefined) {
            this.hit(match, table.text(slot), field, match.type === "cidr");
        }
        if (this.enrichment.isLate) {
            this.addresses.push({ address: table.text(slot), field, at: -1 });
        }
        return slot;
    }

    /** Looks a host name (without a port) up and adds it to `related.hosts`; writes nothing here. */
    host(field: string, text: string): Host {
        const host = this.enrichment.hosts.find(text);
        this.related.hosts.add(host.json, 0, host.json.length);
        if (host.match) {
            this.hit(host.match, host.name, field);
        }
        return host;
    }

    /**
     * Looks a URL and its host up; writes nothing here. The host is not added to `related.hosts`.
     * @param bytes ASCII or UTF-8, may lie in this document
     */
    url(field: string, bytes: Buffer, start: number, end: number): void {
        if (this.enrichment.indicators === undefined) {
            return;
        }
        const text = hostOf(bytes, start, end);
        if (text === undefined) {
            return;
        }
        const host = this.enrichment.hosts.find(text);
        const url = bytes.toString("utf8", start, end);
        if (host.hasUrls) {
            const match = this.enrichment.indicators.url(url);
            if (match?.type === "url") {
                this.hit(match, url, field);
            }
        }
        if (host.match) {
            this.hit(host.match, url, field);
        }
    }

    /** As `url`, of the inside of a JSON string. */
    jsonUrl(field: string, bytes: Buffer, start: number, end: number): void {
        let at = start;
        while (at < end && bytes[at] !== 92) {
            at++;
        }
        if (at === end || this.enrichment.indicators === undefined) {
            this.url(field, bytes, start, end);
            return;
        }
        const url = Buffer.from(JSON.parse(`"${bytes.toString("utf8", start, end)}"`) as string);
        this.url(field, url, 0, url.length);
    }

    relatedUser(user: string | undefined): void {
        if (user) {
            this.related.user.addText(user);
        }
    }

    /** @param json a JSON string, quotes and all */
    relatedUserJson(json: Uint8Array, start: number, end: number): void {
        this.related.user.add(json, start, end);
    }

    relatedHash(hash: string | undefined): void {
        if (hash) {
            this.related.hash.addText(hash);
        }
    }

    /**
     * Adds members to `threat`, beside those of indicators: what a sensor itself says of tactics and techniques.
     * @param json members with a trailing comma
     */
    ownThreat(json: string): void {
        this.threatMembers += json;
    }

    /** True when somebody scores pairs: only then is it worth making them. */
    get wantsPairs(): boolean {
        return this.enrichment.scorer !== undefined;
    }

    /** Who connects from where. @param slot of the address, before another one is looked up */
    pair(entity: string, slot: number): void {
        this.pairs.push({ entity, ip: this.enrichment.addresses.text(slot) });
    }

    /** Ends the document of a record. */
    finish(): void {
        this.reserve(65536);
        if (this.enrichment.isLate) {
            this.late.push({
                start: this.start,
                end: this.at,
                addresses: this.addresses,
                ips: this.related.ip.copied(),
                hosts: this.related.hosts.copied(),
                users: this.related.user.copied(),
                hashes: this.related.hash.copied(),
                threat: this.threatMembers,
                hits: [...this.hits],
                pairs: [...this.pairs],
            });
            this.addresses = [];
        } else {
            this.tail(this.threatMembers, this.hits);
        }
        this.clear();
    }

    /** Writes `related`, `threat` and the end of the line. */
    tail(ownThreat: string, hits: readonly Hit[], score?: number): void {
        this.related.write(this, KEY.related, KEY);
        if (hits.length > 0 || score !== undefined || ownThreat !== "") {
            this.threat(ownThreat, hits, score);
        } else if (this.enrichment.indicators !== undefined) {
            this.put(NOT_MATCHED);
        }
        this.bytes[this.at - 1] = 125;
        this.byte(10);
    }

    private threat(own: string, hits: readonly Hit[], score: number | undefined): void {
        this.open(KEY.threat);
        if (this.enrichment.indicators !== undefined) {
            this.boolean(MATCHED.matched, hits.length > 0);
        }
        if (own !== "") {
            this.reserve(own.length * 3);
            this.at += this.bytes.write(own, this.at);
        }
        if (hits.length > 0) {
            this.raw(MATCHED.enrichments, JSON.stringify(enrichments(hits)));
            for (const { match } of hits) {
                match.feeds.forEach(this.onFeed);
            }
        }
        if (score !== undefined) {
            this.open(MATCHED.anomaly);
            this.number(MATCHED.score, score);
            this.close();
        }
        this.close();
        this.reserve(65536);
    }

    /**
     * A URL also matches by its host, which is often an observable itself, and a client can repeat an address: each
     * indicator is said once. @param each once for each value that shows it: the addresses in a network
     */
    private hit(match: IndicatorMatch, atomic: string, field: string, each = false): void {
        for (const { match: known, atomic: before } of this.hits) {
            const isSame = known.value === match.value && known.type === match.type;
            if (isSame && !(each && before !== atomic)) {
                return;
            }
        }
        this.hits.push({ match, atomic, field });
    }

    private clear(): void {
        this.related.clear();
        this.threatMembers = "";
        if (this.hits.length > 0) {
            this.hits.length = 0;
        }
        if (this.pairs.length > 0) {
            this.pairs.length = 0;
        }
        if (this.addresses.length > 0) {
            this.addresses = [];
        }
    }

    private base36(number: number): void {
        if (number > 0x7fffffff) {
            this.at += this.bytes.write(number.toString(36), this.at, "latin1");
            return;
        }
        let end = this.at + 1;
        for (let rest = number; rest >= 36; rest = (rest / 36) | 0) {
            end++;
        }
        this.at = end;
        let rest = number;
        do {
            const next = (rest / 36) | 0;
            const digit = rest - next * 36;
            this.bytes[--end] = digit < 10 ? 48 + digit : 87 + digit;
            rest = next;
        } while (rest > 0);
    }
}

/** The host of `scheme://user@host:port/…`, undefined when there is no such thing. */
function hostOf(bytes: Buffer, start: number, end: number): string | undefined {
    let at = start;
    while (at < end && bytes[at] !== 58) {
        at++;
    }
    if (at + 3 > end || bytes[at + 1] !== 47 || bytes[at + 2] !== 47) {
        return undefined;
    }
    let from = at + 3;
    let to = from;
    for (; to < end; to++) {
        const byte = bytes[to];
        if (byte === 47 || byte === 63 || byte === 35 || byte === 92) {
            break;
        }
        if (byte === 64) {
            from = to + 1;
        }
    }
    if (bytes[from] === 91) {
        const bracket = bytes.indexOf(93, from);
        return bracket > 0 && bracket < to ? bytes.toString("latin1", from, bracket + 1) : undefined;
    }
    let host = from;
    while (host < to && bytes[host] !== 58) {
        host++;
    }
    return host > from ? bytes.toString("utf8", from, host) : undefined;
}
