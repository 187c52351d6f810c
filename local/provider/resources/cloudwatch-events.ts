import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import type { Context } from "../context";
import { must, obj, orMissing, pascal, str, tagChanges, tagList, type Props } from "../properties";
import type { ResourceEntry } from "../resource";

type Sdk = typeof import("@aws-sdk/client-eventbridge");

async function client(ctx: Context): Promise<{ sdk: Sdk; events: EventBridgeClient }> {
    const sdk = await import("@aws-sdk/client-eventbridge");
    return { sdk, events: ctx.client("events", sdk.EventBridgeClient) };
}

async function putRule(ctx: Context, inputs: Props): Promise<string | undefined> {
    const { sdk, events } = await client(ctx);
    const made = await events.send(
        new sdk.PutRuleCommand({
            Name: must(inputs, "name"),
            Description: str(inputs, "description"),
            EventBusName: str(inputs, "eventBusName"),
            EventPattern: str(inputs, "eventPattern"),
            ScheduleExpression: str(inputs, "scheduleExpression"),
            RoleArn: str(inputs, "roleArn"),
            State: (str(inputs, "state") ?? "ENABLED") as never,
            Tags: tagList(inputs),
        }),
    );
    return made.RuleArn;
}

const rule: ResourceEntry = {
    type: "aws:cloudwatch/eventRule:EventRule",
    properties: [
        "description",
        "eventBusName",
        "eventPattern",
        "name",
        "namePrefix",
        "roleArn",
        "scheduleExpression",
        "state",
    ],
    declaredOnly: ["forceDestroy"],
    replaceOn: ["eventBusName", "name", "namePrefix"],
    autoName: { property: "name", prefixProperty: "namePrefix", maxLength: 64 },
    tagged: true,
    async create(ctx, inputs) {
        const arn = await putRule(ctx, inputs);
        return { id: must(inputs, "name"), outs: { arn } };
    },
    async update(ctx, { olds, news }) {
        await putRule(ctx, { ...news, tags: undefined });
        const { sdk, events } = await client(ctx);
        const ResourceARN = String(olds.arn);
        const { set, remove } = tagChanges(olds, news);
        if (Object.keys(set).length > 0) {
            const Tags = tagList({ tags: set });
            await events.send(new sdk.TagResourceCommand({ ResourceARN, Tags }));
        }
        if (remove.length > 0) {
            await events.send(new sdk.UntagResourceCommand({ ResourceARN, TagKeys: remove }));
        }
    },
    async read(ctx, id, state) {
        const { sdk, events } = await client(ctx);
        const EventBusName = str(state, "eventBusName");
        const found = await orMissing(events.send(new sdk.DescribeRuleCommand({ Name: id, EventBusName })));
        return found && { outs: { name: id, arn: found.Arn } };
    },
    async delete(ctx, id, state) {
        const { sdk, events } = await client(ctx);
        const EventBusName = str(state, "eventBusName");
        await orMissing(events.send(new sdk.DeleteRuleCommand({ Name: id, EventBusName })));
    },
};

async function putTarget(ctx: Context, inputs: Props): Promise<void> {
    const { sdk, events } = await client(ctx);
    const { FailedEntries } = await events.send(
        new sdk.PutTargetsCommand({
            Rule: must(inputs, "rule"),
            EventBusName: str(inputs, "eventBusName"),
            Targets: [
                {
                    Id: must(inputs, "targetId"),
                    Arn: must(inputs, "arn"),
                    RoleArn: str(inputs, "roleArn"),
                    Input: str(inputs, "input"),
                    InputPath: str(inputs, "inputPath"),
                    DeadLetterConfig: obj(inputs, "deadLetterConfig") && pascal(inputs.deadLetterConfig),
                    RetryPolicy: obj(inputs, "retryPolicy") && pascal(inputs.retryPolicy),
                },
            ],
        }),
    );
    if (FailedEntries?.length) {
        throw new Error(`${FailedEntries[0].ErrorCode}: ${FailedEntries[0].ErrorMessage}`);
    }
}

const target: ResourceEntry = {
    type: "aws:cloudwatch/eventTarget:EventTarget",
    properties: [
        "arn",
        "deadLetterConfig",
        "eventBusName",
        "input",
        "inputPath",
        "retryPolicy",
        "roleArn",
        "rule",
        "targetId",
    ],
    declaredOnly: ["forceDestroy"],
    replaceOn: ["eventBusName", "rule", "targetId"],
    autoName: { property: "targetId", maxLength: 64 },
    async create(ctx, inputs) {
        await putTarget(ctx, inputs);
        return { id: `${must(inputs, "rule")}-${must(inputs, "targetId")}`, outs: {} };
    },
    update: (ctx, { news }) => putTarget(ctx, news),
    async read(ctx, _id, state) {
        const { sdk, events } = await client(ctx);
        const Rule = must(state, "rule");
        const EventBusName = str(state, "eventBusName");
        const page = await orMissing(events.send(new sdk.ListTargetsByRuleCommand({ Rule, EventBusName })));
        return page?.Targets?.some(({ Id }) => Id === state.targetId) ? { outs: {} } : undefined;
    },
    async delete(ctx, _id, state) {
        const { sdk, events } = await client(ctx);
        await orMissing(
            events.send(
                new sdk.RemoveTargetsCommand({
                    Rule: must(state, "rule"),
                    EventBusName: str(state, "eventBusName"),
                    Ids: [must(state, "targetId")],
                }),
            ),
        );
    },
};

export const events: readonly ResourceEntry[] = [rule, target];
