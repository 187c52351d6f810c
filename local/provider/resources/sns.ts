import type { SNSClient } from "@aws-sdk/client-sns";
import type { Context } from "../context";
import { must, orMissing, str, tagChanges, tagList, type Props } from "../properties";
import type { ResourceEntry } from "../resource";

type Sdk = typeof import("@aws-sdk/client-sns");

async function client(ctx: Context): Promise<{ sdk: Sdk; sns: SNSClient }> {
    const sdk = await import("@aws-sdk/client-sns");
    return { sdk, sns: ctx.client("sns", sdk.SNSClient) };
}

const TOPIC: Record<string, string> = {
    contentBasedDeduplication: "ContentBasedDeduplication",
    deliveryPolicy: "DeliveryPolicy",
    displayName: "DisplayName",
    fifoTopic: "FifoTopic",
    kmsMasterKeyId: "KmsMasterKeyId",
    policy: "Policy",
    signatureVersion: "SignatureVersion",
    tracingConfig: "TracingConfig",
};
const SUBSCRIPTION: Record<string, string> = {
    deliveryPolicy: "DeliveryPolicy",
    filterPolicy: "FilterPolicy",
    filterPolicyScope: "FilterPolicyScope",
    rawMessageDelivery: "RawMessageDelivery",
    redrivePolicy: "RedrivePolicy",
    subscriptionRoleArn: "SubscriptionRoleArn",
};

const attributes = (names: Record<string, string>, inputs: Props): Record<string, string> =>
    Object.fromEntries(
        Object.entries(names)
            .filter(([property]) => inputs[property] !== undefined && inputs[property] !== false)
            .map(([property, name]) => [name, String(inputs[property])]),
    );

const topic: ResourceEntry = {
    type: "aws:sns/topic:Topic",
    properties: [...Object.keys(TOPIC), "name", "namePrefix"],
    replaceOn: ["name", "namePrefix", "fifoTopic"],
    autoName: {
        property: "name",
        prefixProperty: "namePrefix",
        maxLength: 256,
        suffix: (inputs) => (inputs.fifoTopic === true ? ".fifo" : ""),
    },
    tagged: true,
    async create(ctx, inputs) {
        const { sdk, sns } = await client(ctx);
        const made = await sns.send(
            new sdk.CreateTopicCommand({
                Name: must(inputs, "name"),
                Attributes: attributes(TOPIC, inputs),
                Tags: tagList(inputs),
            }),
        );
        return { id: made.TopicArn ?? "", outs: { arn: made.TopicArn, owner: await ctx.accountId() } };
    },
    async update(ctx, { id, olds, news, changed }) {
        const { sdk, sns } = await client(ctx);
        for (const [property, name] of Object.entries(TOPIC)) {
            if (changed.has(property)) {
                await sns.send(
                    new sdk.SetTopicAttributesCommand({
                        TopicArn: id,
                        AttributeName: name,
                        AttributeValue: str(news, property) ?? "",
                    }),
                );
            }
        }
        const { set, remove } = tagChanges(olds, news);
        if (Object.keys(set).length > 0) {
            await sns.send(new sdk.TagResourceCommand({ ResourceArn: id, Tags: tagList({ tags: set }) }));
        }
        if (remove.length > 0) {
            await sns.send(new sdk.UntagResourceCommand({ ResourceArn: id, TagKeys: remove }));
        }
    },
    async read(ctx, id) {
        const { sdk, sns } = await client(ctx);
        const found = await orMissing(sns.send(new sdk.GetTopicAttributesCommand({ TopicArn: id })));
        return found && { outs: { arn: id, name: id.split(":").pop(), owner: id.split(":")[4] } };
    },
    async delete(ctx, id) {
        const { sdk, sns } = await client(ctx);
        await orMissing(sns.send(new sdk.DeleteTopicCommand({ TopicArn: id })));
    },
};

async function putPolicy(ctx: Context, TopicArn: string, policy: string): Promise<void> {
    const { sdk, sns } = await client(ctx);
    await sns.send(
        new sdk.SetTopicAttributesCommand({ TopicArn, AttributeName: "Policy", AttributeValue: policy }),
    );
}

const topicPolicy: ResourceEntry = {
    type: "aws:sns/topicPolicy:TopicPolicy",
    properties: ["arn", "policy"],
    replaceOn: ["arn"],
    async create(ctx, inputs) {
        await putPolicy(ctx, must(inputs, "arn"), must(inputs, "policy"));
        return { id: must(inputs, "arn"), outs: { owner: await ctx.accountId() } };
    },
    update: (ctx, { id, news }) => putPolicy(ctx, id, must(news, "policy")),
    async read(ctx, id) {
        const { sdk, sns } = await client(ctx);
        const found = await orMissing(sns.send(new sdk.GetTopicAttributesCommand({ TopicArn: id })));
        return found?.Attributes?.Policy ? { outs: { arn: id } } : undefined;
    },
    // AWS puts its own default policy back: the owner may do everything.
    async delete(ctx, id) {
        const owner = id.split(":")[4];
        const policy = {
            Version: "2012-10-17",
            Statement: [
                {
                    Sid: "__default_statement_ID",
                    Effect: "Allow",
                    Principal: { AWS: `arn:aws:iam::${owner}:root` },
                    Action: "sns:*",
                    Resource: id,
                },
            ],
        };
        await orMissing(putPolicy(ctx, id, JSON.stringify(policy)));
    },
};

const topicSubscription: ResourceEntry = {
    type: "aws:sns/topicSubscription:TopicSubscription",
    properties: [...Object.keys(SUBSCRIPTION), "endpoint", "protocol", "topic"],
    declaredOnly: ["confirmationTimeoutInMinutes", "endpointAutoConfirms", "replayPolicy"],
    replaceOn: ["endpoint", "protocol", "topic"],
    async create(ctx, inputs) {
        const { sdk, sns } = await client(ctx);
        const made = await sns.send(
            new sdk.SubscribeCommand({
                TopicArn: must(inputs, "topic"),
                Protocol: must(inputs, "protocol"),
                Endpoint: must(inputs, "endpoint"),
                Attributes: attributes(SUBSCRIPTION, inputs),
                ReturnSubscriptionArn: true,
            }),
        );
        return {
            id: made.SubscriptionArn ?? "",
            outs: { arn: made.SubscriptionArn, ownerId: await ctx.accountId(), pendingConfirmation: false },
        };
    },
    async update(ctx, { id, news, changed }) {
        const { sdk, sns } = await client(ctx);
        for (const [property, name] of Object.entries(SUBSCRIPTION)) {
            if (changed.has(property)) {
                await sns.send(
                    new sdk.SetSubscriptionAttributesCommand({
                        SubscriptionArn: id,
                        AttributeName: name,
                        AttributeValue: str(news, property) ?? "",
                    }),
                );
            }
        }
    },
    async read(ctx, id) {
        const { sdk, sns } = await client(ctx);
        const found = await orMissing(
            sns.send(new sdk.GetSubscriptionAttributesCommand({ SubscriptionArn: id })),
        );
        return found && { outs: { arn: id } };
    },
    async delete(ctx, id) {
        const { sdk, sns } = await client(ctx);
        await orMissing(sns.send(new sdk.UnsubscribeCommand({ SubscriptionArn: id })));
    },
};

export const sns: readonly ResourceEntry[] = [topic, topicPolicy, topicSubscription];
