import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import { archiveFiles, zip } from "../archive";
import type { Context } from "../context";
import {
    bool,
    list,
    must,
    num,
    obj,
    orMissing,
    pascal,
    str,
    tagChanges,
    tagMap,
    type Props,
} from "../properties";
import type { ResourceEntry } from "../resource";
import { lambdaClient } from "./lambda-client";

const CODE = ["code", "imageUri", "s3Bucket", "s3Key", "s3ObjectVersion", "sourceCodeHash"];
const CONFIGURATION = [
    "deadLetterConfig",
    "description",
    "environment",
    "ephemeralStorage",
    "handler",
    "imageConfig",
    "kmsKeyArn",
    "layers",
    "loggingConfig",
    "memorySize",
    "role",
    "runtime",
    "timeout",
    "tracingConfig",
    "vpcConfig",
];

function code(inputs: Props): Props {
    const archive = obj(inputs, "code");
    if (archive) {
        return { ZipFile: zip(archiveFiles(archive)) };
    }
    return {
        ImageUri: str(inputs, "imageUri"),
        S3Bucket: str(inputs, "s3Bucket"),
        S3Key: str(inputs, "s3Key"),
        S3ObjectVersion: str(inputs, "s3ObjectVersion"),
    };
}

function configuration(inputs: Props): Props {
    const { deadLetterConfig, environment, loggingConfig, tracingConfig, vpcConfig, imageConfig } = inputs;
    return {
        DeadLetterConfig: deadLetterConfig ? pascal(deadLetterConfig) : undefined,
        Description: str(inputs, "description"),
        Environment: { Variables: tagMap((environment ?? {}) as Props, "variables") },
        EphemeralStorage: pascal(inputs.ephemeralStorage),
        Handler: str(inputs, "handler"),
        ImageConfig: pascal(imageConfig),
        KMSKeyArn: str(inputs, "kmsKeyArn"),
        Layers: inputs.layers,
        LoggingConfig: pascal(loggingConfig),
        MemorySize: num(inputs, "memorySize"),
        Role: must(inputs, "role"),
        Runtime: str(inputs, "runtime"),
        Timeout: num(inputs, "timeout"),
        TracingConfig: pascal(tracingConfig),
        VpcConfig: vpcConfig
            ? {
                  SubnetIds: list(vpcConfig as Props, "subnetIds"),
                  SecurityGroupIds: list(vpcConfig as Props, "securityGroupIds"),
              }
            : undefined,
    };
}

function outputs(ctx: Context, found: FunctionConfiguration): Props {
    const arn = (found.FunctionArn ?? "").split(":").slice(0, 7).join(":");
    const version = found.Version ?? "$LATEST";
    const invoke = (target: string): string =>
        `arn:aws:apigateway:${ctx.region}:lambda:path/2015-03-31/functions/${target}/invocations`;
    return {
        arn,
        invokeArn: invoke(arn),
        qualifiedArn: `${arn}:${version}`,
        qualifiedInvokeArn: invoke(`${arn}:${version}`),
        version,
        lastModified: found.LastModified ?? "",
        codeSha256: found.CodeSha256,
        sourceCodeHash: found.CodeSha256,
        sourceCodeSize: found.CodeSize,
    };
}

/** Waits until the last change is done; the emulator is quick, AWS is not. */
async function settled(ctx: Context, FunctionName: string): Promise<FunctionConfiguration> {
    const { sdk, lambda } = await lambdaClient(ctx);
    for (let attempt = 0; attempt < 300; attempt += 1) {
        const found = await lambda.send(new sdk.GetFunctionConfigurationCommand({ FunctionName }));
        if (found.State !== "Pending" && found.LastUpdateStatus !== "InProgress") {
            return found;
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`function ${FunctionName} does not become active`);
}

async function setConcurrency(ctx: Context, FunctionName: string, inputs: Props): Promise<void> {
    const { sdk, lambda } = await lambdaClient(ctx);
    const wanted = num(inputs, "reservedConcurrentExecutions") ?? -1;
    await (wanted >= 0
        ? lambda.send(
              new sdk.PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: wanted }),
          )
        : lambda.send(new sdk.DeleteFunctionConcurrencyCommand({ FunctionName })));
}

