import type { S3Client } from "@aws-sdk/client-s3";
import type { Context } from "../context";
import { list, must, num, obj, orMissing, pascal, pick, str, tagList, type Props } from "../properties";
import type { ResourceEntry } from "../resource";
import { bucketNotification } from "./s3-notification";
import { bucketObject } from "./s3-object";
import { emptyBucket } from "./s3-empty";

type Sdk = typeof import("@aws-sdk/client-s3");

/** The S3 module and a client. */
export async function s3Client(ctx: Context): Promise<{ sdk: Sdk; s3: S3Client }> {
    const sdk = await import("@aws-sdk/client-s3");
    return { sdk, s3: ctx.client("s3", sdk.S3Client) };
}

async function putTags(ctx: Context, bucket: string, inputs: Props): Promise<void> {
    const { sdk, s3 } = await s3Client(ctx);
    const tags = tagList(inputs);
    await (tags
        ? s3.send(new sdk.PutBucketTaggingCommand({ Bucket: bucket, Tagging: { TagSet: tags } }))
        : s3.send(new sdk.DeleteBucketTaggingCommand({ Bucket: bucket })));
}

const bucketOuts = (ctx: Context, name: string): Props => ({
    arn: `arn:aws:s3:::${name}`,
    bucket: name,
    bucketDomainName: `${name}.s3.amazonaws.com`,
    bucketRegion: ctx.region,
    bucketRegionalDomainName: `${name}.s3.${ctx.region}.amazonaws.com`,
    hostedZoneId: "Z3AQBSTGFYJSTF",
});

const bucket: ResourceEntry = {
    type: "aws:s3/bucket:Bucket",
    properties: ["bucket", "bucketPrefix", "forceDestroy", "objectLockEnabled"],
    replaceOn: ["bucket", "bucketPrefix", "objectLockEnabled"],
    autoName: { property: "bucket", prefixProperty: "bucketPrefix", maxLength: 63, lowerCase: true },
    tagged: true,
    async create(ctx, inputs) {
        const { sdk, s3 } = await s3Client(ctx);
        const name = must(inputs, "bucket");
        await s3.send(
            new sdk.CreateBucketCommand({
                Bucket: name,
                ObjectLockEnabledForBucket: inputs.objectLockEnabled === true || undefined,
                ...(ctx.region === "us-east-1"
                    ? {}
                    : { CreateBucketConfiguration: { LocationConstraint: ctx.region as never } }),
            }),
        );
        if (tagList(inputs)) {
            await putTags(ctx, name, inputs);
        }
        return { id: name, outs: bucketOuts(ctx, name) };
    },
    async update(ctx, { id, news, changed }) {
        if (changed.has("tags")) {
            await putTags(ctx, id, news);
        }
    },
    async read(ctx, id) {
        const { sdk, s3 } = await s3Client(ctx);
        const found = await orMissing(s3.send(new sdk.HeadBucketCommand({ Bucket: id })));
        return found && { outs: bucketOuts(ctx, id) };
    },
    async delete(ctx, id, state) {
        const { sdk, s3 } = await s3Client(ctx);
        if (state.forceDestroy === true) {
            await orMissing(emptyBucket(ctx, id));
        }
        await orMissing(s3.send(new sdk.DeleteBucketCommand({ Bucket: id })));
    },
};

interface Setting {
    type: string;
    properties: readonly string[];
    declaredOnly?: readonly string[];
    put(sdk: Sdk, s3: S3Client, bucket: string, inputs: Props): Promise<unknown>;
    get(sdk: Sdk, s3: S3Client, bucket: string): Promise<Props | undefined>;
    remove(sdk: Sdk, s3: S3Client, bucket: string): Promise<unknown>;
}

