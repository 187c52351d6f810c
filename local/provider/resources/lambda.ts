import type { Context } from "../context";
import { bool, must, num, obj, orMissing, pascal, str, tagChanges, tagMap, type Props } from "../properties";
import type { ResourceEntry } from "../resource";
import { functionName, lambdaClient } from "./lambda-client";
import { lambdaFunction } from "./lambda-function";
import { invocation } from "./lambda-invocation";

const permission: ResourceEntry = {
    type: "aws:lambda/permission:Permission",
    properties: [
        "action",
        "eventSourceToken",
        "function",
        "functionUrlAuthType",
        "invokedViaFunctionUrl",
        "principal",
        "principalOrgId",
        "qualifier",
        "sourceAccount",
        "sourceArn",
        "statementId",
        "statementIdPrefix",
    ],
    replaceOn: [
        "action",
        "eventSourceToken",
        "function",
        "functionUrlAuthType",
        "invokedViaFunctionUrl",
        "principal",
        "principalOrgId",
        "qualifier",
        "sourceAccount",
        "sourceArn",
        "statementId",
        "statementIdPrefix",
    ],
    autoName: { property: "statementId", prefixProperty: "statementIdPrefix", maxLength: 100 },
    async create(ctx, inputs) {
        const { sdk, lambda } = await lambdaClient(ctx);
        await lambda.send(
            new sdk.AddPermissionCommand({
                FunctionName: must(inputs, "function"),
                StatementId: must(inputs, "statementId"),
                Action: must(inputs, "action"),
                Principal: must(inputs, "principal"),
                PrincipalOrgID: str(inputs, "principalOrgId"),
                SourceAccount: str(inputs, "sourceAccount"),
                SourceArn: str(inputs, "sourceArn"),
                Qualifier: str(inputs, "qualifier"),
                EventSourceToken: str(inputs, "eventSourceToken"),
                FunctionUrlAuthType: str(inputs, "functionUrlAuthType") as never,
            }),
        );
        return { id: must(inputs, "statementId"), outs: {} };
    },
    async read(ctx, id, state) {
        const { sdk, lambda } = await lambdaClient(ctx);
        const found = await orMissing(
            lambda.send(
                new sdk.GetPolicyCommand({
                    FunctionName: must(state, "function"),
                    Qualifier: str(state, "qualifier"),
                }),
            ),
        );
        const policy = JSON.parse(found?.Policy ?? "{}") as { Statement?: { Sid?: string }[] };
        return policy.Statement?.some(({ Sid }) => Sid === id) ? { outs: {} } : undefined;
    },
    async delete(ctx, id, state) {
        const { sdk, lambda } = await lambdaClient(ctx);
        await orMissing(
            lambda.send(
                new sdk.RemovePermissionCommand({
                    FunctionName: must(state, "function"),
                    StatementId: id,
                    Qualifier: str(state, "qualifier"),
                }),
            ),
        );
    },
};

function mappingSettings(inputs: Props): Props {
    return {
        BatchSize: num(inputs, "batchSize"),
        BisectBatchOnFunctionError: bool(inputs, "bisectBatchOnFunctionError"),
        DestinationConfig: destinations(inputs),
        Enabled: bool(inputs, "enabled") ?? true,
        FilterCriteria: inputs.filterCriteria ? pascal(inputs.filterCriteria) : undefined,
        FunctionResponseTypes: inputs.functionResponseTypes,
        KMSKeyArn: str(inputs, "kmsKeyArn"),
        MaximumBatchingWindowInSeconds: num(inputs, "maximumBatchingWindowInSeconds"),
        MaximumRecordAgeInSeconds: num(inputs, "maximumRecordAgeInSeconds"),
        MaximumRetryAttempts: num(inputs, "maximumRetryAttempts"),
        ParallelizationFactor: num(inputs, "parallelizationFactor"),
        ScalingConfig: pascal(inputs.scalingConfig),
        TumblingWindowInSeconds: num(inputs, "tumblingWindowInSeconds"),
    };
}

/** Pulumi calls a destination's ARN `destination` or `destinationArn`, the SDK `Destination`. */
function destinations(inputs: Props): Props | undefined {
    const config = obj(inputs, "destinationConfig");
    const one = (key: string): Props | undefined => {
        const target = config && obj(config, key);
        return target && { Destination: target.destination ?? target.destinationArn };
    };
    return config && { OnSuccess: one("onSuccess"), OnFailure: one("onFailure") };
}

interface Mapping {
    UUID?: string;
    FunctionArn?: string;
    EventSourceMappingArn?: string;
    State?: string;
}

async function mappingOuts(ctx: Context, mapping: Mapping): Promise<Props> {
    return {
        uuid: mapping.UUID,
        functionArn: mapping.FunctionArn,
        state: mapping.State,
        arn:
            mapping.EventSourceMappingArn ??
            (await ctx.arn("lambda", `event-source-mapping:${mapping.UUID}`)),
    };
}