export const lambdaFunction: ResourceEntry = {
    type: "aws:lambda/function:Function",
    properties: [
        ...CODE,
        ...CONFIGURATION,
        "architectures",
        "name",
        "packageType",
        "publish",
        "reservedConcurrentExecutions",
        "skipDestroy",
        "useResourceTimeoutForPropagation",
    ],
    declaredOnly: [
        "codeSigningConfigArn",
        "fileSystemConfig",
        "snapStart",
        "replaceSecurityGroupsOnDestroy",
        "replacementSecurityGroupIds",
        "sourceKmsKeyArn",
    ],
    replaceOn: ["name", "packageType", "architectures"],
    autoName: { property: "name", maxLength: 64 },
    tagged: true,
    async create(ctx, inputs) {
        const { sdk, lambda } = await lambdaClient(ctx);
        const FunctionName = must(inputs, "name");
        await lambda.send(
            new sdk.CreateFunctionCommand({
                FunctionName,
                ...(configuration(inputs) as { Role: string }),
                Architectures: inputs.architectures as never,
                PackageType: str(inputs, "packageType") as never,
                Code: code(inputs),
                Publish: bool(inputs, "publish"),
                Tags: tagMap(inputs),
            }),
        );
        const found = await settled(ctx, FunctionName);
        if ((num(inputs, "reservedConcurrentExecutions") ?? -1) >= 0) {
            await setConcurrency(ctx, FunctionName, inputs);
        }
        return { id: FunctionName, outs: outputs(ctx, found) };
    },
    async update(ctx, { id: FunctionName, olds, news, changed }) {
        const { sdk, lambda } = await lambdaClient(ctx);
        if (CONFIGURATION.some((property) => changed.has(property))) {
            const empty = {
                DeadLetterConfig: {},
                Description: "",
                Layers: [],
                VpcConfig: { SubnetIds: [], SecurityGroupIds: [] },
            };
            const wanted = Object.entries(configuration(news)).filter(([, value]) => value !== undefined);
            await lambda.send(
                new sdk.UpdateFunctionConfigurationCommand({
                    FunctionName,
                    ...onlyFormer(empty, olds),
                    ...Object.fromEntries(wanted),
                }),
            );
            await settled(ctx, FunctionName);
        }
        if (CODE.some((property) => changed.has(property))) {
            await lambda.send(
                new sdk.UpdateFunctionCodeCommand({
                    FunctionName,
                    ...code(news),
                    Publish: bool(news, "publish"),
                }),
            );
        }
        if (changed.has("reservedConcurrentExecutions")) {
            await setConcurrency(ctx, FunctionName, news);
        }
        const { set, remove } = tagChanges(olds, news);
        if (Object.keys(set).length > 0) {
            await lambda.send(new sdk.TagResourceCommand({ Resource: String(olds.arn), Tags: set }));
        }
        if (remove.length > 0) {
            await lambda.send(new sdk.UntagResourceCommand({ Resource: String(olds.arn), TagKeys: remove }));
        }
        return outputs(ctx, await settled(ctx, FunctionName));
    },
    async read(ctx, id) {
        const { sdk, lambda } = await lambdaClient(ctx);
        const found = await orMissing(
            lambda.send(new sdk.GetFunctionConfigurationCommand({ FunctionName: id })),
        );
        return found && { outs: { name: id, ...outputs(ctx, found) } };
    },
    async delete(ctx, id) {
        const { sdk, lambda } = await lambdaClient(ctx);
        await orMissing(lambda.send(new sdk.DeleteFunctionCommand({ FunctionName: id })));
    },
};

/** What has to be emptied because it was set before. */
function onlyFormer(empty: Props, olds: Props): Props {
    return Object.fromEntries(
        Object.entries(empty).filter(
            ([name]) => olds[name.charAt(0).toLowerCase() + name.slice(1)] !== undefined,
        ),
    );
}
