import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { STSClient } from "@aws-sdk/client-sts";
import { Indicator, matchOf } from "../../indicators/indicator";
import { Override } from "../../indicators/overrides";
import { IndicatorSettings, SETTINGS_KEY } from "../../indicators/settings";
import { encodeSnapshot, snapshotDigest } from "../../indicators/snapshot";
import { toItem } from "../../indicators/table-item";
import { Hub } from "./hub";

interface Command {
    readonly constructor: { readonly name: string };
    readonly input: Record<string, unknown>;
}

/** What a hub of a test holds. */
export interface HubContent {
    readonly settings?: Partial<IndicatorSettings>;
    readonly indicators?: readonly Indicator[];
    readonly overrides?: readonly Override[];
    /** Further objects, `bucket/key`. */
    readonly objects?: Readonly<Record<string, string | Buffer>>;
    /** Answers of functions, by name. */
    readonly functions?: Readonly<Record<string, (event: Record<string, unknown>) => unknown>>;
}

export const VERSION = "2026-11-24T12:00:00.000Z";

/** A hub in memory: S3, DynamoDB, Lambda and STS as far as the commands use them. */
export function testHub(content: HubContent = {}): { hub: Hub; overrides: Override[]; invoked: unknown[][] } {
    const snapshot = encodeSnapshot((content.indicators ?? []).map(matchOf));
    const current = {
        version: VERSION,
        key: "snapshots/a.bin",
        sha256: snapshotDigest(snapshot),
        counts: {},
    };
    const settings: IndicatorSettings = {
        feeds: [],
        allowList: [],
        warningLists: [],
        guard: { share: 0.5, minimum: 10 },
        widest: { ipv4: 8, ipv6: 19 },
        allowDocumentation: true,
        ...content.settings,
    };
    const objects = new Map<string, string | Buffer>(
        Object.entries({
            "snapshots/current.json": JSON.stringify(current),
            "snapshots/snapshots/a.bin": snapshot,
            [`snapshots/${SETTINGS_KEY}`]: JSON.stringify(settings),
            ...content.objects,
        }),
    );
    const items = new Map(
        (content.indicators ?? []).map((indicator) => [indicator.value, toItem(indicator)]),
    );
    const overrides = [...(content.overrides ?? [])];
    const invoked: unknown[][] = [];
    const hub: Hub = {
        names: {
            region: "us-east-1",
            iocTable: "ioc",
            overridesTable: "overrides",
            snapshotBucketName: "snapshots",
            lakeBucketName: "lake",
            collectFunction: "collect",
            compileFunction: "compile",
        },
        s3: clientOf(S3Client, (command) => s3Answer(objects, command)),
        dynamo: clientOf(DynamoDBClient, (command) => dynamoAnswer(items, overrides, command)),
        lambda: clientOf(LambdaClient, ({ input }) => {
            const event = JSON.parse(Buffer.from(input.Payload as Uint8Array).toString()) as Record<
                string,
                unknown
            >;
            invoked.push([input.FunctionName, event]);
            const answer = content.functions?.[String(input.FunctionName)]?.(event) ?? {};
            return { Payload: Buffer.from(JSON.stringify(answer)) };
        }),
        sts: clientOf(STSClient, () => ({ Arn: "arn:aws:sts::111111111111:assumed-role/analyst/ada" })),
        now: () => new Date("2026-11-24T12:30:00Z"),
    };
    return { hub, overrides, invoked };
}

/** A real client, so that the SDK's paginators take it, whose requests go nowhere. */
function clientOf<Client extends { send: unknown }>(
    Class: new (config: never) => Client,
    answer: (command: Command) => unknown,
): Client {
    const credentials = { accessKeyId: "k", secretAccessKey: "s" };
    const client = new Class({ region: "us-east-1", credentials } as never);
    client.send = async (command: Command) => answer(command);
    return client;
}

function s3Answer(objects: ReadonlyMap<string, string | Buffer>, { constructor, input }: Command): unknown {
    if (constructor.name === "ListObjectsV2Command") {
        const start = `${String(input.Bucket)}/`;
        const keys = [...objects.keys()].filter((path) => path.startsWith(start + String(input.Prefix)));
        return { Contents: keys.map((path) => ({ Key: path.slice(start.length) })) };
    }
    const object = objects.get(`${String(input.Bucket)}/${String(input.Key)}`);
    if (object === undefined) {
        throw Object.assign(new Error("gone"), { name: "NoSuchKey" });
    }
    const bytes = Buffer.from(object as string);
    return {
        Body: { transformToByteArray: async () => bytes, transformToString: async () => bytes.toString() },
    };
}

type Item = Record<string, { S?: string }>;

function dynamoAnswer(
    items: ReadonlyMap<string, unknown>,
    overrides: Override[],
    { constructor, input }: Command,
): unknown {
    const plain = (item: Item) => Object.fromEntries(Object.entries(item).map(([name, { S }]) => [name, S]));
    const stored = overrides.map((override) =>
        Object.fromEntries(Object.entries(override).map(([name, S]) => [name, { S }])),
    );
    switch (constructor.name) {
        case "GetItemCommand":
            return { Item: items.get((input.Key as Item).value.S!) };
        case "PutItemCommand":
            overrides.push(plain(input.Item as Item) as unknown as Override);
            return {};
        case "QueryCommand": {
            const { S } = (input.ExpressionAttributeValues as Item)[":value"];
            return { Items: stored.filter(({ value }) => value.S === S) };
        }
        default:
            return { Items: stored };
    }
}
