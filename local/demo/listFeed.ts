import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DemoContext, settingsIn } from "./context";
import { collect, currentManifest } from "./indicators";

/** Bucket and object of the demo's second feed: a list that the organization keeps itself. */
export const LIST_BUCKET = "syntheticsun-demo-lists";
const KEY = "bad.txt";
export const LIST_URL = `s3://${LIST_BUCKET}/${KEY}`;
/** Its name among the hub's feeds. */
export const LIST_FEED = "ours";

/** Writes the list, as a team that keeps one would. */
export async function writeList(context: DemoContext, text: string): Promise<void> {
    const s3 = new S3Client(settingsIn(context));
    await s3.send(new CreateBucketCommand({ Bucket: LIST_BUCKET }));
    await s3.send(new PutObjectCommand({ Bucket: LIST_BUCKET, Key: KEY, Body: Buffer.from(text) }));
}

/** What a poisoned list did: to be nothing. */
export interface Poisoning {
    readonly what: string;
    /** Of the collector: `held` or `failed`. */
    readonly outcome: string;
    /** True when the snapshot in force is the one before. */
    readonly unharmed: boolean;
}

const POISONS: Readonly<Record<string, string>> = {
    "an error page instead of a list": "<!DOCTYPE html><html><body>Service unavailable</body></html>",
    "an empty list": "",
    "the whole internet": "0.0.0.0/0\n::/0\n10.0.0.0/8\n",
};

/** Collects lists that would harm, one after the other, then the good one again. */
export async function poisonList(context: DemoContext, good: string): Promise<Poisoning[]> {
    const before = (await currentManifest(context)).sha256;
    const results: Poisoning[] = [];
    for (const [what, text] of Object.entries(POISONS)) {
        await writeList(context, text);
        const { outcome } = await collect(context, LIST_FEED);
        const { sha256 } = await currentManifest(context);
        results.push({ what, outcome: String(outcome), unharmed: sha256 === before });
    }
    await writeList(context, good);
    await collect(context, LIST_FEED);
    return results;
}
