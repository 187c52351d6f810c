import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { GunzipError, gunzipIfNeeded } from "./gunzip";
import {
    Decoder,
    DeliveryContext,
    EcsDocument,
    LogSource,
    Malformed,
    Observables,
    Skipped,
    Verbatim,
} from "./sources/source";

/** Counts of a batch. They always add up: in = documents + quarantined + skipped. */
export interface BatchReport {
    in: number;
    documents: number;
    quarantined: number;
    skipped: number;
    /** Skipped records by reason. */
    skippedBy: Record<string, number>;
    /** Indicator matches by feed name. */
    matchesByFeed: Record<string, number>;
}

/** Adds fields to documents. Called with all documents of a slice, so that it looks up unique values. */
export interface Enricher {
    readonly name: string;
    enrich(batch: readonly { document: EcsDocument; observables: Observables }[]): Promise<void> | void;
}

/** Where documents and quarantine lines go. `close` makes them durable; whoever made the sink calls it. */
export interface Sink {
    /** A finished NDJSON line, without the line feed. */
    document(line: string): Promise<void> | void;
    /** A finished NDJSON line `{dataset, origin, record, reason, raw|rawBase64}`, without the line feed. */
    quarantine(line: string): Promise<void> | void;
    close(): Promise<void>;
}

/** Records that are enriched together. */
const SLICE = 1000;

/**
 * The only path a log takes, whatever its source or trigger: uncompress, decode, enrich, write. Two runs over the same
 * input write the same bytes. The sink is left open: a caller may write several batches to it.
 * @param input the bytes of one object, gzip or not
 * @throws what the input, an enricher or the sink throws: those are faults to retry; bad data never throws
 */
export async function processBatch<R>(
    source: LogSource<R>,
    input: AsyncIterable<Uint8Array>,
    context: DeliveryContext,
    enrichers: readonly Enricher[],
    sink: Sink,
): Promise<BatchReport> {
    return new Batch(source, context, enrichers, sink).run(input);
}

interface Entry {
    readonly document: EcsDocument;
    readonly observables: Observables;
    readonly verbatim: Verbatim | undefined;
}

class Batch<R> {
    private readonly counts = { in: 0, documents: 0, quarantined: 0, skipped: 0 };
    private readonly skippedBy = new Map<string, number>();
    private readonly matchesByFeed = new Map<string, number>();
    private readonly idPrefix: string;
    private slice: Entry[] = [];

    constructor(
        private readonly source: LogSource<R>,
        private readonly context: DeliveryContext,
        private readonly enrichers: readonly Enricher[],
        private readonly sink: Sink,
    ) {
        const hash = createHash("sha256").update(`${context.origin}\0${context.version}`).digest("base64url");
        this.idPrefix = `${hash.slice(0, 22)}-`;
    }

    async run(input: AsyncIterable<Uint8Array>): Promise<BatchReport> {
        const decoder = this.source.decoder();
        let damage: string | undefined;
        try {
            for await (const chunk of gunzipIfNeeded(input)) {
                for (const item of decoder.decode(chunk)) {
                    const pending = this.take(item);
                    if (pending) {
                        await pending;
                    }
                }
            }
        } catch (error) {
            if (!(error instanceof GunzipError)) {
                throw error;
            }
            damage = error.message;
        }
        await this.finish(decoder, damage);
        await this.flush();
        return {
            ...this.counts,
            skippedBy: Object.fromEntries(this.skippedBy),
            matchesByFeed: Object.fromEntries(this.matchesByFeed),
        };
    }

    /** Takes what the decoder still held. Of a damaged stream the last piece is cut off, even if it looks whole. */
    private async finish(decoder: Decoder<R>, damage: string | undefined): Promise<void> {
        const rest = [...decoder.end()];
        if (damage !== undefined) {
            const last = rest.pop();
            const raw =
                last === undefined || last instanceof Skipped
                    ? ""
                    : last instanceof Malformed
                      ? last.raw
                      : this.rawOf(last);
            rest.push(new Malformed(raw, damage));
        }
        for (const item of rest) {
            await this.take(item);
        }
    }

