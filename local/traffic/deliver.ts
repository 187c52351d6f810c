import {
    CloudWatchLogsClient,
    CreateLogStreamCommand,
    PutLogEventsCommand,
    ResourceAlreadyExistsException,
} from "@aws-sdk/client-cloudwatch-logs";
import {
    EventBridgeClient,
    ListRulesCommand,
    ListTargetsByRuleCommand,
    TestEventPatternCommand,
} from "@aws-sdk/client-eventbridge";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ClientConfig, LocalAccount } from "../accounts";
import { BusParcel, EventsParcel, Parcel } from "./lots";

/** Where a kind's log goes in an account. */
export interface Destination {
    readonly bucketName?: string;
    readonly logGroupName?: string;
}

/** Hands over what AWS's services write, in one account and region. */
export class Deliverer {
    private readonly s3: S3Client;
    private readonly logs: CloudWatchLogsClient;
    private readonly events: EventBridgeClient;
    private readonly lambda: LambdaClient;
    private sent = 0;

    constructor(
        settings: ClientConfig,
        private readonly account: LocalAccount,
    ) {
        this.s3 = new S3Client(settings);
        this.logs = new CloudWatchLogsClient(settings);
        this.events = new EventBridgeClient(settings);
        this.lambda = new LambdaClient(settings);
    }

    /** @throws Error when the kind has no such destination, or a function refuses an event of the bus */
    async deliver(parcel: Parcel, { bucketName, logGroupName }: Destination): Promise<void> {
        switch (parcel.to) {
            case "bucket":
                await this.s3.send(
                    new PutObjectCommand({
                        Bucket: known(bucketName, "bucket"),
                        Key: parcel.key,
                        Body: parcel.body,
                    }),
                );
                return;
            case "logGroup":
                return this.toLogGroup(parcel, known(logGroupName, "log group"));
            case "eventBus":
                return this.toEventBus(parcel);
        }
    }

    private async toLogGroup({ stream, messages, time }: EventsParcel, group: string): Promise<void> {
        try {
            await this.logs.send(new CreateLogStreamCommand({ logGroupName: group, logStreamName: stream }));
        } catch (error) {
            if (!(error instanceof ResourceAlreadyExistsException)) {
                throw error;
            }
        }
        await this.logs.send(
            new PutLogEventsCommand({
                logGroupName: group,
                logStreamName: stream,
                logEvents: messages.map((message) => ({ timestamp: time, message })),
            }),
        );
    }

    /**
     * Does what the bus would do, by the rules and targets that are on it: EventBridge takes events of AWS's own services
     * from nobody else. One event after another, so that each function needs one process only.
     */
    private async toEventBus({ source, detailType, detail }: BusParcel): Promise<void> {
        const event = JSON.stringify({
            version: "0",
            id: `${Date.now().toString(16)}-${this.account.id}-${this.sent++}`,
            "detail-type": detailType,
            source,
            account: this.account.id,
            time: new Date().toISOString().replace(/\.\d+Z/, "Z"),
            region: this.account.region,
            resources: [],
            detail: JSON.parse(detail) as unknown,
        });
        const functions = await this.targetsOf(event);
        known(functions[0], `rule for ${detailType}`);
        for (const FunctionName of functions) {
            const answer = await this.lambda.send(
                new InvokeCommand({ FunctionName, Payload: Buffer.from(event) }),
            );
            if (answer.FunctionError) {
                throw new Error(`${FunctionName}: ${Buffer.from(answer.Payload ?? []).toString("utf8")}`);
            }
        }
    }

    private async targetsOf(event: string): Promise<string[]> {
        const { Rules } = await this.events.send(new ListRulesCommand({}));
        const arns: string[] = [];
        for (const { Name, EventPattern } of Rules ?? []) {
            const fits =
                EventPattern !== undefined &&
                (await this.events.send(new TestEventPatternCommand({ EventPattern, Event: event }))).Result;
            if (fits) {
                const { Targets } = await this.events.send(new ListTargetsByRuleCommand({ Rule: Name }));
                arns.push(...(Targets ?? []).map(({ Arn }) => Arn!));
            }
        }
        return arns;
    }
}

function known(name: string | undefined, what: string): string {
    if (name === undefined) {
        throw new Error(`there is no ${what} to deliver to`);
    }
    return name;
}
