import {
    DeleteObjectCommand,
    GetObjectCommand,
    ListObjectsV2Command,
    PutObjectCommand,
    S3Client,
} from "@aws-sdk/client-s3";
import { createHash } from "node:crypto";

/** Text of a list file: an entry a line, sorted, so that the same entries are the same bytes. */
export function listText(entries: Iterable<string>): string {
    return [...entries]
        .sort()
        .map((entry) => `${entry}\n`)
        .join("");
}

/** First 16 hex digits of the SHA-256. */
export function shortDigest(text: string): string {
    return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** Files in S3 that a service reads its lists from. */
export class ListFiles {
    constructor(
        private readonly s3: Pick<S3Client, "send">,
        private readonly bucket: string,
    ) {}

    uri(key: string): string {
        return `s3://${this.bucket}/${key}`;
    }

    async write(key: string, text: string): Promise<void> {
        await this.s3.send(
            new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: text, ContentType: "text/plain" }),
        );
    }

    /** @returns the entries, none when there is no such file. Needs `s3:ListBucket`, too, to be told so. */
    async read(key: string): Promise<string[]> {
        try {
            const answer = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
            const text = (await answer.Body?.transformToString()) ?? "";
            return text.split("\n").filter(Boolean);
        } catch (error) {
            if ((error as Error).name === "NoSuchKey") {
                return [];
            }
            throw error;
        }
    }

    /** Removes all files whose key begins so, but one. */
    async removeOthers(prefix: string, keep: string): Promise<void> {
        const listed = await this.s3.send(new ListObjectsV2Command({ Bucket: this.bucket, Prefix: prefix }));
        for (const { Key } of listed.Contents ?? []) {
            if (Key !== keep) {
                await this.s3.send(new DeleteObjectCommand({ Bucket: this.bucket, Key }));
            }
        }
    }
}
