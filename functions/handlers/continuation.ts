import type { SQSRecord } from "aws-lambda";
import { S3ObjectRef } from "./sqs";

/** Where to go on with an object. */
export interface Continuation {
    /** Number of the last record that is done. */
    readonly after: number;
}

/** The message that names the object and the record to go on from. */
export function continuationMessage({
    bucket,
    key,
    etag,
    region,
    after,
}: S3ObjectRef & Continuation): string {
    return JSON.stringify({ continue: { bucket, key, etag, region, after } });
}

/** @returns what the message names, or undefined when it is another one */
export function continuationOf({ body }: Pick<SQSRecord, "body">): (S3ObjectRef & Continuation) | undefined {
    let message: { continue?: Partial<S3ObjectRef & Continuation> } | null;
    try {
        message = JSON.parse(body) as typeof message;
    } catch {
        return undefined;
    }
    const { bucket, key, etag, region, after } = message?.continue ?? {};
    return typeof bucket === "string" &&
        typeof key === "string" &&
        typeof etag === "string" &&
        Number.isSafeInteger(after)
        ? { bucket, key, etag, region: region ?? "", after: after as number }
        : undefined;
}
