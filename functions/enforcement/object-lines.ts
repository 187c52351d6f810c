import {
    AbortMultipartUploadCommand,
    CompletedPart,
    CompleteMultipartUploadCommand,
    CreateMultipartUploadCommand,
    GetObjectCommand,
    HeadObjectCommand,
    PutObjectCommand,
    S3Client,
    UploadPartCommand,
} from "@aws-sdk/client-s3";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";

export interface ObjectOptions {
    readonly s3: Pick<S3Client, "send">;
    readonly bucket: string;
    readonly key: string;
    readonly contentType: string;
    /** Goes with the object, to compare without reading it. */
    readonly sha256: string;
    /** Bytes of a part. S3 wants 5 MiB at least. @default 8 MiB */
    readonly partBytes?: number;
}

/** @returns the digest that came with the object, undefined when there is none or no object */
export async function digestOf({
    s3,
    bucket,
    key,
}: Omit<ObjectOptions, "sha256">): Promise<string | undefined> {
    try {
        const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
        return head.Metadata?.sha256;
    } catch (error) {
        if ((error as Error).name === "NotFound" || (error as Error).name === "NoSuchKey") {
            return undefined;
        }
        throw error;
    }
}

/** The lines of an object, none when there is no object. */
export async function* linesOf({ s3, bucket, key }: Omit<ObjectOptions, "sha256">): AsyncIterable<string> {
    try {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        yield* createInterface({ input: Body as Readable, crlfDelay: Infinity });
    } catch (error) {
        if ((error as Error).name !== "NoSuchKey") {
            throw error;
        }
    }
}

/** Writes lines, of which no more than a part is in memory. The object is replaced as a whole or not at all. */
export async function putLines(options: ObjectOptions, lines: Iterable<string>): Promise<void> {
    const { s3, bucket, key, contentType, sha256, partBytes = 8 << 20 } = options;
    const object = { Bucket: bucket, Key: key };
    const described = { ...object, ContentType: contentType, Metadata: { sha256 } };
    const upload: { UploadId?: string; Parts: CompletedPart[] } = { UploadId: undefined, Parts: [] };
    try {
        for (const { part, last } of partsOf(lines, partBytes)) {
            if (last && upload.Parts.length === 0) {
                await s3.send(new PutObjectCommand({ ...described, Body: part }));
                return;
            }
            upload.UploadId ??= (await s3.send(new CreateMultipartUploadCommand(described))).UploadId;
            const PartNumber = upload.Parts.length + 1;
            const { UploadId } = upload;
            const { ETag } = await s3.send(
                new UploadPartCommand({ ...object, UploadId, PartNumber, Body: part }),
            );
            upload.Parts.push({ ETag, PartNumber });
        }
        const { UploadId, Parts } = upload;
        await s3.send(
            new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts } }),
        );
    } catch (error) {
        if (upload.UploadId) {
            await s3.send(new AbortMultipartUploadCommand({ ...object, UploadId: upload.UploadId }));
        }
        throw error;
    }
}

function* partsOf(lines: Iterable<string>, partBytes: number): Iterable<{ part: Buffer; last: boolean }> {
    let block: string[] = [];
    let length = 0;
    for (const line of lines) {
        if (length >= partBytes) {
            yield { part: Buffer.from(block.join("")), last: false };
            block = [];
            length = 0;
        }
        block.push(line, "\n");
        length += line.length + 1;
    }
    yield { part: Buffer.from(block.join("")), last: true };
}
