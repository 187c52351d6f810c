import { normalizeIndicator } from "./normalize";
import { Range, RangeSet, rangeOf } from "./ranges";

/** The domains above a domain, nearest first: `b.c` and `c` of `a.b.c`. */
export function parentsOf(domain: string): string[] {
    const parents = [];
    for (let dot = domain.indexOf("."); dot >= 0; dot = domain.indexOf(".", dot + 1)) {
        parents.push(domain.slice(dot + 1));
    }
    return parents;
}

/** Domains that must go on working, with all above them: an indicator matches by suffix. */
export class DomainSet {
    private readonly domains: ReadonlySet<string>;
    private readonly parents: ReadonlySet<string>;

    /** @param domains in normal form */
    constructor(domains: Iterable<string>) {
        this.domains = new Set(domains);
        this.parents = new Set([...this.domains].flatMap(parentsOf));
    }

    /** True when the domain is of the set, or a parent or a child of one that is. */
    touches(domain: string): boolean {
        if (this.domains.size === 0) {
            return false;
        }
        return (
            this.domains.has(domain) ||
            this.parents.has(domain) ||
            parentsOf(domain).some((parent) => this.domains.has(parent))
        );
    }
}

/** Addresses, networks and domains that must never be blocked, parsed once. */
export class AllowList {
    private readonly ranges: RangeSet;
    private readonly domains: DomainSet;

    /**
     * @param entries addresses, networks and domains; of a URL its host counts
     * @throws Error naming the entry that is none of these: a typo must not go unnoticed
     */
    constructor(entries: Iterable<string>) {
        const ranges: Range[] = [];
        const domains: string[] = [];
        for (const entry of entries) {
            const normal = normalizeIndicator(entry);
            const host = normal?.type === "url" ? hostOf(normal.value) : normal?.value;
            const range = host === undefined ? undefined : rangeOf(host);
            if (range) {
                ranges.push(range);
            } else if (host !== undefined) {
                domains.push(host);
            } else {
                throw new Error(`allow list: "${entry}" is not an address, a network or a domain`);
            }
        }
        this.ranges = new RangeSet(ranges);
        this.domains = new DomainSet(domains);
    }

    overlaps(range: Range): boolean {
        return this.ranges.overlaps(range);
    }

    touches(domain: string): boolean {
        return this.domains.touches(domain);
    }
}

/** Host of a URL in normal form, an IPv6 address without its brackets. */
export function hostOf(url: string): string {
    const host = new URL(url).hostname;
    return host.startsWith("[") ? host.slice(1, -1) : host;
}
