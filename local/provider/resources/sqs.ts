import type { SQSClient } from "@aws-sdk/client-sqs";
import type { Context } from "../context";
import { must, orMissing, str, tagChanges, tagMap, type Props } from "../properties";
import type { ResourceEntry } from "../resource";

type Sdk = typeof import("@aws-sdk/client-sqs");

async function client(ctx: Context): Promise<{ sdk: Sdk; sqs: SQSClient }> {
    const sdk = await import("@aws-sdk/client-sqs");
    return { sdk, sqs: ctx.client("sqs", sdk.SQSClient) };
}

/** Attribute name and AWS's default, which an update writes when the input goes away. */
const ATTRIBUTES: Record<string, [name: string, byDefault: string]> = {
    contentBasedDeduplication: ["ContentBasedDeduplication", "false"],
    deduplicationScope: ["DeduplicationScope", ""],
    delaySeconds: ["DelaySeconds", "0"],
    fifoQueue: ["FifoQueue", ""],
    fifoThroughputLimit: ["FifoThroughputLimit", ""],
    kmsDataKeyReusePeriodSeconds: ["KmsDataKeyReusePeriodSeconds", "300"],
    kmsMasterKeyId: ["KmsMasterKeyId", ""],
    maxMessageSize: ["MaximumMessageSize", "262144"],
    messageRetentionSeconds: ["MessageRetentionPeriod", "345600"],
    policy: ["Policy", ""],
    receiveWaitTimeSeconds: ["ReceiveMessageWaitTimeSeconds", "0"],
    redriveAllowPolicy: ["RedriveAllowPolicy", ""],
    redrivePolicy: ["RedrivePolicy", ""],
    sqsManagedSseEnabled: ["SqsManagedSseEnabled", "true"],
    visibilityTimeoutSeconds: ["VisibilityTimeout", "30"],
};

function attributes(inputs: Props): Record<string, string> {
    return Object.fromEntries(
        Object.entries(ATTRIBUTES)
            .filter(([property]) => inputs[property] !== undefined)
            .filter(([property]) => property !== "fifoQueue" || inputs.fifoQueue === true)
            .map(([property, [name]]) => [name, String(inputs[property])]),
    );
}

async function queueOuts(ctx: Context, url: string): Promise<Props> {
    const name = url.split("/").pop() as string;
    return { url, name, arn: await ctx.arn("sqs", name) };
}

const queue: ResourceEntry = {
    type: "aws:sqs/queue:Queue",
    properties: [...Object.keys(ATTRIBUTES), "name", "namePrefix"],
    replaceOn: ["name", "namePrefix", "fifoQueue"],
    autoName: {
        property: "name",
        prefixProperty: "namePrefix",
        maxLength: 80,
        suffix: (inputs) => (inputs.fifoQueue === true ? ".fifo" : ""),
    },
    tagged: true,
    async create(ctx, inputs) {
        const { sdk, sqs } = await client(ctx);
        const made = await sqs.send(
            new sdk.CreateQueueCommand({
                QueueName: must(inputs, "name"),
                Attributes: attributes(inputs),
                tags: tagMap(inputs),
            }),
        );
        const url = made.QueueUrl ?? "";
        return { id: url, outs: await queueOuts(ctx, url) };
    },
    async update(ctx, { id, olds, news, changed }) {
        const { sdk, sqs } = await client(ctx);
        const wanted = Object.fromEntries(
            Object.entries(ATTRIBUTES)
                .filter(([property]) => changed.has(property))
                .map(([property, [name, byDefault]]) => [name, str(news, property) ?? byDefault]),
        );
        if (Object.keys(wanted).length > 0) {
            await sqs.send(new sdk.SetQueueAttributesCommand({ QueueUrl: id, Attributes: wanted }));
        }
        const { set, remove } = tagChanges(olds, news);
        if (Object.keys(set).length > 0) {
            await sqs.send(new sdk.TagQueueCommand({ QueueUrl: id, Tags: set }));
        }
        if (remove.length > 0) {
            await sqs.send(new sdk.UntagQueueCommand({ QueueUrl: id, TagKeys: remove }));
        }
    },
    async read(ctx, id) {
        const { sdk, sqs } = await client(ctx);
        const found = await orMissing(
            sqs.send(new sdk.GetQueueAttributesCommand({ QueueUrl: id, AttributeNames: ["QueueArn"] })),
        );
        return found && { outs: await queueOuts(ctx, id) };
    },
    async delete(ctx, id) {
        const { sdk, sqs } = await client(ctx);
        await orMissing(sqs.send(new sdk.DeleteQueueCommand({ QueueUrl: id })));
    },
};

async function putPolicy(ctx: Context, url: string, policy: string): Promise<void> {
    const { sdk, sqs } = await client(ctx);
    await sqs.send(new sdk.SetQueueAttributesCommand({ QueueUrl: url, Attributes: { Policy: policy } }));
}

const queuePolicy: ResourceEntry = {
    type: "aws:sqs/queuePolicy:QueuePolicy",
    properties: ["policy", "queueUrl"],
    replaceOn: ["queueUrl"],
    async create(ctx, inputs) {
        await putPolicy(ctx, must(inputs, "queueUrl"), must(inputs, "policy"));
        return { id: must(inputs, "queueUrl"), outs: {} };
    },
    update: (ctx, { id, news }) => putPolicy(ctx, id, must(news, "policy")),
    async read(ctx, id) {
        const { sdk, sqs } = await client(ctx);
        const found = await orMissing(
            sqs.send(new sdk.GetQueueAttributesCommand({ QueueUrl: id, AttributeNames: ["Policy"] })),
        );
        return found?.Attributes?.Policy ? { outs: { queueUrl: id } } : undefined;
    },
    async delete(ctx, id) {
        await orMissing(putPolicy(ctx, id, ""));
    },
};

export const sqs: readonly ResourceEntry[] = [queue, queuePolicy];
