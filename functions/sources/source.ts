/** A record that could not be parsed. It becomes a quarantine line; its neighbours go on. */
export class Malformed {
    /**
     * @param raw what was read: the record's own bytes
     * @param reason one line that says what is wrong with it
     */
    constructor(
        readonly raw: Uint8Array | string,
        readonly reason: string,
    ) {}
}

/** A record that is well formed but carries nothing to keep (a test event, a digest). */
export class Skipped {
    /** @param reason short and of few values: reports count by it */
    constructor(readonly reason: string) {}
}

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
}

/** Which part of a record an observable stands in. */
export type IpRole = "source" | "destination" | "client" | "forwarded";

/** What of a record can be looked up. Values are as logged; enrichment brings them to normal form. */
export interface Observables {
    readonly ips: readonly { readonly value: string; readonly field: string; readonly role: IpRole }[];
    readonly domains: readonly { readonly value: string; readonly field: string }[];
    readonly urls: readonly { readonly value: string; readonly field: string }[];
}

/** An ECS 8 document. Keys are top-level field sets; nested objects below. */
export interface EcsDocument {
    "@timestamp": string;
    ecs: { version: string };
    event: Record<string, unknown> & { dataset: string; id?: string };
    related?: { ip?: string[]; hosts?: string[]; [set: string]: string[] | undefined };
    threat?: { matched?: boolean; enrichments?: unknown[] };
    [fieldSet: string]: unknown;
}

/** A JSON record kept verbatim: its bytes are spliced into the document under `path`, not rebuilt. */
export interface Verbatim {
    /** Dotted field, for example `aws.waf`. No other key of the document may begin with its first part. */
    readonly path: string;
    readonly json: string;
}

/** One kind of log. A new kind is one file with one of these and one line in the registry. */
export interface LogSource<R = unknown> {
    /** ECS `event.dataset`, for example `aws.waf`. */
    readonly dataset: string;
    /**
     * Splits a stream into records. Never throws on data: what does not parse is yielded as `Malformed`.
     * A decoder is made per batch (it may hold state, such as a header line) and is fed chunks in order; `end` flushes.
     */
    decoder(): Decoder<R>;
    /** The ECS document of a record, without `event.id`, which the pipeline adds. */
    toDocument(record: R, context: DeliveryContext): EcsDocument;
    /** The part of the document that is copied rather than built. */
    verbatim?(record: R): Verbatim;
    observables(record: R): Observables;
}

export interface Decoder<R> {
    decode(chunk: Uint8Array): Iterable<R | Malformed | Skipped>;
    end(): Iterable<R | Malformed | Skipped>;
}
