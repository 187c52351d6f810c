import { Enrichment } from "../enrichment/enrichment";
import { Indicator } from "../indicators/indicator";
import { encodeSnapshot, Snapshot } from "../indicators/snapshot";
import { BatchOptions, BatchReport, processBatch } from "../pipeline";
import { DeliveryContext, LogSource } from "./source";

export const CONTEXT: DeliveryContext = {
    accountId: "222222222222",
    region: "eu-west-1",
    origin: "test/log",
    version: "v1",
};

/** A document as tests read it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

export interface Outcome {
    readonly documents: Json[];
    readonly quarantined: {
        readonly record: number;
        readonly reason: string;
        raw?: string;
        rawBase64?: string;
    }[];
    readonly report: BatchReport;
    /** The documents as written, to compare bytes. */
    readonly text: string;
}

export interface OutcomeOptions {
    readonly enrichment?: Enrichment;
    readonly context?: DeliveryContext;
    /** Sizes of the chunks the input is cut into, used in turn. @default one chunk */
    readonly cuts?: readonly number[];
    readonly batch?: BatchOptions;
}

/** Runs input through the whole pipeline. */
export async function documentsOf(
    source: LogSource,
    input: string | Uint8Array,
    { enrichment = new Enrichment(), context = CONTEXT, cuts = [], batch }: OutcomeOptions = {},
): Promise<Outcome> {
    const parts: Buffer[] = [];
    const lines: string[] = [];
    const report = await processBatch(
        source,
        chunksOf(typeof input === "string" ? Buffer.from(input) : input, cuts),
        context,
        enrichment,
        {
            documents: (bytes) => void parts.push(Buffer.from(bytes)),
            quarantine: (line) => void lines.push(line),
            close: async () => undefined,
        },
        batch,
    );
    const text = Buffer.concat(parts).toString("utf8");
    const parse = (line: string) => JSON.parse(line) as Json;
    return {
        documents: text.split("\n").filter(Boolean).map(parse),
        quarantined: lines.map(parse),
        report,
        text,
    };
}

/** Indicators of one feed, as an enrichment. */
export function enrichmentOf(...values: readonly Pick<Indicator, "type" | "value">[]): Enrichment {
    const indicators = values.map(({ type, value }) => ({
        type,
        value,
        feeds: ["feed"],
        firstSeen: "2026-01-01T00:00:00.000Z",
        lastSeen: "2026-01-02T00:00:00.000Z",
        expiresAt: 2_000_000_000,
        confidence: 80,
    }));
    return new Enrichment({ indicators: Snapshot.decode(encodeSnapshot(indicators)) });
}

async function* chunksOf(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
    for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const size = cuts.length === 0 ? bytes.length : Math.max(1, cuts[turn % cuts.length]);
        yield bytes.subarray(at, at + size);
        at += size;
    }
}
