import { Writable } from "node:stream";
import { Sink } from "../pipeline";

/** Characters gathered before a write: a system call a line would cost more than the line. */
const BLOCK = 256 * 1024;

/** One side of the sink: gathers lines and waits while the stream is full. */
class LineWriter {
    private lines = "";
    private error: Error | undefined;

    constructor(private readonly stream: Writable) {
        stream.on("error", (error: Error) => (this.error ??= error));
    }

    write(line: string): Promise<void> | void {
        this.lines += `${line}\n`;
        return this.lines.length >= BLOCK ? this.flush() : undefined;
    }

    /** Resolves when the stream has taken the lines and handed them on. */
    async flush(): Promise<void> {
        const lines = this.lines;
        this.lines = "";
        if (this.error) {
            throw this.error;
        }
        if (lines !== "") {
            await new Promise<void>((resolve, reject) => {
                this.stream.write(lines, (error) => (error ? reject(error) : resolve()));
            });
        }
    }

    async end(): Promise<void> {
        await this.flush();
        await new Promise<void>((resolve, reject) => {
            this.stream.once("error", reject);
            this.stream.end(resolve);
        });
    }
}

/** Writes NDJSON to Node streams, with backpressure. Standard output and error are flushed but never ended. */
export class StreamSink implements Sink {
    private readonly documents: LineWriter;
    private readonly quarantined: LineWriter;

    /** @throws (from its methods) what the streams report, for example EPIPE */
    constructor(
        private readonly documentStream: Writable,
        private readonly quarantineStream: Writable,
    ) {
        this.documents = new LineWriter(documentStream);
        this.quarantined = new LineWriter(quarantineStream);
    }

    document(line: string): Promise<void> | void {
        return this.documents.write(line);
    }

    quarantine(line: string): Promise<void> | void {
        return this.quarantined.write(line);
    }

    async close(): Promise<void> {
        for (const [writer, stream] of [
            [this.documents, this.documentStream],
            [this.quarantined, this.quarantineStream],
        ] as const) {
            await (stream === process.stdout || stream === process.stderr ? writer.flush() : writer.end());
        }
    }
}
