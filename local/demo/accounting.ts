import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { gunzipSync } from "node:zlib";
import { SourceKind } from "../../config/sources";
import { kinds, sourceOf } from "../../functions/sources/registry";
import { MATCH_TYPES, MatchType } from "../traffic/sightings";
import { until } from "./until";

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

/** Running totals of the deployed system. A run's own numbers are the difference of two. */
export interface Totals {
    readonly kinds: Readonly<Record<SourceKind, DocumentCounts>>;
    /** Lines below the lake's `quarantine/`. */
    readonly quarantined: Readonly<Partial<Record<SourceKind, number>>>;
    /** Documents that matched an indicator, by feed. */
    readonly feeds: Readonly<Record<string, number>>;
}

/** Types of indicators as documents name them (ECS `threat.indicator.type`). */
const INDICATOR_TYPES: Readonly<Record<MatchType, readonly string[]>> = {
    ip: ["ipv4-addr", "ipv6-addr"],
    domain: ["domain-name"],
    url: ["url"],
};

/** Counts of some shards only would be wrong. */
const OPTIONS = "ignore_unavailable=true&allow_partial_search_results=false";

/** Load balancers' logs are one data set: the name tells which they are of. */
const OF_NETWORK_LOAD_BALANCER = { prefix: { "aws.elb.name": "net/" } };

/** Reads the totals of the moment: OpenSearch and the lake are asked, not the functions' own reports. */
export class Accounts {
    /** What was read below `quarantine/`, by key: an object is read again only when it has changed. */
    private readonly quarantine = new Map<string, QuarantineObject>();

    constructor(
        private readonly search: string,
        private readonly s3: S3Client,
        private readonly lakeBucket: string,
    ) {}

    /** Makes all that is indexed count at once: else it does within a second or so. */
    async refresh(): Promise<void> {
        await fetch(`${this.search}/logs-*/_refresh`, { method: "POST" });
    }

    async read(): Promise<Totals> {
        const { aggregations } = await this.ask();
        const buckets = aggregations?.kinds?.buckets ?? {};
        return {
            kinds: Object.fromEntries(
                kinds.map((kind) => [kind, countsOf(buckets[kind])]),
            ) as Totals["kinds"],
            quarantined: await this.quarantined(),
            feeds: Object.fromEntries(
                (aggregations?.feeds?.buckets ?? []).map(({ key, doc_count }) => [key, doc_count]),
            ),
        };
    }

    /** Asks until it can answer: after a start it finds its shards again first. */
    private ask(): Promise<SearchAnswer> {
        return until("an answer of OpenSearch", 60_000, () => this.tryToAsk());
    }

    private async tryToAsk(): Promise<SearchAnswer | undefined> {
        const types = MATCH_TYPES.map((type) => [
            type,
            { terms: { "threat.enrichments.indicator.type": INDICATOR_TYPES[type] } },
        ]);
        const response = await fetch(`${this.search}/logs-*/_search?${OPTIONS}`, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify({
                size: 0,
                aggs: {
                    feeds: { terms: { field: "threat.enrichments.feed.name", size: 1000 } },
                    kinds: {
                        filters: { filters: Object.fromEntries(kinds.map((kind) => [kind, filterOf(kind)])) },
                        aggs: {
                            matched: { filter: { term: { "threat.matched": true } } },
                            matchedBy: { filters: { filters: Object.fromEntries(types) } },
                            located: { filter: { exists: { field: "source.geo.country_iso_code" } } },
                        },
                    },
                },
            }),
        });
        if (response.status === 503) {
            return undefined;
        }
        if (!response.ok) {
            throw new Error(
                `OpenSearch answered ${response.status}: ${(await response.text()).slice(0, 200)}`,
            );
        }
        return (await response.json()) as SearchAnswer;
    }

    private async quarantined(): Promise<Partial<Record<SourceKind, number>>> {
        let token: string | undefined;
        do {
            const page = await this.s3.send(
                new ListObjectsV2Command({
                    Bucket: this.lakeBucket,
                    Prefix: "quarantine/",
                    ContinuationToken: token,
                }),
            );
            for (const { Key = "", ETag } of page.Contents ?? []) {
                if (!this.quarantine.has(Key) || this.quarantine.get(Key)?.etag !== ETag) {
                    this.quarantine.set(Key, { etag: ETag, kinds: await this.quarantineKinds(Key) });
                }
            }
            token = page.NextContinuationToken;
        } while (token);
        const counts: Partial<Record<SourceKind, number>> = {};
        for (const kind of [...this.quarantine.values()].flatMap((object) => object.kinds)) {
            if (kind !== undefined) {
                counts[kind] = (counts[kind] ?? 0) + 1;
            }
        }
        return counts;
    }

    /** @returns the kind of each line */
    private async quarantineKinds(key: string): Promise<(SourceKind | undefined)[]> {
        const object = await this.s3.send(new GetObjectCommand({ Bucket: this.lakeBucket, Key: key }));
        const text = gunzipSync(await object.Body!.transformToByteArray()).toString("utf8");
        return text
            .split("\n")
            .filter((line) => line !== "")
            .map((line) => kindOf(JSON.parse(line) as QuarantineLine));
    }
}

interface QuarantineObject {
    readonly etag: string | undefined;
    /** Of each line. */
    readonly kinds: readonly (SourceKind | undefined)[];
}

/** A record that a function could not read; or, without a data set, a document that OpenSearch refused. */
interface QuarantineLine {
    readonly dataset?: string;
    readonly origin?: string;
    readonly raw?: string;
}

interface KindBucket {
    readonly doc_count: number;
    readonly matched: { readonly doc_count: number };
    readonly matchedBy: { readonly buckets: Readonly<Record<MatchType, { readonly doc_count: number }>> };
    readonly located: { readonly doc_count: number };
}

interface SearchAnswer {
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

function countsOf(bucket: KindBucket | undefined): DocumentCounts {
    const by = (type: MatchType) => bucket?.matchedBy.buckets[type].doc_count ?? 0;
    return {
        documents: bucket?.doc_count ?? 0,
        matched: bucket?.matched.doc_count ?? 0,
        matchedBy: { ip: by("ip"), domain: by("domain"), url: by("url") },
        located: bucket?.located.doc_count ?? 0,
    };
}

function kindOf({ dataset, origin = "", raw = "" }: QuarantineLine): SourceKind | undefined {
    // A document lies in the lake by its data set, and names its load balancer; a record's file is named after it.
    const name = dataset ?? /^logs\/([^/]+)\//.exec(origin)?.[1];
    const kind = kinds.find((candidate) => sourceOf(candidate).dataset === name);
    const isNetwork = /_net\.[^/]*$/.test(origin) || (dataset === undefined && raw.includes('"name":"net/'));
    return kind === "alb" || kind === "nlb" ? (isNetwork ? "nlb" : "alb") : kind;
}
