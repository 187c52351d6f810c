import { S3Client } from "@aws-sdk/client-s3";
import { SecurityHubClient } from "@aws-sdk/client-securityhub";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { CloudWatchLogsEvent, Context, EventBridgeEvent, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { FindingReporter } from "../findings/reporter";
import { BatchReport, processBatch } from "../pipeline";
import { S3Reader } from "../s3-object";
import { lakeSink } from "../sinks/lake";
import { lakeKeys } from "../sinks/lake-keys";
import { isSourceKind, kinds, sourceOf } from "../sources/registry";
import { Continuation, continuationOf, continuationMessage } from "./continuation";
import { Delivery, eventDelivery, logsDelivery, objectDelivery } from "./delivery";
import { Enrichments } from "./enrichments";
import { Environment, logLine, required } from "./settings";
import { eachMessage, S3ObjectRef, s3ObjectsOf } from "./sqs";

/** What the handler talks to; tests pass their own. */
export interface EnrichClients {
    /** Of the function's own region: where the logs lie. */
    readonly logs: S3Reader;
    /** Of the hub's region. */
    readonly lake: Pick<S3Client, "send">;
    readonly snapshots: S3Reader;
    readonly sqs: Pick<SQSClient, "send">;
    readonly securityHub: Pick<SecurityHubClient, "send">;
}

/** Left for what comes after the last record: the last part of the lake's object, and the message to go on. */
const RESERVE_MS = 30_000;

type EnrichEvent = SQSEvent | CloudWatchLogsEvent | EventBridgeEvent<string, unknown>;

/**
 * Enriches the logs of one kind into the lake, from S3 events over SQS, from a CloudWatch Logs subscription, or from
 * EventBridge. An object that would outlast the function's time is continued by a message to its own queue.
 */
export function createHandler(env: Environment, clients: EnrichClients = awsClients(env)) {
    const kind = required(env, "KIND");
    if (!isSourceKind(kind)) {
        throw new Error(`environment variable KIND must be one of ${kinds.join(", ")}, not ${kind}`);
    }
    const source = sourceOf(kind, env.FORMAT ? { format: env.FORMAT } : {});
    const accountId = required(env, "ACCOUNT_ID");
    const lakeBucket = required(env, "LAKE_BUCKET");
    const region = env.AWS_REGION ?? "";
    const enrichments = new Enrichments(env, clients.snapshots);
    const findings =
        env.SECURITY_HUB === "true"
            ? new FindingReporter({ client: clients.securityHub, accountId, region })
            : undefined;

    const process = async (delivery: Delivery, after = 0, deadline = Infinity): Promise<BatchReport> => {
        const started = Date.now();
        const { context, input, date } = delivery;
        const sink = lakeSink({
            ...lakeKeys(source.dataset, context, date, after),
            s3: clients.lake,
            bucket: lakeBucket,
            kmsKeyId: env.LAKE_KMS_KEY || undefined,
        });
        const options = {
            after,
            outOfTime: () => Date.now() > deadline,
            onMatched: findings && ((line: Buffer) => findings.matched(line)),
        };
        const report = await processBatch(source, input, context, await enrichments.latest(), sink, options);
        await sink.close();
        await findings?.flush();
        const seconds = (Date.now() - started) / 1000;
        logLine({ event: "enriched", dataset: source.dataset, origin: context.origin, ...report, seconds });
        return report;
    };

    const processObject = async (object: S3ObjectRef & Continuation, deadline: number): Promise<void> => {
        const delivery = await objectDelivery(clients.logs, object, accountId, region);
        if (!delivery) {
            logLine({ event: "object-gone", bucket: object.bucket, key: object.key });
            return;
        }
        if (object.after > 0 && delivery.context.version !== object.etag) {
            // What replaced it has an event of its own.
            logLine({ event: "object-replaced", bucket: object.bucket, key: object.key });
            return;
        }
        const { continueAfter } = await process(delivery, object.after, deadline);
        if (continueAfter !== undefined) {
            const etag = delivery.context.version;
            await clients.sqs.send(
                new SendMessageCommand({
                    QueueUrl: required(env, "QUEUE_URL"),
                    MessageBody: continuationMessage({ ...object, etag, after: continueAfter }),
                }),
            );
        }
    };

    return async (
        event: EnrichEvent,
        context?: Pick<Context, "getRemainingTimeInMillis">,
    ): Promise<SQSBatchResponse | BatchReport | undefined> => {
        if ("awslogs" in event) {
            const delivery = logsDelivery(event, accountId, region);
            return delivery && process(delivery);
        }
        if ("detail" in event) {
            return process(eventDelivery(event, accountId, region));
        }
        const deadline = Date.now() + (context?.getRemainingTimeInMillis() ?? Infinity) - RESERVE_MS;
        return eachMessage(event, async (record) => {
            const continuation = continuationOf(record);
            const objects = continuation
                ? [continuation]
                : s3ObjectsOf(record).map((object) => ({ ...object, after: 0 }));
            for (const object of objects) {
                await processObject(object, env.QUEUE_URL ? deadline : Infinity);
            }
        });
    };
}

function awsClients(env: Environment): EnrichClients {
    return {
        logs: new S3Client({}),
        lake: new S3Client({ region: required(env, "LAKE_REGION") }),
        snapshots: new S3Client({ region: required(env, "SNAPSHOT_REGION") }),
        sqs: new SQSClient({}),
        // Ten calls a second are what Security Hub takes of a region: many functions may share them.
        securityHub: new SecurityHubClient({ maxAttempts: 6 }),
    };
}
