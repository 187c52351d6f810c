import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { CommandError, Hub } from "./hub";

const LONGEST = 7 * 24 * 3600;

/**
 * Addresses of the block lists for whatever fetches them, one a line. They hold as long as asked for, but no longer
 * than the caller's credentials.
 * @param seconds at most 604,800, S3's limit
 */
export async function listUrls({ s3, names }: Hub, seconds: number): Promise<string> {
    if (!(seconds > 0 && seconds <= LONGEST)) {
        throw new CommandError(`--seconds must be from 1 to ${LONGEST}`);
    }
    const Bucket = names.snapshotBucketName;
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "lists/" }));
    if (Contents.length === 0) {
        throw new CommandError(
            "there are no block lists yet: they are written after a publication, if blockLists is on",
        );
    }
    const urls = Contents.map(({ Key }) =>
        getSignedUrl(s3, new GetObjectCommand({ Bucket, Key }), { expiresIn: Math.floor(seconds) }),
    );
    return `${(await Promise.all(urls)).join("\n")}\n`;
}
