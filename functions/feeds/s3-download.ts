import { Readable } from "node:stream";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { S3Reader } from "../s3-object";
import type { Download, Validators } from "./download";
import { FeedError } from "./feed-error";

/**
 * `downloadIfChanged` of `s3://bucket/key`. Needs `s3:GetObject`; without `s3:ListBucket` S3 answers 403 for an object that does
 * not exist.
 */
export async function s3Download(
    url: string,
    s3: S3Reader,
    { etag }: Validators,
): Promise<Download | undefined> {
    const [, Bucket, Key] = /^s3:\/\/([a-z0-9.-]{3,63})\/(.+)$/.exec(url) ?? [];
    if (Key === undefined) {
        throw new FeedError(
            "configuration",
            `the feed's URL must be s3://bucket/key, not ${JSON.stringify(url)}`,
        );
    }
    try {
        const answer = await s3.send(new GetObjectCommand({ Bucket, Key, IfNoneMatch: etag }));
        const body = (answer.Body ?? Readable.from([])) as Readable;
        return {
            url,
            validators: answer.ETag === undefined ? {} : { etag: answer.ETag },
            contentType: answer.ContentType,
            body: whole(url, answer.ContentLength, body),
            cancel: async () => void body.destroy(),
        };
    } catch (error) {
        const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
        if ($metadata?.httpStatusCode === 304) {
            return undefined;
        }
        throw s3Error(url, name ?? "", $metadata?.httpStatusCode, error);
    }
}

function s3Error(url: string, name: string, status: number | undefined, cause: unknown): FeedError {
    if (status === 404) {
        return new FeedError("request", `${url} does not exist (${name})`, { cause });
    }
    if (status === 403) {
        return new FeedError(
            "authentication",
            `${url} may not be read, or does not exist: the collector's role needs s3:GetObject there`,
            { cause },
        );
    }
    return new FeedError("unreachable", `${url} cannot be read: ${name || (cause as Error).message}`, {
        cause,
    });
}

async function* whole(
    url: string,
    length: number | undefined,
    body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
    let read = 0;
    try {
        for await (const chunk of body) {
            read += chunk.length;
            yield chunk;
        }
    } catch (cause) {
        throw s3Error(url, (cause as { code?: string }).code ?? "", undefined, cause);
    }
    if (length !== undefined && read !== length) {
        throw new FeedError("unreachable", `${url} broke off after ${read} of ${length} bytes`);
    }
}