    /** @returns a promise only when there is something to wait for: awaiting each record would halve the speed */
    private take(item: R | Malformed | Skipped): Promise<void> | void {
        const record = ++this.counts.in;
        if (item instanceof Malformed) {
            return this.quarantine(record, item);
        }
        if (item instanceof Skipped) {
            this.counts.skipped++;
            add(this.skippedBy, item.reason);
            return;
        }
        const id = this.idPrefix + record.toString(36);
        try {
            const document = this.source.toDocument(item, this.context);
            const verbatim = this.source.verbatim?.(item);
            if (verbatim && document[verbatim.path.split(".", 1)[0]] !== undefined) {
                throw new Error(`the document already has a field under ${verbatim.path}`);
            }
            document.event.id = id;
            this.slice.push({ document, observables: this.source.observables(item), verbatim });
        } catch (error) {
            const reason = error instanceof Error ? error.message : String(error);
            return this.quarantine(
                record,
                new Malformed(this.rawOf(item), `no document: ${oneLine(reason)}`),
            );
        }
        return this.slice.length >= SLICE ? this.flush() : undefined;
    }

    private async flush(): Promise<void> {
        const slice = this.slice;
        this.slice = [];
        if (slice.length === 0) {
            return;
        }
        for (const enricher of this.enrichers) {
            await enricher.enrich(slice);
        }
        for (const entry of slice) {
            this.counts.documents++;
            for (const feed of feedsOf(entry.document)) {
                add(this.matchesByFeed, feed);
            }
            const pending = this.sink.document(serialise(entry));
            if (pending) {
                await pending;
            }
        }
    }

    private quarantine(record: number, { raw, reason }: Malformed): Promise<void> | void {
        this.counts.quarantined++;
        const readable = typeof raw === "string" || isUtf8(raw);
        const line = {
            dataset: this.source.dataset,
            origin: this.context.origin,
            record,
            reason,
            raw: readable ? (typeof raw === "string" ? raw : Buffer.from(raw).toString("utf8")) : undefined,
            rawBase64: readable ? undefined : Buffer.from(raw).toString("base64"),
        };
        return this.sink.quarantine(JSON.stringify(line));
    }

    /** The record's own text where its source keeps it, else the record as JSON. */
    private rawOf(record: R): string {
        try {
            return this.source.verbatim?.(record).json ?? JSON.stringify(record) ?? String(record);
        } catch {
            return String(record);
        }
    }
}

function add(counts: Map<string, number>, key: string): void {
    counts.set(key, (counts.get(key) ?? 0) + 1);
}

function oneLine(text: string): string {
    return text.replace(/\s+/g, " ").trim();
}

function feedsOf(document: EcsDocument): string[] {
    const enrichments = document.threat?.enrichments as readonly { feed?: { name?: unknown } }[] | undefined;
    return enrichments?.map(({ feed }) => feed?.name).filter((name) => typeof name === "string") ?? [];
}

/** The NDJSON line of a document: time, id and data set first, the verbatim record spliced in last. */
function serialise({ document, verbatim }: Entry): string {
    const line = JSON.stringify(inOrder(document) ? document : ordered(document));
    return verbatim ? `${line.slice(0, -1)},${splice(verbatim)}}` : line;
}

/** True when the keys that come first do so already: sources see to it, since a copy costs a fifth of the speed. */
function inOrder(document: EcsDocument): boolean {
    return startsWith(document, "@timestamp", "event") && startsWith(document.event, "id", "dataset");
}

function startsWith(object: object, first: string, second: string): boolean {
    let position = 0;
    for (const key in object) {
        if (key !== (position === 0 ? first : second)) {
            return false;
        }
        if (++position === 2) {
            return true;
        }
    }
    return false;
}

function ordered(document: EcsDocument): EcsDocument {
    const { "@timestamp": timestamp, event, ...rest } = document;
    const { id, dataset, ...others } = event;
    return { "@timestamp": timestamp, event: { id, dataset, ...others }, ...rest };
}

function splice({ path, json }: Verbatim): string {
    // JSON allows line feeds between its tokens only, and NDJSON not even there.
    const oneLineJson = json.includes("\n") || json.includes("\r") ? json.replace(/[\r\n]+/g, " ") : json;
    const parts = path.split(".");
    return `${parts.map((part) => JSON.stringify(part)).join(":{")}:${oneLineJson}${"}".repeat(parts.length - 1)}`;
}
