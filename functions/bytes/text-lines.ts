import { Malformed, RecordSink } from "../sources/source";
import { Carry } from "./carry";
import { LineReader } from "./lines";

/** A document may hold its record several times, escaped, and a quarantine line the document. */
const MAX_BYTES = 32 * 1024 * 1024;

/** The lines of an object of ours as text, a few at a time; `Malformed` for what is no text. For places that are not hot. */
export async function* textLines(input: AsyncIterable<Uint8Array>): AsyncGenerator<(string | Malformed)[]> {
    let lines: (string | Malformed)[] = [];
    const reader = new LineReader((_sink, bytes, start, end) => {
        lines.push(bytes.toString("utf8", start, end));
    }, MAX_BYTES);
    const sink: RecordSink = {
        record: () => undefined,
        skipped: () => undefined,
        malformed: (malformed) => lines.push(malformed),
    };
    const read = (bytes: Buffer, last: boolean) => {
        lines = [];
        return reader.read(bytes, last, sink);
    };
    const carry = new Carry();
    for await (const chunk of input) {
        carry.drop(read(carry.add(chunk), false));
        yield lines;
    }
    read(carry.rest(), true);
    yield lines;
}
