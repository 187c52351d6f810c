import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { Carry } from "./bytes/carry";
import { Document } from "./documents/document";
import { finishLate } from "./documents/late";
import { Enrichment } from "./enrichment/enrichment";
import { GunzipError, gunzipIfNeeded } from "./gunzip";
import {
    DeliveryContext,
    LogSource,
    Malformed,
    RecordReader,
    RecordSink,
    Skipped,
    Verdict,
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
    /** Number of the last record done, when the time ran out before the end: go on from there. */
    continueAfter?: number;
}

/** Where documents and quarantine lines go. `close` makes them durable; whoever made the sink calls it. */
export interface Sink {
    /**
     * Finished NDJSON lines, each with its line feed. The bytes are the sink's only until its promise resolves, or
     * until it returns.
     */
    documents(lines: Buffer): Promise<void> | void;
    /** A finished NDJSON line `{dataset, origin, record, reason, raw|rawBase64}`, without the line feed. */
    quarantine(line: string): Promise<void> | void;
    close(): Promise<void>;
}

export interface BatchOptions {
    /** Records up to this one are done: an earlier run was out of time. @default 0 */
    readonly after?: number;
    /** Asked from time to time; when it answers true the batch ends early. */
    readonly outOfTime?: () => boolean;
    /** Told the document of each record that matched an indicator: a line of JSON, its bytes good during the call. */
    readonly onMatched?: (line: Buffer) => void;
}

/** What only a document that matched holds; a record kept verbatim may say the same, so the document tells for sure. */
const MATCHED = Buffer.from('"threat":{"matched":true');

/** Bytes of a record that a quarantine line keeps. */
const MAX_RAW = 1024 * 1024;

/**
 * The only path a log takes, whatever its source or trigger: uncompress, decode, enrich, write. Two runs over the same
 * input write the same bytes. The sink is left open: a caller may write several batches to it.
 * @param input the bytes of one object, gzip or not
 * @throws what the input, an enricher or the sink throws: those are faults to retry; bad data never throws
 */
export async function processBatch(
    source: LogSource,
    input: AsyncIterable<Uint8Array>,
    context: DeliveryContext,
    enrichment: Enrichment,
    sink: Sink,
    options: BatchOptions = {},
): Promise<BatchReport> {
    await enrichment.prepare();
    return new Batch(source, context, enrichment, sink, options).run(input);
}

class Batch implements RecordSink {
    private readonly counts = { in: 0, documents: 0, quarantined: 0, skipped: 0 };
    private readonly skippedBy = new Map<string, number>();
    private readonly matchesByFeed = new Map<string, number>();
    private readonly document: Document;
    private readonly reader: RecordReader;
    private readonly after: number;
    /** Number of the record under way. */
    private number = 0;
    private quarantined: string[] = [];
    private readonly carry = new Carry();

    constructor(
        private readonly source: LogSource,
        private readonly context: DeliveryContext,
        private readonly enrichment: Enrichment,
        private readonly sink: Sink,
        private readonly options: BatchOptions,
    ) {
        const hash = createHash("sha256").update(`${context.origin}\0${context.version}`).digest("base64url");
        this.document = new Document(source.dataset, `${hash.slice(0, 22)}-`, enrichment, (feed) =>
            add(this.matchesByFeed, feed),
        );
        this.reader = source.reader(context);
        this.after = options.after ?? 0;
    }

    async run(input: AsyncIterable<Uint8Array>): Promise<BatchReport> {
        let damage: string | undefined;
        try {
            for await (const chunk of gunzipIfNeeded(input)) {
                this.read(chunk);
                await this.flush();
                if (this.options.outOfTime?.() && this.number > this.after) {
                    return { ...this.report(), continueAfter: this.number };
                }
            }
        } catch (error) {
            if (!(error instanceof GunzipError)) {
                throw error;
            }
            damage = error.message;
        }
        this.end(damage);
        await this.flush();
        this.enrichment.giveBuffer(this.document.bytes);
        return this.report();
    }

