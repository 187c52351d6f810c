import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SNSClient } from "@aws-sdk/client-sns";
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { STSClient } from "@aws-sdk/client-sts";
import { WAFV2Client } from "@aws-sdk/client-wafv2";
import type { SQSEvent } from "aws-lambda";
import { randomUUID } from "node:crypto";
import { Hub } from "../../functions/cli/indicators/hub";
import { PLACES_KEY } from "../../functions/enforcement/settings";
import { FeedDefinition } from "../../functions/feeds/definition";
import { feedHttp } from "../../functions/feeds/http";
import { openFeed } from "../../functions/feeds/registry";
import { createHandler as blockListsHandler } from "../../functions/handlers/block-lists";
import {
    CollectEvent,
    CollectReport,
    createHandler as collectHandler,
} from "../../functions/handlers/collect";
import {
    CompileEvent,
    CompileReport,
    createHandler as compileHandler,
} from "../../functions/handlers/compile";
import { createHandler as enforceHandler } from "../../functions/handlers/enforce";
import { loadSafety } from "../../functions/indicators/safety-load";
import { IndicatorSettings, SETTINGS_KEY } from "../../functions/indicators/settings";
import { TestCloud } from "../../local/provider/testCloud";
import { AwsCalls } from "./aws-calls";
import { ACCOUNT, createIndicatorCloud, IndicatorCloud, REGION } from "./indicator-cloud";
import { IndicatorReader } from "./indicator-reader";

/** A whole second, the same for all hubs: what they write can be compared. */
const START = Math.floor(Date.now() / 1000) * 1000;
const HOUR = 3_600_000;

const SETTINGS: IndicatorSettings = {
    feeds: [],
    allowList: [],
    warningLists: [],
    guard: { share: 0.5, minimum: 20 },
    widest: { ipv4: 8, ipv6: 19 },
    allowDocumentation: false,
};

/**
 * A hub in an emulated account, with the handlers of its functions in this process. Its clock moves a millisecond
 * whenever it is asked.
 */
export class IndicatorHub extends IndicatorReader {
    /** Requests of the functions. */
    readonly calls = new AwsCalls();
    private readonly invoked: { readonly name: string; readonly event: object }[] = [];
    private settings = SETTINGS;
    private clock = START;
    private readonly env: Readonly<Record<string, string>>;
    private readonly dynamo: DynamoDBClient;
    private readonly s3: S3Client;
    private readonly sns: SNSClient;
    private readonly waf: WAFV2Client;
    private readonly secrets: SecretsManagerClient;

    private constructor(cloud: IndicatorCloud) {
        super(cloud);
        const { client, buckets, tables, topic } = cloud;
        this.dynamo = this.calls.watch(client(DynamoDBClient));
        this.s3 = this.calls.watch(client(S3Client));
        this.sns = this.calls.watch(client(SNSClient));
        this.waf = this.calls.watch(client(WAFV2Client));
        this.secrets = this.calls.watch(client(SecretsManagerClient));
        this.env = {
            ACCOUNT_ID: ACCOUNT,
            AWS_REGION: REGION,
            AWS_LAMBDA_FUNCTION_NAME: "collect",
            COMPILE_FUNCTION: "compile",
            IOC_TABLE: tables.ioc,
            OVERRIDES_TABLE: tables.overrides,
            SNAPSHOT_BUCKET: buckets.snapshots,
            LAKE_BUCKET: buckets.lake,
            LISTS_BUCKET: buckets.lists,
            PUBLISHED_TOPIC: topic,
            PLACES_BUCKET: buckets.snapshots,
        };
    }

    static async create(cloud: TestCloud, settings: Partial<IndicatorSettings>): Promise<IndicatorHub> {
        const hub = new IndicatorHub(await createIndicatorCloud(cloud));
        await hub.configure(settings);
        await hub.place();
        return hub;
    }

    /** Deploys other settings. */
    async configure(changes: Partial<IndicatorSettings>): Promise<void> {
        this.settings = { ...this.settings, ...changes };
        const { snapshots: Bucket } = this.cloud.buckets;
        const Body = JSON.stringify(this.settings);
        await this.cloud.client(S3Client).send(new PutObjectCommand({ Bucket, Key: SETTINGS_KEY, Body }));
    }

    /** Deploys the places. */
    private async place(): Promise<void> {
        const { client, buckets, ipv4Sets, ipv6Sets } = this.cloud;
        const Body = JSON.stringify([{ place: "waf", scope: "REGIONAL", ipv4Sets, ipv6Sets }]);
        await client(S3Client).send(
            new PutObjectCommand({ Bucket: buckets.snapshots, Key: PLACES_KEY, Body }),
        );
    }

