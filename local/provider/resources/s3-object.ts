import type { S3Client } from "@aws-sdk/client-s3";
import { assetBytes } from "../archive";
import type { Context } from "../context";
import { must, obj, orMissing, str, tagMap, type Props } from "../properties";
import type { ResourceEntry } from "../resource";

type Sdk = typeof import("@aws-sdk/client-s3");

async function client(ctx: Context): Promise<{ sdk: Sdk; s3: S3Client }> {
    const sdk = await import("@aws-sdk/client-s3");
    return { sdk, s3: ctx.client("s3", sdk.S3Client) };
}

async function put(ctx: Context, inputs: Props): Promise<Props> {
    const { sdk, s3 } = await client(ctx);
    const source = obj(inputs, "source");
    const made = await s3.send(
        new sdk.PutObjectCommand({
            Bucket: must(inputs, "bucket"),
            Key: must(inputs, "key"),
            Body: source ? assetBytes(source) : Buffer.from(str(inputs, "content") ?? ""),
            ContentType: str(inputs, "contentType"),
            ServerSideEncryption: str(inputs, "serverSideEncryption") as never,
            SSEKMSKeyId: str(inputs, "kmsKeyId"),
            Tagging: new URLSearchParams(tagMap(inputs)).toString() || undefined,
        }),
    );
    return { etag: made.ETag?.replace(/"/g, ""), versionId: made.VersionId };
}

/** One object of a bucket, from a file or a text. */
export const bucketObject: ResourceEntry = {
    type: "aws:s3/bucketObjectv2:BucketObjectv2",
    properties: [
        "bucket",
        "content",
        "contentType",
        "key",
        "kmsKeyId",
        "serverSideEncryption",
        "source",
        "sourceHash",
    ],
    replaceOn: ["bucket", "key"],
    tagged: true,
    async create(ctx, inputs) {
        const outs = await put(ctx, inputs);
        const where = `${must(inputs, "bucket")}/${must(inputs, "key")}`;
        return { id: where, outs: { ...outs, arn: `arn:aws:s3:::${where}` } };
    },
    update: (ctx, { news }) => put(ctx, news),
    async read(ctx, _id, state) {
        const { sdk, s3 } = await client(ctx);
        const where = { Bucket: must(state, "bucket"), Key: must(state, "key") };
        const found = await orMissing(s3.send(new sdk.HeadObjectCommand(where)));
        return found && { outs: { etag: found.ETag?.replace(/"/g, ""), versionId: found.VersionId } };
    },
    async delete(ctx, _id, state) {
        const { sdk, s3 } = await client(ctx);
        const [Bucket, Key] = [must(state, "bucket"), must(state, "key")];
        const page = await orMissing(s3.send(new sdk.ListObjectVersionsCommand({ Bucket, Prefix: Key })));
        const versions = [...(page?.Versions ?? []), ...(page?.DeleteMarkers ?? [])];
        for (const { VersionId } of versions.filter((version) => version.Key === Key)) {
            await orMissing(s3.send(new sdk.DeleteObjectCommand({ Bucket, Key, VersionId })));
        }
    },
};
