import type { DynamoDBClient, TableDescription } from "@aws-sdk/client-dynamodb";
import type { Context } from "../context";
import {
    bool,
    equal,
    list,
    must,
    num,
    obj,
    orMissing,
    str,
    tagChanges,
    tagList,
    type Props,
} from "../properties";
import type { ResourceEntry } from "../resource";

type Sdk = typeof import("@aws-sdk/client-dynamodb");

async function client(ctx: Context): Promise<{ sdk: Sdk; db: DynamoDBClient }> {
    const sdk = await import("@aws-sdk/client-dynamodb");
    return { sdk, db: ctx.client("dynamodb", sdk.DynamoDBClient) };
}

function keySchema(hashKey: unknown, rangeKey: unknown): Props[] {
    return [
        { AttributeName: hashKey, KeyType: "HASH" },
        ...(rangeKey ? [{ AttributeName: rangeKey, KeyType: "RANGE" }] : []),
    ];
}

const throughput = (props: Props, onDemand: boolean): Props =>
    onDemand
        ? {}
        : {
              ProvisionedThroughput: {
                  ReadCapacityUnits: num(props, "readCapacity") ?? 1,
                  WriteCapacityUnits: num(props, "writeCapacity") ?? 1,
              },
          };

/** An index as the SDK wants it; newer programs give `keySchemas` in place of hash and range key. */
function index(props: Props, onDemand: boolean | undefined): Props {
    const schema = list<Props>(props, "keySchemas").map((key) => ({
        AttributeName: key.attributeName,
        KeyType: key.keyType,
    }));
    return {
        IndexName: props.name,
        KeySchema: schema.length > 0 ? schema : keySchema(props.hashKey, props.rangeKey),
        Projection: {
            ProjectionType: props.projectionType,
            ...(props.nonKeyAttributes ? { NonKeyAttributes: props.nonKeyAttributes } : {}),
        },
        ...(onDemand === undefined ? {} : throughput(props, onDemand)),
    };
}

const definitions = (inputs: Props): never =>
    list<Props>(inputs, "attributes").map(({ name, type }) => ({
        AttributeName: name,
        AttributeType: type,
    })) as never;

const isOnDemand = (inputs: Props): boolean => inputs.billingMode === "PAY_PER_REQUEST";

function streamSpec(inputs: Props): { StreamEnabled: boolean; StreamViewType?: never } {
    const enabled = bool(inputs, "streamEnabled") === true;
    return enabled
        ? { StreamEnabled: true, StreamViewType: str(inputs, "streamViewType") as never }
        : { StreamEnabled: false };
}

function encryption(
    inputs: Props,
): { Enabled: boolean; SSEType?: "KMS"; KMSMasterKeyId?: string } | undefined {
    const wanted = obj(inputs, "serverSideEncryption");
    return wanted && bool(wanted, "enabled")
        ? { Enabled: true, SSEType: "KMS", KMSMasterKeyId: str(wanted, "kmsKeyArn") }
        : undefined;
}

async function active(ctx: Context, TableName: string): Promise<TableDescription> {
    const { sdk, db } = await client(ctx);
    for (let attempt = 0; attempt < 60; attempt += 1) {
        const { Table } = await db.send(new sdk.DescribeTableCommand({ TableName }));
        if (Table?.TableStatus === "ACTIVE") {
            return Table;
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`table ${TableName} does not become active`);
}

const outputs = (table: TableDescription): Props => ({
    arn: table.TableArn,
    streamArn: table.LatestStreamArn ?? "",
    streamLabel: table.LatestStreamLabel ?? "",
});

async function setTtl(ctx: Context, TableName: string, olds: Props, news: Props): Promise<void> {
    const { sdk, db } = await client(ctx);
    const wanted = obj(news, "ttl");
    const attribute = wanted?.attributeName ?? obj(olds, "ttl")?.attributeName;
    if (attribute) {
        await db.send(
            new sdk.UpdateTimeToLiveCommand({
                TableName,
                TimeToLiveSpecification: {
                    AttributeName: String(attribute),
                    Enabled: wanted ? bool(wanted, "enabled") !== false : false,
                },
            }),
        );
    }
}

async function setRecovery(ctx: Context, TableName: string, inputs: Props): Promise<void> {
    const { sdk, db } = await client(ctx);
    const wanted = obj(inputs, "pointInTimeRecovery");
    await db.send(
        new sdk.UpdateContinuousBackupsCommand({
            TableName,
            PointInTimeRecoverySpecification: {
                PointInTimeRecoveryEnabled: wanted ? bool(wanted, "enabled") === true : false,
                ...(wanted && num(wanted, "recoveryPeriodInDays")
                    ? { RecoveryPeriodInDays: num(wanted, "recoveryPeriodInDays") }
                    : {}),
            },
        }),
    );
}

/** AWS takes one change of an index a call. */
async function syncIndexes(ctx: Context, TableName: string, olds: Props, news: Props): Promise<void> {
    const { sdk, db } = await client(ctx);
    const [before, after] = [olds, news].map((props) => list<Props>(props, "globalSecondaryIndexes"));
    for (const old of before.filter((gsi) => !after.some((entry) => equal(entry, gsi)))) {
        await db.send(
            new sdk.UpdateTableCommand({
                TableName,
                GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: String(old.name) } }],
            }),
        );
        await active(ctx, TableName);
    }
    for (const gsi of after.filter((entry) => !before.some((old) => equal(entry, old)))) {
        await db.send(
            new sdk.UpdateTableCommand({
                TableName,
                AttributeDefinitions: definitions(news),
                GlobalSecondaryIndexUpdates: [{ Create: index(gsi, isOnDemand(news)) as never }],
            }),
        );
        await active(ctx, TableName);
    }
}

