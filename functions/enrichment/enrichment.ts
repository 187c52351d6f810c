import { IndicatorLookup } from "../indicators/indicator";
import { AddressTable } from "./address-table";
import { AddressEnricher, AddressResolver, PairScorer } from "./enricher";
import { HostTable } from "./host-table";

const MAX_SPARE = 32 << 20;

export interface EnrichmentOptions {
    /** Left out, nothing is matched and documents have no `threat`. */
    readonly indicators?: IndicatorLookup;
    readonly addresses?: readonly AddressEnricher[];
    readonly resolvers?: readonly AddressResolver[];
    readonly scorer?: PairScorer;
    /** Text logs keep their line in `event.original`. */
    readonly keepOriginal?: boolean;
}

/**
 * All that documents are enriched with, and what it has answered so far. It may serve many batches; when the indicators
 * or databases change, a new one takes its place.
 */
export class Enrichment {
    readonly hosts: HostTable;
    readonly indicators: IndicatorLookup | undefined;
    readonly resolvers: readonly AddressResolver[];
    readonly scorer: PairScorer | undefined;
    readonly keepOriginal: boolean;
    private spare: Buffer | undefined;
    private table: AddressTable;
    private readonly enrichers: readonly AddressEnricher[];

    constructor(options: EnrichmentOptions = {}) {
        const { indicators, addresses = [], resolvers = [], scorer, keepOriginal = false } = options;
        this.indicators = indicators;
        this.enrichers = addresses;
        this.table = new AddressTable(indicators, addresses);
        this.hosts = new HostTable(indicators);
        this.resolvers = resolvers;
        this.scorer = scorer;
        this.keepOriginal = keepOriginal;
    }

    /** True when addresses get their place from a database, which then goes before what a log says. */
    get locates(): boolean {
        return this.enrichers.some(({ name }) => name === "geo");
    }

    /** Lets the enrichers bring themselves up to date, before a batch. */
    async prepare(): Promise<void> {
        const changed = await Promise.all(this.enrichers.map((enricher) => enricher.prepare?.()));
        if (changed.includes(true)) {
            this.table = new AddressTable(this.indicators, this.enrichers);
        }
    }

    /** A buffer for documents: of an earlier batch, if one was given back. */
    takeBuffer(): Buffer | undefined {
        const buffer = this.spare;
        this.spare = undefined;
        return buffer;
    }

    /** Many small objects one after another would otherwise cost a large buffer each. */
    giveBuffer(buffer: Buffer): void {
        this.spare = buffer.length <= MAX_SPARE ? buffer : undefined;
    }

    get addresses(): AddressTable {
        return this.table;
    }

    /** True when something has to be asked outside of the process, so that documents are finished later. */
    get isLate(): boolean {
        return this.resolvers.length > 0 || this.scorer !== undefined;
    }
}
