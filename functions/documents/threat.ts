import { IndicatorMatch } from "../indicators/indicator";
import type { Hit } from "./document";

const ECS_TYPE = { ipv4: "ipv4-addr", ipv6: "ipv6-addr", domain: "domain-name", url: "url" } as const;

/** ECS's scale, by the limits that STIX gives for it. */
function confidenceOf(confidence: number): "High" | "Medium" | "Low" {
    return confidence >= 70 ? "High" : confidence >= 30 ? "Medium" : "Low";
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

/** `threat.enrichments`: one entry for each match and feed. */
export function enrichments(hits: readonly Hit[]): Record<string, unknown>[] {
    return hits.flatMap(({ match, atomic, field }) =>
        match.feeds.map((feed) => ({
            matched: { atomic, field, type: "indicator_match_rule" },
            indicator: indicatorOf(match, feed),
            feed: { name: feed },
        })),
    );
}