    record(
        bytes: Buffer,
        start: number,
        end: number,
        write: (document: Document, bytes: Buffer, start: number, end: number) => Verdict,
    ): void {
        if (++this.number <= this.after) {
            return;
        }
        this.counts.in++;
        const { document } = this;
        document.begin(this.number, end - start);
        let verdict: Verdict;
        try {
            verdict = write(document, bytes, start, end);
        } catch (error) {
            // A fault of ours must not cost the record's neighbours.
            const reason = error instanceof Error ? error.message : String(error);
            verdict = new Malformed(`no document: ${oneLine(reason)}`);
        }
        if (verdict === undefined) {
            document.finish();
            this.counts.documents++;
            return;
        }
        document.abandon();
        if (verdict instanceof Skipped) {
            this.countSkipped(verdict);
        } else {
            this.quarantine(verdict.raw ?? bytes.subarray(start, end), verdict.reason);
        }
    }

    malformed({ raw, reason }: Malformed): void {
        if (++this.number > this.after) {
            this.counts.in++;
            this.quarantine(raw ?? Buffer.alloc(0), reason);
        }
    }

    skipped(skipped: Skipped): void {
        if (++this.number > this.after) {
            this.counts.in++;
            this.countSkipped(skipped);
        }
    }

    private read(chunk: Uint8Array): void {
        this.carry.drop(this.reader.read(this.carry.add(chunk), false, this));
    }

    /** Takes what is left. Of a damaged stream that is cut off, even if it looks whole. */
    private end(damage: string | undefined): void {
        const rest = this.carry.rest();
        if (damage === undefined) {
            this.reader.read(rest, true, this);
        } else {
            this.malformed(new Malformed(damage, rest));
        }
    }

    private async flush(): Promise<void> {
        const { document } = this;
        if (document.at > 0) {
            const finished = this.enrichment.isLate ? await finishLate(document, this.enrichment) : document;
            const lines = finished.bytes.subarray(0, finished.at);
            if (this.options.onMatched && this.matchesByFeed.size > 0) {
                tellMatched(lines, this.options.onMatched);
            }
            const pending = this.sink.documents(lines);
            if (pending) {
                await pending;
            }
            document.at = 0;
        }
        if (this.quarantined.length > 0) {
            const lines = this.quarantined;
            this.quarantined = [];
            for (const line of lines) {
                await this.sink.quarantine(line);
            }
        }
    }

    private countSkipped({ reason }: Skipped): void {
        this.counts.skipped++;
        add(this.skippedBy, reason);
    }

    private quarantine(bytes: Uint8Array, reason: string): void {
        this.counts.quarantined++;
        const raw = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, MAX_RAW));
        const readable = isUtf8(raw);
        const line = {
            dataset: this.source.dataset,
            origin: this.context.origin,
            record: this.number,
            reason,
            raw: readable ? raw.toString("utf8") : undefined,
            rawBase64: readable ? undefined : raw.toString("base64"),
        };
        this.quarantined.push(JSON.stringify(line));
    }

    private report(): BatchReport {
        return {
            ...this.counts,
            skippedBy: Object.fromEntries(this.skippedBy),
            matchesByFeed: Object.fromEntries(this.matchesByFeed),
        };
    }
}

function tellMatched(lines: Buffer, tell: (line: Buffer) => void): void {
    for (let at = lines.indexOf(MATCHED); at >= 0; at = lines.indexOf(MATCHED, at)) {
        const start = lines.lastIndexOf(10, at) + 1;
        const end = lines.indexOf(10, at);
        tell(lines.subarray(start, end));
        at = end;
    }
}

function add(counts: Map<string, number>, key: string): void {
    counts.set(key, (counts.get(key) ?? 0) + 1);
}

function oneLine(text: string): string {
    return text.replace(/\s+/g, " ").trim();
}
