import { S3Client } from "@aws-sdk/client-s3";
import type { CloudWatchLogsEvent, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { indicatorEnricher } from "../enrichment/indicators";
import { S3Reader } from "../indicators/current";
import { SnapshotLoader } from "../indicators/load";
import { BatchReport, processBatch } from "../pipeline";
import { lakeSink } from "../sinks/lake";
import { lakeKeys } from "../sinks/lake-keys";
import { isSourceKind, kinds, sourceOf } from "../sources/registry";
import { Delivery, logsDelivery, objectDelivery } from "./delivery";
import { Environment, logLine, required } from "./settings";
import { eachMessage, S3ObjectRef, s3ObjectsOf } from "./sqs";

/** What the handler talks to; tests pass their own. */
export interface EnrichClients {
    /** Of the function's own region: where the logs lie. */
    readonly logs: S3Reader;
    /** Of the hub's region. */
    readonly lake: Pick<S3Client, "send">;
    readonly snapshots: S3Reader;
}

/** Enriches the logs of one kind into the lake, from S3 events over SQS or from a CloudWatch Logs subscription. */
export function createHandler(env: Environment, clients: EnrichClients = awsClients(env)) {
    const kind = required(env, "KIND");
    if (!isSourceKind(kind)) {
        throw new Error(`environment variable KIND must be one of ${kinds.join(", ")}, not ${kind}`);
    }
    const source = sourceOf(kind, env.FORMAT ? { format: env.FORMAT } : {});
    const accountId = required(env, "ACCOUNT_ID");
    const lakeBucket = required(env, "LAKE_BUCKET");
    const loader = new SnapshotLoader(clients.snapshots, required(env, "SNAPSHOT_BUCKET"));

    const process = async ({ context, input, date }: Delivery): Promise<BatchReport> => {
        const started = Date.now();
        const keys = lakeKeys(source.dataset, context, date);
        const sink = lakeSink({
            ...keys,
            s3: clients.lake,
            bucket: lakeBucket,
            kmsKeyId: env.LAKE_KMS_KEY || undefined,
        });
        const enrichers = [indicatorEnricher(await loader.current())];
        const report = await processBatch(source, input, context, enrichers, sink);
        await sink.close();
        const seconds = (Date.now() - started) / 1000;
        logLine({ event: "enriched", dataset: source.dataset, origin: context.origin, ...report, seconds });
        return report;
    };

    const processObject = async (object: S3ObjectRef): Promise<void> => {
        const delivery = await objectDelivery(clients.logs, object, accountId, env.AWS_REGION ?? "");
        if (delivery) {
            await process(delivery);
        } else {
            logLine({ event: "object-gone", bucket: object.bucket, key: object.key });
        }
    };

    return async (
        event: SQSEvent | CloudWatchLogsEvent,
    ): Promise<SQSBatchResponse | BatchReport | undefined> => {
        if ("awslogs" in event) {
            const delivery = logsDelivery(event, accountId, env.AWS_REGION ?? "");
            return delivery && process(delivery);
        }
        return eachMessage(event, async (record) => {
            for (const object of s3ObjectsOf(record)) {
                await processObject(object);
            }
        });
    };
}

function awsClients(env: Environment): EnrichClients {
    return {
        logs: new S3Client({}),
        lake: new S3Client({ region: required(env, "LAKE_REGION") }),
        snapshots: new S3Client({ region: required(env, "SNAPSHOT_REGION") }),
    };
}
