import { SourceKind } from "../../config/sources";
import { kinds } from "../../functions/sources/registry";
import { AGGREGATIONS, countsOf, DocumentCounts, SearchAnswer } from "./documentCounts";
import { Quarantine } from "./quarantine";
import { until } from "./until";

/** How far things have come, to count from there. */
export interface Totals {
    /**
     * The last sequence number of each index. Whatever is written gets a higher one, also a document that takes the
     * place of the same one from an earlier run.
     */
    readonly sequence: Readonly<Record<string, number>>;
    /** Lines below the lake's `quarantine/`. */
    readonly quarantined: Readonly<Partial<Record<SourceKind, number>>>;
}

/** What has come since. */
export interface Gains {
    readonly kinds: Readonly<Record<SourceKind, DocumentCounts>>;
    /** Lines below the lake's `quarantine/`. */
    readonly quarantined: Readonly<Record<SourceKind, number>>;
    /** Documents that matched an indicator, by feed. */
    readonly feeds: Readonly<Record<string, number>>;
}

/** Counts of some shards only would be wrong. */
const OPTIONS = "ignore_unavailable=true&allow_partial_search_results=false";

/** Counts documents and quarantined records: OpenSearch and the lake are asked, not the functions' own reports. */
export class Accounts {
    constructor(
        private readonly search: string,
        private readonly quarantine: Quarantine,
    ) {}

    /** How things stand now. */
    async totals(): Promise<Totals> {
        // After a start it finds its indices one by one.
        await this.ask("GET", "_cluster/health?wait_for_status=yellow&timeout=60s");
        const path = "_stats?level=shards&filter_path=indices.*.shards.*.seq_no";
        const { indices = {} } = await this.ask<Statistics>("GET", `logs-*/${path}`);
        const sequence = Object.entries(indices).map(([index, { shards }]) => [
            index,
            // Indices here have one shard, which may have copies.
            Math.max(
                ...Object.values(shards).flatMap((copies) => copies.map((copy) => copy.seq_no.max_seq_no)),
            ),
        ]);
        return {
            sequence: Object.fromEntries(sequence) as Totals["sequence"],
            quarantined: await this.quarantine.count(),
        };
    }

    /** What has come since things stood so. */
    async since(before: Totals): Promise<Gains> {
        const { aggregations } = await this.ask<SearchAnswer>("POST", `logs-*/_search?${OPTIONS}`, {
            size: 0,
            query: { bool: { must_not: Object.entries(before.sequence).map(isOld) } },
            aggs: AGGREGATIONS,
        });
        const buckets = aggregations?.kinds?.buckets ?? {};
        const quarantined = await this.quarantine.count();
        const perKind = <T>(of: (kind: SourceKind) => T) =>
            Object.fromEntries(kinds.map((kind) => [kind, of(kind)])) as Record<SourceKind, T>;
        return {
            kinds: perKind((kind) => countsOf(buckets[kind])),
            quarantined: perKind((kind) => (quarantined[kind] ?? 0) - (before.quarantined[kind] ?? 0)),
            feeds: Object.fromEntries(
                (aggregations?.feeds?.buckets ?? []).map(({ key, doc_count }) => [key, doc_count]),
            ),
        };
    }

    /** Asks until there is an answer: after a start OpenSearch finds its shards again first. */
    private ask<T>(method: "GET" | "POST", path: string, body?: unknown): Promise<T> {
        return until("an answer of OpenSearch", 60_000, async () => {
            const response = await fetch(`${this.search}/${path}`, {
                method,
                headers: { "content-type": "application/json" },
                body: body === undefined ? undefined : JSON.stringify(body),
            });
            if (response.status === 503) {
                return undefined;
            }
            if (!response.ok) {
                throw new Error(
                    `OpenSearch answered ${response.status}: ${(await response.text()).slice(0, 200)}`,
                );
            }
            return (await response.json()) as T;
        });
    }
}

interface Statistics {
    readonly indices?: Readonly<
        Record<string, { readonly shards: Readonly<Record<string, readonly ShardCopy[]>> }>
    >;
}

interface ShardCopy {
    readonly seq_no: { readonly max_seq_no: number };
}

/** Documents of an index that were written up to a sequence number. */
function isOld([index, last]: readonly [string, number]): Record<string, unknown> {
    return { bool: { filter: [{ term: { _index: index } }, { range: { _seq_no: { lte: last } } }] } };
}
