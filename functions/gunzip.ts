import { createGunzip } from "node:zlib";

/** The gzip stream ended early or is damaged. What came before has been yielded. */
export class GunzipError extends Error {
    override readonly name = "GunzipError";
}

/** Large output chunks more than double zlib's throughput. */
const CHUNK_BYTES = 256 * 1024;

/** Compressed bytes handed over at once. A piece may grow a thousandfold, and its output waits in memory. */
const PIECE_BYTES = 64 * 1024;

/** Joins leading chunks until two bytes are there to tell gzip by. */
async function* peek(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let head: Uint8Array | undefined;
    for await (const chunk of input) {
        if (head !== undefined && head.length >= 2) {
            yield chunk;
            continue;
        }
        head = head === undefined || head.length === 0 ? chunk : Buffer.concat([head, chunk]);
        if (head.length >= 2) {
            yield head;
        }
    }
    if (head !== undefined && head.length === 1) {
        yield head;
    }
}

/**
 * Uncompresses a gzip stream of one or several members; passes anything else on as it is.
 * @throws GunzipError after all readable bytes when the gzip stream is truncated; after those of all pieces before the
 * damaged one (64 KiB) when it is damaged or followed by other bytes
 */
export async function* gunzipIfNeeded(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let gzip: Inflater | undefined;
    let started = false;
    try {
        for await (const chunk of peek(input)) {
            if (!started) {
                started = true;
                gzip = chunk[0] === 0x1f && chunk[1] === 0x8b ? new Inflater() : undefined;
            }
            if (gzip === undefined) {
                yield chunk;
            } else {
                for (let start = 0; start < chunk.length; start += PIECE_BYTES) {
                    yield* await gzip.write(chunk.subarray(start, start + PIECE_BYTES));
                    gzip.check();
                }
            }
        }
        if (gzip !== undefined) {
            yield* await gzip.finish();
            gzip.check();
        }
    } finally {
        gzip?.close();
    }
}

/**
 * Node's stream drops what it has uncompressed when it meets an error; here every chunk is taken as it comes, so that
 * what lies before the damage is kept.
 */
class Inflater {
    private readonly stream = createGunzip({ chunkSize: CHUNK_BYTES });
    private output: Uint8Array[] = [];
    private error: GunzipError | undefined;
    private finished = false;
    private wake: (() => void) | undefined;

    constructor() {
        this.stream.on("data", (chunk: Uint8Array) => this.output.push(chunk));
        this.stream.on("error", (error: Error & { code?: string }) => {
            const truncated = error.code === "Z_BUF_ERROR";
            this.error = new GunzipError(truncated ? "truncated gzip" : `damaged gzip: ${error.message}`);
            this.wake?.();
        });
        this.stream.on("end", () => {
            // Zlib stops without a word where bytes follow that are no gzip member.
            this.error ??= this.finished ? undefined : new GunzipError("other data after the gzip stream");
            this.wake?.();
        });
    }

    async write(chunk: Uint8Array): Promise<Uint8Array[]> {
        await new Promise<void>((resolve) => {
            this.wake = resolve;
            this.stream.write(chunk, () => resolve());
        });
        return this.take();
    }

    async finish(): Promise<Uint8Array[]> {
        this.finished = true;
        await new Promise<void>((resolve) => {
            this.wake = resolve;
            this.stream.end();
        });
        return this.take();
    }

    check(): void {
        if (this.error) {
            throw this.error;
        }
    }

    close(): void {
        this.stream.destroy();
    }

    private take(): Uint8Array[] {
        const output = this.output;
        this.output = [];
        return output;
    }
}
