import { Random } from "./random";

/** What a record matches an indicator by. */
export const MATCH_TYPES = ["ip", "domain", "url"] as const;
export type MatchType = (typeof MATCH_TYPES)[number];

/** Indicators that traffic shows. Addresses may lie in a network that is one. */
export interface BadValues {
    readonly addresses: readonly string[];
    readonly domains: readonly string[];
    readonly urls: readonly string[];
}

/** One value in twenty is bad. */
const SHARE = 0.05;
/** One client in twenty speaks IPv6. */
const IPV6_SHARE = 0.05;

/** Chooses the values of a record that may be indicators, and remembers what the record must match by. */
export class Sightings {
    private readonly seen = new Set<MatchType>();
    private readonly badIpv4: readonly string[];

    constructor(
        readonly random: Random,
        private readonly bad: BadValues,
    ) {
        this.badIpv4 = bad.addresses.filter((address) => !address.includes(":"));
    }

    /** An address of the internet. */
    address(): string {
        const bad = this.maybe(this.bad.addresses);
        if (bad !== undefined) {
            this.seen.add("ip");
            return bad;
        }
        const { random } = this;
        return random.chance(IPV6_SHARE)
            ? `2600:1f18:${(1 + random.below(0xfff)).toString(16)}::${(1 + random.below(0xffff)).toString(16)}`
            : random.ipv4();
    }

    /** An address of the internet, IPv4 only. */
    ipv4(): string {
        const bad = this.maybe(this.badIpv4);
        if (bad !== undefined) {
            this.seen.add("ip");
        }
        return bad ?? this.random.ipv4();
    }

    /** A name, the good one unless it is bad: then below an indicator or written in upper case now and then. */
    domain(good: string): string {
        const bad = this.maybe(this.bad.domains);
        if (bad === undefined) {
            return good;
        }
        this.seen.add("domain");
        return this.random.pick([bad, `cdn-${this.random.below(9)}.${bad}`, bad.toUpperCase()]);
    }

    /** A whole URL, the good one unless it is bad: then with a query that the indicator does not have now and then. */
    url(good: string): string {
        const bad = this.maybe(this.bad.urls);
        if (bad === undefined) {
            return good;
        }
        this.seen.add("url");
        const { hostname } = new URL(bad);
        if (this.bad.domains.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`))) {
            this.seen.add("domain");
        }
        return this.random.chance(0.3) && !bad.includes("?") ? `${bad}?id=${this.random.hex(6)}` : bad;
    }

    /** What the record shows; then another begins. */
    take(): MatchType[] {
        const seen = [...this.seen];
        this.seen.clear();
        return seen;
    }

    private maybe(values: readonly string[]): string | undefined {
        return values.length > 0 && this.random.chance(SHARE) ? this.random.pick(values) : undefined;
    }
}
