import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";

/** A list file, or why it cannot be used. */
export type ListFile = { readonly lines: readonly string[] } | { readonly problem: string };

/** Reads a list file as an account. */
export type ListReader = (location: string, expectedBucketOwner?: string) => Promise<ListFile>;

const MAX_BYTES = 35 * 1024 * 1024;
const FORMS: readonly RegExp[] = [
    /^s3:\/\/(?<bucket>[^/]+)\/(?<key>.+)$/,
    /^https:\/\/s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com\/(?<bucket>[^/]+)\/(?<key>.+)$/,
    /^https:\/\/(?<bucket>[^/]+?)\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com\/(?<key>.+)$/,
];

/** @returns undefined for what names no object of S3 */
export function parseLocation(location: string): { bucket: string; key: string } | undefined {
    for (const form of FORMS) {
        const groups = form.exec(location)?.groups;
        if (groups) {
            return { bucket: groups.bucket, key: groups.key };
        }
    }
    return undefined;
}

/** Reads with the root of the account: the real services use a role of their own. */
export function listReader(awsEndpoint: string, account: string, region: string): ListReader {
    return async (location, expectedBucketOwner) => {
        const at = parseLocation(location);
        if (!at) {
            return { problem: `${location} names no object of S3` };
        }
        if (expectedBucketOwner !== undefined && expectedBucketOwner !== account) {
            return { problem: `bucket ${at.bucket} is not owned by ${expectedBucketOwner}` };
        }
        const s3 = new S3Client({
            endpoint: awsEndpoint,
            region,
            forcePathStyle: true,
            credentials: { accessKeyId: account, secretAccessKey: "local" },
        });
        try {
            const { Body, ContentLength = 0 } = await s3.send(
                new GetObjectCommand({ Bucket: at.bucket, Key: at.key }),
            );
            if (ContentLength > MAX_BYTES) {
                return { problem: `${location} has more than 35 MB` };
            }
            const text = (await Body?.transformToString()) ?? "";
            const lines = text.split(/\r?\n/).map((line) => line.trim());
            return { lines: lines.filter((line) => line !== "") };
        } catch (error) {
            return { problem: `cannot read ${location}: ${(error as Error).name}` };
        } finally {
            s3.destroy();
        }
    };
}
