import type { Context } from "../context";
import { list, must, orMissing, str, type Props } from "../properties";
import type { ResourceEntry } from "../resource";

function target(arnKey: string, arnProperty: string): (entry: Props, index: number) => Props {
    return (entry, index) => {
        const rules = [
            ...(entry.filterPrefix ? [{ Name: "prefix", Value: str(entry, "filterPrefix") }] : []),
            ...(entry.filterSuffix ? [{ Name: "suffix", Value: str(entry, "filterSuffix") }] : []),
        ];
        return {
            Id: str(entry, "id") ?? `pulumi-${arnKey}-${index}`,
            [arnKey]: must(entry, arnProperty),
            Events: entry.events,
            ...(rules.length > 0 ? { Filter: { Key: { FilterRules: rules } } } : {}),
        };
    };
}

async function put(ctx: Context, bucket: string, inputs: Props): Promise<void> {
    const sdk = await import("@aws-sdk/client-s3");
    await ctx.client("s3", sdk.S3Client).send(
        new sdk.PutBucketNotificationConfigurationCommand({
            Bucket: bucket,
            NotificationConfiguration: {
                LambdaFunctionConfigurations: list<Props>(inputs, "lambdaFunctions").map(
                    target("LambdaFunctionArn", "lambdaFunctionArn"),
                ) as never,
                QueueConfigurations: list<Props>(inputs, "queues").map(
                    target("QueueArn", "queueArn"),
                ) as never,
                TopicConfigurations: list<Props>(inputs, "topics").map(
                    target("TopicArn", "topicArn"),
                ) as never,
                ...(inputs.eventbridge === true ? { EventBridgeConfiguration: {} } : {}),
            },
        }),
    );
}

/** Where a bucket's events go: one configuration a bucket. */
export const bucketNotification: ResourceEntry = {
    type: "aws:s3/bucketNotification:BucketNotification",
    properties: ["bucket", "eventbridge", "lambdaFunctions", "queues", "topics"],
    replaceOn: ["bucket"],
    async create(ctx, inputs) {
        await put(ctx, must(inputs, "bucket"), inputs);
        return { id: must(inputs, "bucket"), outs: {} };
    },
    update: (ctx, { id, news }) => put(ctx, id, news),
    async read(ctx, id) {
        const sdk = await import("@aws-sdk/client-s3");
        const found = await orMissing(
            ctx
                .client("s3", sdk.S3Client)
                .send(new sdk.GetBucketNotificationConfigurationCommand({ Bucket: id })),
        );
        return found && { outs: { bucket: id } };
    },
    async delete(ctx, id) {
        await orMissing(put(ctx, id, {}));
    },
};
