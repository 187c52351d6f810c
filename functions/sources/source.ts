import { Document } from "../documents/document";

/** A record that could not be parsed. It becomes a quarantine line; its neighbours go on. */
export class Malformed {
    /**
     * @param reason one line that says what is wrong with it
     * @param raw what was read, where that is not simply the record's bytes
     */
    constructor(
        readonly reason: string,
        readonly raw?: Uint8Array,
    ) {}
}

/** A record that is well formed but carries nothing to keep (a test event, a digest). */
export class Skipped {
    /** @param reason short and of few values: reports count by it */
    constructor(readonly reason: string) {}
}

/** What became of a record: undefined says that its document is written. */
export type Verdict = Malformed | Skipped | undefined;

/** Where a batch of records came from. */
export interface DeliveryContext {
    /** Account that wrote the log, 12 digits. */
    readonly accountId: string;
    /** Region that wrote the log. */
    readonly region: string;
    /** S3 object key, or `<log group>:<log stream>`. */
    readonly origin: string;
    /** ETag of the object, or the id of the first log event: with `origin` it makes ids deterministic. */
    readonly version: string;
    /** When it was delivered, epoch milliseconds: the time of records that tell none. */
    readonly time?: number;
}

/** One kind of log. A new kind is one file with one of these and one line in the registry. */
export interface LogSource {
    /** ECS `event.dataset`, for example `aws.waf`. */
    readonly dataset: string;
    /** A reader for one stream of bytes; it may hold state, such as a header line. */
    reader(context: DeliveryContext): RecordReader;
}

/** Finds the records in a stream of bytes. */
export interface RecordReader {
    /**
     * Hands every whole record in `bytes` to the sink, in order. Never throws on data, and what it hands over does not
     * depend on where the stream was cut.
     * @param last nothing follows: what is left is a record, or malformed
     * @returns how many bytes were taken; the others come again, in front of the next
     */
    read(bytes: Buffer, last: boolean, sink: RecordSink): number;
}

/** Takes records in order. */
export interface RecordSink {
    /**
     * A record `bytes[start, end)`, which `write` turns into a document. It is not called for a record that an
     * earlier run has already done, so it must not change the reader's state.
     */
    record(
        bytes: Buffer,
        start: number,
        end: number,
        write: (document: Document, bytes: Buffer, start: number, end: number) => Verdict,
    ): void;
    malformed(malformed: Malformed): void;
    skipped(skipped: Skipped): void;
}
