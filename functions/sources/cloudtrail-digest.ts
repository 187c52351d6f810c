import { RecordReader, RecordSink, Skipped } from "./source";

export const DIGEST = new Skipped("digest");

/** Reads over a digest file: it proves that files of events were not changed, and holds no event. */
export class DigestReader implements RecordReader {
    private isEmpty = true;

    read(bytes: Buffer, last: boolean, sink: RecordSink): number {
        this.isEmpty &&= bytes.length === 0;
        if (last && !this.isEmpty) {
            sink.skipped(DIGEST);
        }
        return bytes.length;
    }
}
