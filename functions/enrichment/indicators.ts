import { IndicatorLookup, IndicatorMatch } from "../indicators/indicator";
import { Enricher } from "../pipeline";
import { EcsDocument, Observables } from "../sources/source";

const ECS_TYPE = { ipv4: "ipv4-addr", ipv6: "ipv6-addr", domain: "domain-name", url: "url" } as const;

/** ECS's scale, by the limits that STIX gives for it. */
function confidenceOf(confidence: number): "High" | "Medium" | "Low" {
    return confidence >= 70 ? "High" : confidence >= 30 ? "Medium" : "Low";
}

/** Remembers what was asked for: a slice asks for the same few addresses over and over. */
function once(lookUp: (value: string) => IndicatorMatch | undefined): typeof lookUp {
    const known = new Map<string, IndicatorMatch | undefined>();
    return (value) => {
        const match = known.get(value);
        if (match !== undefined || known.has(value)) {
            return match;
        }
        const found = lookUp(value);
        known.set(value, found);
        return found;
    };
}

function typeOf(match: IndicatorMatch): string {
    if (match.type === "cidr") {
        return match.value.includes(":") ? ECS_TYPE.ipv6 : ECS_TYPE.ipv4;
    }
    return ECS_TYPE[match.type];
}

/** A network has no ECS field of its own: it is the name, since `threat.indicator.ip` takes addresses only. */
function indicatorOf(match: IndicatorMatch, feed: string): Record<string, unknown> {
    return {
        type: typeOf(match),
        name: match.value,
        ip: match.type === "ipv4" || match.type === "ipv6" ? match.value : undefined,
        url:
            match.type === "domain"
                ? { domain: match.value }
                : match.type === "url"
                  ? { full: match.value }
                  : undefined,
        provider: feed,
        first_seen: match.firstSeen,
        last_seen: match.lastSeen,
        confidence: confidenceOf(match.confidence),
    };
}

/**
 * Matches what a record shows against the indicators. Sets `threat.matched` on every document, and one entry of
 * `threat.enrichments` for each match and feed.
 */
export function indicatorEnricher(lookup: IndicatorLookup): Enricher {
    return {
        name: "indicators",
        enrich(batch) {
            const ip = once((value) => lookup.ip(value));
            const domain = once((value) => lookup.domain(value));
            const url = once((value) => lookup.url(value));
            for (const { document, observables } of batch) {
                enrichOne(document, observables, { ip, domain, url });
            }
        },
    };
}

function enrichOne(
    document: EcsDocument,
    { ips, domains, urls }: Observables,
    lookup: IndicatorLookup,
): void {
    const enrichments: unknown[] = [...(document.threat?.enrichments ?? [])];
    const before = enrichments.length;
    const add = (match: IndicatorMatch, atomic: string, field: string) => {
        for (const feed of match.feeds) {
            enrichments.push({
                matched: { atomic, field, type: "indicator_match_rule" },
                indicator: indicatorOf(match, feed),
                feed: { name: feed },
            });
        }
    };
    const seen = new Set<string>();
    for (const { value, field } of ips) {
        const match = lookup.ip(value);
        if (match) {
            add(match, value, field);
        }
    }
    for (const { value, field } of domains) {
        const match = lookup.domain(value);
        if (match) {
            seen.add(match.value);
            add(match, value, field);
        }
    }
    for (const { value, field } of urls) {
        const match = lookup.url(value);
        // A URL also matches by its host, which is often an observable itself: say it once.
        if (match && !seen.has(match.value)) {
            seen.add(match.value);
            add(match, value, field);
        }
    }
    document.threat = {
        ...document.threat,
        matched: enrichments.length > before || document.threat?.matched === true,
        enrichments: enrichments.length === 0 ? undefined : enrichments,
    };
}
