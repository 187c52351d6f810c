/** Most events and bytes of a batch, and what an event counts beside its text (API reference of PutLogEvents). */
const EVENTS = 10_000;
const BYTES = 1_048_576;
const EVENT_BYTES = 26;

/** Cuts log events into batches that CloudWatch Logs takes, in order. */
export function* batches(messages: readonly string[]): Generator<string[]> {
    let batch: string[] = [];
    let bytes = 0;
    for (const message of messages) {
        const size = Buffer.byteLength(message) + EVENT_BYTES;
        if (batch.length === EVENTS || (batch.length > 0 && bytes + size > BYTES)) {
            yield batch;
            batch = [];
            bytes = 0;
        }
        batch.push(message);
        bytes += size;
    }
    if (batch.length > 0) {
        yield batch;
    }
}
