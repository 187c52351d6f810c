import { IndicatorLookup, IndicatorMatch } from "../indicators/indicator";

/** Hosts that are remembered; then all are forgotten, so that memory stays flat. */
const CAPACITY = 20_000;
/** A longer text is no name of a host, and is not remembered: a client could fill the memory with such. */
const MAX_LENGTH = 255;

export interface Host {
    /** As written in the record, in lower case, without the trailing dot. */
    readonly name: string;
    /** The name as a JSON string. */
    readonly json: Buffer;
    /** The name (or address) itself or a parent of it is an indicator. */
    readonly match: IndicatorMatch | undefined;
    /** There are indicators for URLs of this host, so that a URL of it is worth looking up. */
    readonly hasUrls: boolean;
}

/** What is known of host names. */
export class HostTable {
    private readonly hosts = new Map<string, Host>();

    constructor(private readonly lookup: IndicatorLookup | undefined) {}

    find(text: string): Host {
        const known = this.hosts.get(text);
        if (known) {
            return known;
        }
        const name = text.toLowerCase().replace(/\.$/, "");
        const host = {
            name,
            json: Buffer.from(JSON.stringify(name)),
            match: this.lookup?.domain(name) ?? this.lookup?.ip(name.replace(/^\[|\]$/g, "")),
            hasUrls: this.lookup?.hasUrls(name) ?? false,
        };
        if (text.length <= MAX_LENGTH) {
            if (this.hosts.size >= CAPACITY) {
                this.hosts.clear();
            }
            this.hosts.set(text, host);
        }
        return host;
    }
}
