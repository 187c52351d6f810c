import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { Context } from "../context";
import { bool, must, num, orMissing, str, tagChanges, tagMap, type Props } from "../properties";
import type { ResourceEntry } from "../resource";
import { metricAlarm } from "./cloudwatch-alarm";
import { events } from "./cloudwatch-events";

type Sdk = typeof import("@aws-sdk/client-cloudwatch-logs");

async function client(ctx: Context): Promise<{ sdk: Sdk; logs: CloudWatchLogsClient }> {
    const sdk = await import("@aws-sdk/client-cloudwatch-logs");
    return { sdk, logs: ctx.client("cloudwatchlogs", sdk.CloudWatchLogsClient) };
}

async function setRetention(ctx: Context, logGroupName: string, inputs: Props): Promise<void> {
    const { sdk, logs } = await client(ctx);
    const days = num(inputs, "retentionInDays") ?? 0;
    await (days > 0
        ? logs.send(new sdk.PutRetentionPolicyCommand({ logGroupName, retentionInDays: days }))
        : logs.send(new sdk.DeleteRetentionPolicyCommand({ logGroupName })));
}

const logGroup: ResourceEntry = {
    type: "aws:cloudwatch/logGroup:LogGroup",
    properties: ["kmsKeyId", "logGroupClass", "name", "namePrefix", "retentionInDays", "skipDestroy"],
    declaredOnly: ["deletionProtectionEnabled"],
    replaceOn: ["name", "namePrefix", "logGroupClass"],
    autoName: { property: "name", prefixProperty: "namePrefix", maxLength: 512 },
    tagged: true,
    async create(ctx, inputs) {
        const { sdk, logs } = await client(ctx);
        const logGroupName = must(inputs, "name");
        await logs.send(
            new sdk.CreateLogGroupCommand({
                logGroupName,
                kmsKeyId: str(inputs, "kmsKeyId"),
                logGroupClass: str(inputs, "logGroupClass") as never,
                tags: tagMap(inputs),
            }),
        );
        if (num(inputs, "retentionInDays")) {
            await setRetention(ctx, logGroupName, inputs);
        }
        return { id: logGroupName, outs: { arn: await ctx.arn("logs", `log-group:${logGroupName}`) } };
    },
    async update(ctx, { id, olds, news, changed }) {
        const { sdk, logs } = await client(ctx);
        if (changed.has("retentionInDays")) {
            await setRetention(ctx, id, news);
        }
        if (changed.has("kmsKeyId")) {
            const kmsKeyId = str(news, "kmsKeyId");
            await (kmsKeyId
                ? logs.send(new sdk.AssociateKmsKeyCommand({ logGroupName: id, kmsKeyId }))
                : logs.send(new sdk.DisassociateKmsKeyCommand({ logGroupName: id })));
        }
        const { set, remove } = tagChanges(olds, news);
        const resourceArn = String(olds.arn);
        if (Object.keys(set).length > 0) {
            await logs.send(new sdk.TagResourceCommand({ resourceArn, tags: set }));
        }
        if (remove.length > 0) {
            await logs.send(new sdk.UntagResourceCommand({ resourceArn, tagKeys: remove }));
        }
    },
    async read(ctx, id) {
        const { sdk, logs } = await client(ctx);
        const page = await logs.send(new sdk.DescribeLogGroupsCommand({ logGroupNamePrefix: id }));
        const found = page.logGroups?.find(({ logGroupName }) => logGroupName === id);
        return found && { outs: { name: id, arn: await ctx.arn("logs", `log-group:${id}`) } };
    },
    async delete(ctx, id, state) {
        const { sdk, logs } = await client(ctx);
        if (bool(state, "skipDestroy") !== true) {
            await orMissing(logs.send(new sdk.DeleteLogGroupCommand({ logGroupName: id })));
        }
    },
};

async function putFilter(ctx: Context, inputs: Props): Promise<void> {
    const { sdk, logs } = await client(ctx);
    await logs.send(
        new sdk.PutSubscriptionFilterCommand({
            logGroupName: must(inputs, "logGroup"),
            filterName: must(inputs, "name"),
            filterPattern: str(inputs, "filterPattern") ?? "",
            destinationArn: must(inputs, "destinationArn"),
            roleArn: str(inputs, "roleArn"),
            distribution: str(inputs, "distribution") as never,
        }),
    );
}

const logSubscriptionFilter: ResourceEntry = {
    type: "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter",
    properties: ["destinationArn", "distribution", "filterPattern", "logGroup", "name", "roleArn"],
    declaredOnly: ["applyOnTransformedLogs", "emitSystemFields"],
    replaceOn: ["name", "logGroup", "destinationArn"],
    autoName: { property: "name", maxLength: 512 },
    async create(ctx, inputs) {
        await putFilter(ctx, inputs);
        return { id: `${must(inputs, "logGroup")}|${must(inputs, "name")}`, outs: {} };
    },
    update: (ctx, { news }) => putFilter(ctx, news),
    async read(ctx, id) {
        const { sdk, logs } = await client(ctx);
        const [logGroupName, filterName] = id.split("|");
        const page = await orMissing(logs.send(new sdk.DescribeSubscriptionFiltersCommand({ logGroupName })));
        const found = page?.subscriptionFilters?.find((filter) => filter.filterName === filterName);
        return found && { outs: { logGroup: logGroupName, name: filterName } };
    },
    async delete(ctx, id) {
        const { sdk, logs } = await client(ctx);
        const [logGroupName, filterName] = id.split("|");
        await orMissing(logs.send(new sdk.DeleteSubscriptionFilterCommand({ logGroupName, filterName })));
    },
};

export const cloudwatch: readonly ResourceEntry[] = [logGroup, logSubscriptionFilter, metricAlarm, ...events];
