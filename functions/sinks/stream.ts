import { Writable } from "node:stream";
import { Sink } from "../pipeline";

/** One side of the sink: waits until the stream has handed on what it was given. */
class Side {
    private error: Error | undefined;

    constructor(private readonly stream: Writable) {
        stream.on("error", (error: Error) => (this.error ??= error));
    }

    async write(lines: Buffer | string): Promise<void> {
        if (this.error) {
            throw this.error;
        }
        await new Promise<void>((resolve, reject) => {
            this.stream.write(lines, (error) => (error ? reject(error) : resolve()));
        });
    }

    async end(): Promise<void> {
        if (this.error) {
            throw this.error;
        }
        await new Promise<void>((resolve, reject) => {
            this.stream.once("error", reject);
            this.stream.end(resolve);
        });
    }
}

/** Writes NDJSON to Node streams, with backpressure. Standard output and error are never ended. */
export class StreamSink implements Sink {
    private readonly documentSide: Side;
    private readonly quarantineSide: Side;

    /** @throws (from its methods) what the streams report, for example EPIPE */
    constructor(
        private readonly documentStream: Writable,
        private readonly quarantineStream: Writable,
    ) {
        this.documentSide = new Side(documentStream);
        this.quarantineSide = new Side(quarantineStream);
    }

    documents(lines: Buffer): Promise<void> {
        return this.documentSide.write(lines);
    }

    quarantine(line: string): Promise<void> {
        return this.quarantineSide.write(`${line}\n`);
    }

    async close(): Promise<void> {
        for (const [side, stream] of [
            [this.documentSide, this.documentStream],
            [this.quarantineSide, this.quarantineStream],
        ] as const) {
            if (stream !== process.stdout && stream !== process.stderr) {
                await side.end();
            }
        }
    }
}