    /** @returns the secret's ARN */
    async secret(SecretString: string): Promise<string> {
        const create = new CreateSecretCommand({ Name: randomUUID(), SecretString });
        return String((await this.cloud.client(SecretsManagerClient).send(create)).ARN);
    }

    /** Lets the hub's clock go on. */
    wait(hours: number): void {
        this.clock += hours * HOUR;
    }

    /** Collects feeds, does what that leads to, and enforces what is published. @returns what the collectors say */
    async run(...feeds: readonly string[]): Promise<CollectReport[]> {
        const reports: CollectReport[] = [];
        for (const feed of feeds) {
            reports.push(await this.collect({ feed }));
        }
        await this.compileInvoked();
        await this.deliver();
        return reports;
    }

    collect(event: CollectEvent): Promise<CollectReport> {
        const { s3, secrets, lambda, now } = this;
        const tools = { open: openFeed, http: feedHttp, safety: loadSafety };
        return collectHandler(this.env, { s3, lake: s3, secrets, lambda, now, ...tools })(event);
    }

    compile(event: CompileEvent = {}): Promise<CompileReport> {
        const { dynamo, s3, sns, now } = this;
        return compileHandler(this.env, { dynamo, s3, lake: s3, sns, now })(event);
    }

    /** Runs the compiler once, however many collectors have asked for it. */
    async compileInvoked(): Promise<CompileReport | undefined> {
        const asked = this.invoked.splice(0).find(({ name }) => name === "compile");
        return asked && this.compile(asked.event);
    }

    /** Has the messages of publications dealt with. */
    async deliver(): Promise<void> {
        const sqs = this.cloud.client(SQSClient);
        const { queue: QueueUrl } = this.cloud;
        const { Messages = [] } = await sqs.send(
            new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
        );
        if (Messages.length === 0) {
            return;
        }
        const Records = Messages.map(({ MessageId, Body }) => ({ messageId: MessageId, body: Body }));
        const left = await this.enforce({ Records } as unknown as SQSEvent);
        for (const { MessageId, ReceiptHandle } of Messages) {
            if (!left.includes(String(MessageId))) {
                await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
            }
        }
    }

    /** Enforces what is in force: in WAF and as block lists. @returns ids of messages that are to come again */
    async enforce(event: Partial<SQSEvent> = {}): Promise<string[]> {
        const { s3, waf } = this;
        const none = { send: () => Promise.reject(new Error("no such service here")) } as never;
        const others = { guardDuty: none, resolver: none, networkFirewall: none };
        const clients = {
            snapshots: s3,
            lake: s3,
            s3,
            waf: () => waf,
            pause: async () => undefined,
            ...others,
        };
        const answers = [
            await enforceHandler(this.env, clients)(event),
            await blockListsHandler(this.env, { s3 })(event),
        ];
        return answers.flatMap(({ batchItemFailures }) =>
            batchItemFailures.map(({ itemIdentifier }) => itemIdentifier),
        );
    }

    /** What analysts' commands work with. */
    get forAnalysts(): Hub {
        const { client, tables, buckets } = this.cloud;
        return {
            names: {
                region: REGION,
                iocTable: tables.ioc,
                overridesTable: tables.overrides,
                snapshotBucketName: buckets.snapshots,
                lakeBucketName: buckets.lake,
                collectFunction: "collect",
                compileFunction: "compile",
            },
            dynamo: client(DynamoDBClient),
            s3: client(S3Client),
            sts: client(STSClient),
            lambda: this.lambda,
            now: this.now,
        };
    }

    private readonly now = (): Date => new Date(this.clock++);

    /** Notes what is invoked; a compiler that is waited for runs at once, and what it publishes is enforced. */
    private readonly lambda = this.calls.watch({
        send: async ({ input }: InvokeCommand) => {
            const event = JSON.parse(Buffer.from(input.Payload as Uint8Array).toString("utf8")) as object;
            if (input.InvocationType === "Event") {
                this.invoked.push({ name: String(input.FunctionName), event });
                return {};
            }
            const report = await this.compile(event);
            await this.deliver();
            return { Payload: Buffer.from(JSON.stringify(report)) };
        },
    }) as unknown as LambdaClient;
}

/** A plain list as a feed. */
export function textFeed(name: string, url: string, more: Partial<FeedDefinition> = {}): FeedDefinition {
    return { name, protocol: "text", url, confidence: 50, ttlDays: 8, ...more } as FeedDefinition;
}
