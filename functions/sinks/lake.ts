import { PutObjectCommand, PutObjectCommandInput, S3Client } from "@aws-sdk/client-s3";
import { createGzip, Gzip } from "node:zlib";
import { Sink } from "../pipeline";
import { partKey } from "./lake-keys";

export interface LakeSinkOptions {
    readonly s3: Pick<S3Client, "send">;
    readonly bucket: string;
    readonly documentsKey: string;
    readonly quarantineKey: string;
    /** Key of the bucket's owner. Left out, the bucket's default encryption holds. */
    readonly kmsKeyId?: string;
    /** Compressed bytes after which a part is full. @default 32 MiB */
    readonly partBytes?: number;
}

/** Bytes that are compressed at once. Blocks end at lines, wherever the input was cut. */
const BLOCK_BYTES = 1 << 20;

const LINE_FEED = 10;

/**
 * Writes lines as gzip NDJSON to S3. An object holds about 32 MiB; what is more goes to parts `-0001` and so on.
 * Same lines, same objects: a retry overwrites. Nothing is put for no lines.
 */
export function lakeSink(options: LakeSinkOptions): Sink {
    const documents = new GzipObject(options, options.documentsKey);
    const quarantine = new GzipObject(options, options.quarantineKey);
    return {
        documents: (lines) => documents.add(lines),
        quarantine: (line) => quarantine.add(Buffer.from(`${line}\n`)),
        close: async () => {
            await documents.close();
            await quarantine.close();
        },
    };
}

/** An NDJSON object under way, cut into parts by compressed size. */
export class GzipObject {
    private block: Uint8Array[] = [];
    private blockBytes = 0;
    private gzip?: Gzip;
    private compressed: Buffer[] = [];
    private bytes = 0;
    private part = 0;

    constructor(
        private readonly options: Pick<LakeSinkOptions, "s3" | "bucket" | "kmsKeyId" | "partBytes">,
        private readonly key: string,
    ) {}

    /** @param lines each with its line feed; they are the object's until the promise resolves, or it returns */
    add(lines: Buffer): Promise<void> | void {
        if (this.blockBytes + lines.length >= BLOCK_BYTES) {
            return this.addBlocks(lines);
        }
        this.hold(Buffer.from(lines));
    }

    async close(): Promise<void> {
        await this.compress();
        await this.put();
    }

    private async addBlocks(lines: Buffer): Promise<void> {
        let start = 0;
        for (;;) {
            const end = lines.indexOf(LINE_FEED, start + Math.max(0, BLOCK_BYTES - this.blockBytes - 1));
            if (end < 0) {
                break;
            }
            this.hold(lines.subarray(start, end + 1));
            await this.compress();
            start = end + 1;
        }
        if (start < lines.length) {
            this.hold(Buffer.from(lines.subarray(start)));
        }
    }

    private hold(lines: Uint8Array): void {
        this.block.push(lines);
        this.blockBytes += lines.length;
    }

    private async compress(): Promise<void> {
        if (this.block.length === 0) {
            return;
        }
        const block = this.block.length === 1 ? this.block[0] : Buffer.concat(this.block);
        this.block = [];
        this.blockBytes = 0;
        this.gzip ??= this.open();
        const gzip = this.gzip;
        await new Promise<void>((resolve, reject) =>
            gzip.write(block, (error) => (error ? reject(error) : resolve())),
        );
        // Lets output that is under way arrive: where a part ends must not depend on timing.
        await new Promise(setImmediate);
        if (this.bytes >= (this.options.partBytes ?? 32 << 20)) {
            await this.put();
        }
    }

    private open(): Gzip {
        const gzip = createGzip({ level: 1 });
        gzip.on("data", (chunk: Buffer) => {
            this.compressed.push(chunk);
            this.bytes += chunk.length;
        });
        return gzip;
    }

    private async put(): Promise<void> {
        const gzip = this.gzip;
        if (!gzip) {
            return;
        }
        await new Promise<void>((resolve, reject) => gzip.once("end", resolve).once("error", reject).end());
        const { kmsKeyId, bucket, s3 } = this.options;
        const input: PutObjectCommandInput = {
            Bucket: bucket,
            Key: partKey(this.key, this.part++),
            Body: Buffer.concat(this.compressed),
            ContentType: "application/x-ndjson",
            ...(kmsKeyId ? { ServerSideEncryption: "aws:kms", SSEKMSKeyId: kmsKeyId } : {}),
        };
        this.gzip = undefined;
        this.compressed = [];
        this.bytes = 0;
        await s3.send(new PutObjectCommand(input));
    }
}
