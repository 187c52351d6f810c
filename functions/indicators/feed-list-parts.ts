import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { S3Reader } from "../s3-object";
import { stateKey } from "./feed-list";

/** What a part may hold. Its text must fit into memory. */
const PART_LINES = 100_000;
const PART_BYTES = 4 * 1024 * 1024;
const BATCH = 1000;

const compress = promisify(gzip);
const uncompress = promisify(gunzip);

/** Lines as gzip objects, each uploaded as soon as it is full. */
export class PartWriter {
    readonly keys: string[] = [];
    private buffer = Buffer.alloc(0);
    private length = 0;
    private lines = 0;

    constructor(
        private readonly s3: S3Reader,
        private readonly bucket: string,
        private readonly keyOf: (part: number) => string,
    ) {}

    async write(line: string): Promise<void> {
        // No character of a string takes more than three bytes.
        const most = line.length * 3 + 1;
        if (this.lines === PART_LINES || (this.lines > 0 && this.length + most > PART_BYTES)) {
            await this.flush();
        }
        if (this.length + most > this.buffer.length) {
            const grown = Buffer.alloc(
                Math.max(this.length + most, Math.min(PART_BYTES, this.buffer.length * 2)),
            );
            this.buffer.copy(grown, 0, 0, this.length);
            this.buffer = grown;
        }
        this.length += this.buffer.write(line, this.length);
        this.buffer[this.length++] = 0x0a;
        this.lines++;
    }

    async flush(): Promise<void> {
        if (this.lines === 0) {
            return;
        }
        const Key = this.keyOf(this.keys.length);
        const Body = await compress(this.buffer.subarray(0, this.length));
        await this.s3.send(
            new PutObjectCommand({ Bucket: this.bucket, Key, Body, ContentType: "application/gzip" }),
        );
        this.keys.push(Key);
        this.length = this.lines = 0;
    }
}

/**
 * Lines of parts in batches, one part in memory at a time.
 * @param parse of the fields of a line
 * @throws Error naming the part that is missing or damaged
 */
export async function* readParts<Item>(
    s3: S3Reader,
    bucket: string,
    keys: readonly string[],
    parse: (fields: readonly string[]) => Item,
): AsyncGenerator<readonly Item[]> {
    for (const key of keys) {
        const text = await readPart(s3, bucket, key);
        let batch: Item[] = [];
        for (let start = 0, end: number; (end = text.indexOf("\n", start)) >= 0; start = end + 1) {
            batch.push(parse(text.slice(start, end).split("\t")));
            if (batch.length === BATCH) {
                yield batch;
                batch = [];
            }
        }
        if (batch.length > 0) {
            yield batch;
        }
    }
}

async function readPart(s3: S3Reader, bucket: string, key: string): Promise<string> {
    try {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
        // A part is never longer, but for one line.
        return (await uncompress(bytes, { maxOutputLength: 2 * PART_BYTES })).toString("utf8");
    } catch (error) {
        throw new Error(
            `s3://${bucket}/${key} cannot be read: delete ${stateKey(key.split("/")[1])}, and the feed begins anew`,
            { cause: error },
        );
    }
}