/** Resources that are one setting of a bucket: put, get, delete; their id is the bucket. */
function setting({ type, properties, declaredOnly, put, get, remove }: Setting): ResourceEntry {
    return {
        type: `aws:s3/${type}`,
        properties: ["bucket", "expectedBucketOwner", ...properties],
        declaredOnly,
        replaceOn: ["bucket", "expectedBucketOwner"],
        async create(ctx, inputs) {
            const { sdk, s3 } = await s3Client(ctx);
            await put(sdk, s3, must(inputs, "bucket"), inputs);
            return { id: must(inputs, "bucket"), outs: {} };
        },
        async update(ctx, { id, news }) {
            const { sdk, s3 } = await s3Client(ctx);
            await put(sdk, s3, id, news);
        },
        async read(ctx, id) {
            const { sdk, s3 } = await s3Client(ctx);
            const found = await orMissing(get(sdk, s3, id));
            return found && { outs: { bucket: id, ...found } };
        },
        async delete(ctx, id) {
            const { sdk, s3 } = await s3Client(ctx);
            await orMissing(remove(sdk, s3, id));
        },
    };
}

const BLOCKS = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"] as const;

const publicAccessBlock = setting({
    type: "bucketPublicAccessBlock:BucketPublicAccessBlock",
    properties: [...BLOCKS, "skipDestroy"],
    put: (sdk, s3, name, inputs) =>
        s3.send(
            new sdk.PutPublicAccessBlockCommand({
                Bucket: name,
                PublicAccessBlockConfiguration: pascal(
                    Object.fromEntries(BLOCKS.map((key) => [key, inputs[key] === true])),
                ),
            }),
        ),
    get: async (sdk, s3, name) => {
        const found = await s3.send(new sdk.GetPublicAccessBlockCommand({ Bucket: name }));
        return found.PublicAccessBlockConfiguration && {};
    },
    remove: (sdk, s3, name) => s3.send(new sdk.DeletePublicAccessBlockCommand({ Bucket: name })),
});

const encryption = setting({
    type: "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    properties: ["rules"],
    put: (sdk, s3, name, inputs) =>
        s3.send(
            new sdk.PutBucketEncryptionCommand({
                Bucket: name,
                ServerSideEncryptionConfiguration: {
                    Rules: list<Props>(inputs, "rules").map((rule) => {
                        const byDefault = obj(rule, "applyServerSideEncryptionByDefault");
                        return {
                            BucketKeyEnabled: rule.bucketKeyEnabled === true || undefined,
                            ...(byDefault
                                ? {
                                      ApplyServerSideEncryptionByDefault: {
                                          SSEAlgorithm: str(byDefault, "sseAlgorithm") as never,
                                          KMSMasterKeyID: str(byDefault, "kmsMasterKeyId"),
                                      },
                                  }
                                : {}),
                        };
                    }),
                },
            }),
        ),
    get: async (sdk, s3, name) => {
        const found = await s3.send(new sdk.GetBucketEncryptionCommand({ Bucket: name }));
        return found.ServerSideEncryptionConfiguration && {};
    },
    remove: (sdk, s3, name) => s3.send(new sdk.DeleteBucketEncryptionCommand({ Bucket: name })),
});

const versioning = setting({
    type: "bucketVersioning:BucketVersioning",
    properties: ["versioningConfiguration"],
    declaredOnly: ["mfa"],
    put: async (sdk, s3, name, inputs) => {
        const wanted = obj(inputs, "versioningConfiguration") ?? {};
        if (wanted.status !== "Disabled") {
            await s3.send(
                new sdk.PutBucketVersioningCommand({
                    Bucket: name,
                    VersioningConfiguration: { Status: str(wanted, "status") as never },
                }),
            );
        }
    },
    get: async (sdk, s3, name) => {
        await s3.send(new sdk.GetBucketVersioningCommand({ Bucket: name }));
        return {};
    },
    remove: (sdk, s3, name) =>
        s3.send(
            new sdk.PutBucketVersioningCommand({
                Bucket: name,
                VersioningConfiguration: { Status: "Suspended" },
            }),
        ),
});