const eventSourceMapping: ResourceEntry = {
    type: "aws:lambda/eventSourceMapping:EventSourceMapping",
    properties: [
        "batchSize",
        "bisectBatchOnFunctionError",
        "destinationConfig",
        "enabled",
        "eventSourceArn",
        "filterCriteria",
        "functionName",
        "functionResponseTypes",
        "kmsKeyArn",
        "maximumBatchingWindowInSeconds",
        "maximumRecordAgeInSeconds",
        "maximumRetryAttempts",
        "parallelizationFactor",
        "scalingConfig",
        "startingPosition",
        "startingPositionTimestamp",
        "tumblingWindowInSeconds",
        "useResourceTimeoutForPropagation",
    ],
    declaredOnly: ["metricsConfig", "provisionedPollerConfig"],
    replaceOn: ["eventSourceArn", "startingPosition", "startingPositionTimestamp"],
    tagged: true,
    async create(ctx, inputs) {
        const { sdk, lambda } = await lambdaClient(ctx);
        const made = await lambda.send(
            new sdk.CreateEventSourceMappingCommand({
                ...(mappingSettings(inputs) as object),
                EventSourceArn: must(inputs, "eventSourceArn"),
                FunctionName: must(inputs, "functionName"),
                StartingPosition: str(inputs, "startingPosition") as never,
                StartingPositionTimestamp: inputs.startingPositionTimestamp
                    ? new Date(String(inputs.startingPositionTimestamp))
                    : undefined,
                Tags: tagMap(inputs),
            }),
        );
        return { id: made.UUID ?? "", outs: await mappingOuts(ctx, made) };
    },
    async update(ctx, { id, olds, news }) {
        const { sdk, lambda } = await lambdaClient(ctx);
        const made = await lambda.send(
            new sdk.UpdateEventSourceMappingCommand({
                UUID: id,
                FunctionName: must(news, "functionName"),
                ...(mappingSettings(news) as object),
            }),
        );
        const { set, remove } = tagChanges(olds, news);
        if (Object.keys(set).length > 0) {
            await lambda.send(new sdk.TagResourceCommand({ Resource: String(olds.arn), Tags: set }));
        }
        if (remove.length > 0) {
            await lambda.send(new sdk.UntagResourceCommand({ Resource: String(olds.arn), TagKeys: remove }));
        }
        return mappingOuts(ctx, made);
    },
    async read(ctx, id) {
        const { sdk, lambda } = await lambdaClient(ctx);
        const found = await orMissing(lambda.send(new sdk.GetEventSourceMappingCommand({ UUID: id })));
        return found && { outs: await mappingOuts(ctx, found) };
    },
    async delete(ctx, id) {
        const { sdk, lambda } = await lambdaClient(ctx);
        await orMissing(lambda.send(new sdk.DeleteEventSourceMappingCommand({ UUID: id })));
    },
};

async function putInvokeConfig(ctx: Context, inputs: Props): Promise<void> {
    const { sdk, lambda } = await lambdaClient(ctx);
    await lambda.send(
        new sdk.PutFunctionEventInvokeConfigCommand({
            FunctionName: must(inputs, "functionName"),
            Qualifier: str(inputs, "qualifier"),
            MaximumEventAgeInSeconds: num(inputs, "maximumEventAgeInSeconds"),
            MaximumRetryAttempts: num(inputs, "maximumRetryAttempts") ?? 2,
            DestinationConfig: destinations(inputs),
        }),
    );
}

const functionEventInvokeConfig: ResourceEntry = {
    type: "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    properties: [
        "destinationConfig",
        "functionName",
        "maximumEventAgeInSeconds",
        "maximumRetryAttempts",
        "qualifier",
    ],
    replaceOn: ["functionName", "qualifier"],
    async create(ctx, inputs) {
        await putInvokeConfig(ctx, inputs);
        const qualifier = str(inputs, "qualifier");
        return { id: must(inputs, "functionName") + (qualifier ? `:${qualifier}` : ""), outs: {} };
    },
    update: (ctx, { news }) => putInvokeConfig(ctx, news),
    async read(ctx, id, state) {
        const { sdk, lambda } = await lambdaClient(ctx);
        const found = await orMissing(
            lambda.send(
                new sdk.GetFunctionEventInvokeConfigCommand({
                    FunctionName: str(state, "functionName") ?? functionName(id),
                    Qualifier: str(state, "qualifier"),
                }),
            ),
        );
        return found && { outs: {} };
    },
    async delete(ctx, id, state) {
        const { sdk, lambda } = await lambdaClient(ctx);
        await orMissing(
            lambda.send(
                new sdk.DeleteFunctionEventInvokeConfigCommand({
                    FunctionName: str(state, "functionName") ?? functionName(id),
                    Qualifier: str(state, "qualifier"),
                }),
            ),
        );
    },
};

export const lambda: readonly ResourceEntry[] = [
    lambdaFunction,
    permission,
    eventSourceMapping,
    functionEventInvokeConfig,
    invocation,
];
