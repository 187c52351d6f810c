import { mask, parseIPv4, parseIPv6, Words } from "./address";
import { IndicatorType } from "./indicator";
import { normalizeIndicator } from "./normalize";

/** First and last address. IPv6 in four words would need comparing by hand; this is not a hot path, so bigint. */
interface Range {
    readonly family: 4 | 6;
    readonly start: bigint;
    readonly end: bigint;
    readonly prefix: number;
}

interface SpecialRange extends Range {
    readonly reason: string;
    readonly documentation: boolean;
}

export interface SafetyOptions {
    /** Let the documentation ranges (203.0.113.0/24, 2001:db8::/32 …) pass, for tests and the demo. */
    readonly allowDocumentation?: boolean;
}

const wide = (words: Words) => words.reduce((sum, word) => (sum << 32n) | BigInt(word), 0n);

function rangeOf(value: string): Range | undefined {
    const [address, length] = value.split("/");
    const v4 = parseIPv4(address);
    if (v4 >= 0) {
        const prefix = length === undefined ? 32 : Number(length);
        const start = BigInt((v4 & mask(prefix)) >>> 0);
        return { family: 4, start, end: start + (1n << BigInt(32 - prefix)) - 1n, prefix };
    }
    const v6 = parseIPv6(address);
    if (!v6) {
        return undefined;
    }
    const prefix = length === undefined ? 128 : Number(length);
    const size = 1n << BigInt(128 - prefix);
    const start = (wide(v6) / size) * size;
    return { family: 6, start, end: start + size - 1n, prefix };
}

const overlap = (a: Range, b: Range) => a.family === b.family && a.start <= b.end && b.start <= a.end;

/** IANA's special-purpose registries, and what has been withdrawn from use. */
const SPECIAL: readonly SpecialRange[] = (
    [
        ["unspecified", "0.0.0.0/32 ::/128"],
        ["loopback", "127.0.0.0/8 ::1/128"],
        ["private", "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7"],
        ["link-local", "169.254.0.0/16 fe80::/10"],
        ["CGNAT", "100.64.0.0/10"],
        ["documentation", "192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 2001:db8::/32 3fff::/20"],
        ["multicast", "224.0.0.0/4 ff00::/8"],
        ["reserved", "0.0.0.0/8 192.0.0.0/24 192.88.99.0/24 198.18.0.0/15 240.0.0.0/4"],
        // Outside 2000::/3 nothing is routed; inside it, translation and protocol ranges stand for other addresses.
        ["reserved", "2001::/23 2002::/16 ::/3 4000::/2 8000::/1"],
    ] as const
).flatMap(([reason, list]) =>
    list.split(" ").map((cidr) => ({
        ...(rangeOf(cidr) as Range),
        reason,
        documentation: reason === "documentation",
    })),
);

/** Addresses, networks and domains that must never be blocked, parsed once. */
export class AllowList {
    private readonly ranges: Range[] = [];
    private readonly domains = new Set<string>();
    /** Every parent of an allowed domain: blocking one would block the domain as well. */
    private readonly parents = new Set<string>();

    /** @throws Error naming the entry that is no address, network or domain: a typo must not go unnoticed */
    constructor(entries: Iterable<string>) {
        for (const entry of entries) {
            const normal = normalizeIndicator(entry);
            const range =
                normal && normal.type !== "domain" && normal.type !== "url" && rangeOf(normal.value);
            if (range) {
                this.ranges.push(range);
            } else if (normal?.type === "domain") {
                this.domains.add(normal.value);
                for (const parent of parentsOf(normal.value)) {
                    this.parents.add(parent);
                }
            } else {
                throw new Error(`allow list: "${entry}" is not an address, a network or a domain`);
            }
        }
    }

    overlaps(range: Range): boolean {
        return this.ranges.some((allowed) => overlap(allowed, range));
    }

    /** True when the domain is allowed, or a parent or a child of an allowed one. */
    touches(domain: string): boolean {
        return (
            this.domains.has(domain) ||
            this.parents.has(domain) ||
            parentsOf(domain).some((parent) => this.domains.has(parent))
        );
    }
}

function parentsOf(domain: string): string[] {
    const parents = [];
    for (let dot = domain.indexOf("."); dot >= 0; dot = domain.indexOf(".", dot + 1)) {
        parents.push(domain.slice(dot + 1));
    }
    return parents;
}

function refuseRange(range: Range, allowList: AllowList, options: SafetyOptions): string | undefined {
    if (range.prefix < (range.family === 4 ? 8 : 19)) {
        return `wider than /${range.family === 4 ? 8 : 19}`;
    }
    for (const special of SPECIAL) {
        if (overlap(special, range) && !(special.documentation && options.allowDocumentation)) {
            return `${special.reason} range`;
        }
    }
    return allowList.overlaps(range) ? "on the allow list" : undefined;
}

/**
 * Says why an indicator must not reach a block list. Feeds are not trusted: a private network in one would cut the
 * organization off from itself.
 * @param indicator in normal form
 * @param allowList what is never blocked; make an `AllowList` once when there are many indicators
 * @returns a reason of few values (reports count by it), or undefined when the indicator may be enforced
 */
export function refusal(
    indicator: { readonly type: IndicatorType; readonly value: string },
    allowList: AllowList | readonly string[] = [],
    options: SafetyOptions = {},
): string | undefined {
    const allowed = allowList instanceof AllowList ? allowList : new AllowList(allowList);
    let host = indicator.value;
    if (indicator.type === "url") {
        try {
            host = new URL(indicator.value).hostname.replace(/^\[|\]$/g, "");
        } catch {
            return "not a URL";
        }
    }
    if (indicator.type !== "domain") {
        const range = rangeOf(host);
        if (range) {
            return refuseRange(range, allowed, options);
        }
        if (indicator.type !== "url") {
            return "not an address";
        }
    }
    if (!host.includes(".")) {
        return "single-label name";
    }
    return allowed.touches(host) ? "on the allow list" : undefined;
}