const table: ResourceEntry = {
    type: "aws:dynamodb/table:Table",
    properties: [
        "attributes",
        "billingMode",
        "deletionProtectionEnabled",
        "globalSecondaryIndexes",
        "hashKey",
        "localSecondaryIndexes",
        "name",
        "pointInTimeRecovery",
        "rangeKey",
        "readCapacity",
        "serverSideEncryption",
        "streamEnabled",
        "streamViewType",
        "tableClass",
        "ttl",
        "writeCapacity",
    ],
    declaredOnly: ["onDemandThroughput", "warmThroughput"],
    replaceOn: ["name", "hashKey", "rangeKey", "localSecondaryIndexes"],
    autoName: { property: "name", maxLength: 255 },
    tagged: true,
    async create(ctx, inputs) {
        const { sdk, db } = await client(ctx);
        const TableName = must(inputs, "name");
        const onDemand = isOnDemand(inputs);
        const [globals, locals] = ["globalSecondaryIndexes", "localSecondaryIndexes"].map((key) =>
            list<Props>(inputs, key),
        );
        await db.send(
            new sdk.CreateTableCommand({
                TableName,
                AttributeDefinitions: definitions(inputs),
                KeySchema: keySchema(inputs.hashKey, inputs.rangeKey) as never,
                BillingMode: onDemand ? "PAY_PER_REQUEST" : "PROVISIONED",
                ...throughput(inputs, onDemand),
                GlobalSecondaryIndexes: globals.length
                    ? (globals.map((gsi) => index(gsi, onDemand)) as never)
                    : undefined,
                LocalSecondaryIndexes: locals.length
                    ? (locals.map((lsi) => index(lsi, undefined)) as never)
                    : undefined,
                StreamSpecification: bool(inputs, "streamEnabled") ? streamSpec(inputs) : undefined,
                SSESpecification: encryption(inputs),
                TableClass: str(inputs, "tableClass") as never,
                DeletionProtectionEnabled: bool(inputs, "deletionProtectionEnabled"),
                Tags: tagList(inputs),
            }),
        );
        const description = await active(ctx, TableName);
        if (inputs.ttl) {
            await setTtl(ctx, TableName, {}, inputs);
        }
        if (inputs.pointInTimeRecovery) {
            await setRecovery(ctx, TableName, inputs);
        }
        return { id: TableName, outs: outputs(description) };
    },
    async update(ctx, { id: TableName, olds, oldInputs, news, changed }) {
        const { sdk, db } = await client(ctx);
        const any = (...names: string[]): boolean => names.some((name) => changed.has(name));
        if (any("billingMode", "readCapacity", "writeCapacity")) {
            await db.send(
                new sdk.UpdateTableCommand({
                    TableName,
                    BillingMode: isOnDemand(news) ? "PAY_PER_REQUEST" : "PROVISIONED",
                    ...throughput(news, isOnDemand(news)),
                }),
            );
        }
        if (any("streamEnabled", "streamViewType")) {
            await db.send(new sdk.UpdateTableCommand({ TableName, StreamSpecification: streamSpec(news) }));
        }
        if (any("serverSideEncryption")) {
            await db.send(
                new sdk.UpdateTableCommand({
                    TableName,
                    SSESpecification: encryption(news) ?? { Enabled: false },
                }),
            );
        }
        if (any("deletionProtectionEnabled", "tableClass")) {
            await db.send(
                new sdk.UpdateTableCommand({
                    TableName,
                    DeletionProtectionEnabled: bool(news, "deletionProtectionEnabled") === true,
                    TableClass: str(news, "tableClass") as never,
                }),
            );
        }
        if (any("globalSecondaryIndexes")) {
            await syncIndexes(ctx, TableName, oldInputs, news);
        }
        if (any("ttl")) {
            await setTtl(ctx, TableName, oldInputs, news);
        }
        if (any("pointInTimeRecovery")) {
            await setRecovery(ctx, TableName, news);
        }
        const description = await active(ctx, TableName);
        const { set, remove } = tagChanges(olds, news);
        if (Object.keys(set).length > 0) {
            await db.send(
                new sdk.TagResourceCommand({
                    ResourceArn: description.TableArn,
                    Tags: tagList({ tags: set }),
                }),
            );
        }
        if (remove.length > 0) {
            await db.send(
                new sdk.UntagResourceCommand({ ResourceArn: description.TableArn, TagKeys: remove }),
            );
        }
        return outputs(description);
    },
    async read(ctx, id) {
        const { sdk, db } = await client(ctx);
        const found = await orMissing(db.send(new sdk.DescribeTableCommand({ TableName: id })));
        return found?.Table && { outs: { name: id, ...outputs(found.Table) } };
    },
    async delete(ctx, id) {
        const { sdk, db } = await client(ctx);
        await orMissing(db.send(new sdk.DeleteTableCommand({ TableName: id })));
    },
};

export const dynamodb: readonly ResourceEntry[] = [table];
