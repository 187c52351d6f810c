import { SourceKind } from "../../config/sources";
import { kinds, sourceOf } from "../../functions/sources/registry";
import { MATCH_TYPES, MatchType } from "../traffic/sightings";

/** Documents of a kind in OpenSearch. */
export interface DocumentCounts {
    readonly documents: number;
    /** Those that match an indicator. */
    readonly matched: number;
    /** The same by what matches. */
    readonly matchedBy: Readonly<Record<MatchType, number>>;
    /** Those whose source has a place. */
    readonly located: number;
}

/** Types of indicators as documents name them (ECS `threat.indicator.type`). */
const INDICATOR_TYPES: Readonly<Record<MatchType, readonly string[]>> = {
    ip: ["ipv4-addr", "ipv6-addr"],
    domain: ["domain-name"],
    url: ["url"],
};

/** Load balancers' logs are one data set: the name tells which they are of. */
const OF_NETWORK_LOAD_BALANCER = { prefix: { "aws.elb.name": "net/" } };

interface KindBucket {
    readonly doc_count: number;
    readonly matched: { readonly doc_count: number };
    readonly matchedBy: { readonly buckets: Readonly<Record<MatchType, { readonly doc_count: number }>> };
    readonly located: { readonly doc_count: number };
}

/** What OpenSearch answers to a search with `AGGREGATIONS`. */
export interface SearchAnswer {
    readonly aggregations?: {
        readonly feeds?: {
            readonly buckets: readonly { readonly key: string; readonly doc_count: number }[];
        };
        readonly kinds?: { readonly buckets: Readonly<Partial<Record<SourceKind, KindBucket>>> };
    };
}

function filterOf(kind: SourceKind): Record<string, unknown> {
    const filter = { term: { "event.dataset": sourceOf(kind).dataset } };
    switch (kind) {
        case "nlb":
            return { bool: { filter: [filter, OF_NETWORK_LOAD_BALANCER] } };
        case "alb":
            return { bool: { filter, must_not: OF_NETWORK_LOAD_BALANCER } };
        default:
            return filter;
    }
}

/** Counts documents by kind, and matches by feed. */
export const AGGREGATIONS = {
    feeds: { terms: { field: "threat.enrichments.feed.name", size: 1000 } },
    kinds: {
        filters: { filters: Object.fromEntries(kinds.map((kind) => [kind, filterOf(kind)])) },
        aggs: {
            matched: { filter: { term: { "threat.matched": true } } },
            matchedBy: {
                filters: {
                    filters: Object.fromEntries(
                        MATCH_TYPES.map((type) => [
                            type,
                            { terms: { "threat.enrichments.indicator.type": INDICATOR_TYPES[type] } },
                        ]),
                    ),
                },
            },
            located: { filter: { exists: { field: "source.geo.country_iso_code" } } },
        },
    },
};

/** @param bucket of a kind; left out, there are no documents of it */
export function countsOf(bucket: KindBucket | undefined): DocumentCounts {
    const by = (type: MatchType) => bucket?.matchedBy.buckets[type].doc_count ?? 0;
    return {
        documents: bucket?.doc_count ?? 0,
        matched: bucket?.matched.doc_count ?? 0,
        matchedBy: { ip: by("ip"), domain: by("domain"), url: by("url") },
        located: bucket?.located.doc_count ?? 0,
    };
}
