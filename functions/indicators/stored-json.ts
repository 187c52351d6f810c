import { PutObjectCommand } from "@aws-sdk/client-s3";
import { readIfChanged, S3Reader } from "../s3-object";

/**
 * Reads a JSON object that this program wrote.
 * @returns undefined when there is none
 * @throws Error naming the object when it is not JSON
 */
export async function readJson<T>(s3: S3Reader, bucket: string, key: string): Promise<T | undefined> {
    const answer = await readIfChanged(s3, bucket, key);
    if (answer.state !== "read") {
        return undefined;
    }
    try {
        return JSON.parse(Buffer.from(answer.body).toString("utf8")) as T;
    } catch (error) {
        throw new Error(`s3://${bucket}/${key} is not JSON: delete it, it is made again`, { cause: error });
    }
}

export async function writeJson(s3: S3Reader, Bucket: string, Key: string, value: unknown): Promise<void> {
    const Body = JSON.stringify(value);
    await s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: "application/json" }));
}