const policy = setting({
    type: "bucketPolicy:BucketPolicy",
    properties: ["policy"],
    put: (sdk, s3, name, inputs) =>
        s3.send(new sdk.PutBucketPolicyCommand({ Bucket: name, Policy: must(inputs, "policy") })),
    get: async (sdk, s3, name) => {
        const found = await s3.send(new sdk.GetBucketPolicyCommand({ Bucket: name }));
        return found.Policy ? {} : undefined;
    },
    remove: (sdk, s3, name) => s3.send(new sdk.DeleteBucketPolicyCommand({ Bucket: name })),
});

const ownership = setting({
    type: "bucketOwnershipControls:BucketOwnershipControls",
    properties: ["rule"],
    put: (sdk, s3, name, inputs) =>
        s3.send(
            new sdk.PutBucketOwnershipControlsCommand({
                Bucket: name,
                OwnershipControls: { Rules: [pascal(obj(inputs, "rule") ?? {})] },
            }),
        ),
    get: async (sdk, s3, name) => {
        const found = await s3.send(new sdk.GetBucketOwnershipControlsCommand({ Bucket: name }));
        return found.OwnershipControls && {};
    },
    remove: (sdk, s3, name) => s3.send(new sdk.DeleteBucketOwnershipControlsCommand({ Bucket: name })),
});

function lifecycleFilter(rule: Props): Props {
    const filter = obj(rule, "filter");
    if (!filter) {
        return { Prefix: str(rule, "prefix") ?? "" };
    }
    const and = obj(filter, "and");
    const tag = obj(filter, "tag");
    return {
        ...pascal(pick(filter, ["prefix"])),
        ...(num(filter, "objectSizeGreaterThan")
            ? { ObjectSizeGreaterThan: num(filter, "objectSizeGreaterThan") }
            : {}),
        ...(num(filter, "objectSizeLessThan")
            ? { ObjectSizeLessThan: num(filter, "objectSizeLessThan") }
            : {}),
        ...(tag ? { Tag: pascal(tag) } : {}),
        ...(and ? { And: { ...pascal<Props>({ ...and, tags: undefined }), Tags: tagList(and) } } : {}),
        ...(Object.keys(filter).length === 0 ? { Prefix: "" } : {}),
    };
}

const day = (props: Props | undefined): Props | undefined =>
    props && {
        ...pascal<Props>({ ...props, date: undefined }),
        ...(props.date ? { Date: new Date(String(props.date)) } : {}),
    };

const lifecycle = setting({
    type: "bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    properties: ["rules", "timeouts"],
    declaredOnly: ["transitionDefaultMinimumObjectSize"],
    put: (sdk, s3, name, inputs) =>
        s3.send(
            new sdk.PutBucketLifecycleConfigurationCommand({
                Bucket: name,
                LifecycleConfiguration: {
                    Rules: list<Props>(inputs, "rules").map((rule) => ({
                        ID: str(rule, "id"),
                        Status: str(rule, "status"),
                        Filter: lifecycleFilter(rule),
                        Expiration: day(obj(rule, "expiration")),
                        Transitions: rule.transitions ? list<Props>(rule, "transitions").map(day) : undefined,
                        NoncurrentVersionExpiration: pascal(rule.noncurrentVersionExpiration),
                        NoncurrentVersionTransitions: pascal(rule.noncurrentVersionTransitions),
                        AbortIncompleteMultipartUpload: pascal(rule.abortIncompleteMultipartUpload),
                    })) as never,
                },
            }),
        ),
    get: async (sdk, s3, name) => {
        const found = await s3.send(new sdk.GetBucketLifecycleConfigurationCommand({ Bucket: name }));
        return found.Rules && {};
    },
    remove: (sdk, s3, name) => s3.send(new sdk.DeleteBucketLifecycleCommand({ Bucket: name })),
});

export const s3: readonly ResourceEntry[] = [
    bucket,
    publicAccessBlock,
    encryption,
    versioning,
    policy,
    ownership,
    lifecycle,
    bucketNotification,
    bucketObject,
];
