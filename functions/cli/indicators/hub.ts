import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { STSClient } from "@aws-sdk/client-sts";
import { readCurrent } from "../../indicators/current";
import { SnapshotLoader } from "../../indicators/load";
import { Safety } from "../../indicators/safety";
import { loadSafety } from "../../indicators/safety-load";
import { IndicatorSettings } from "../../indicators/settings";
import { loadSettings } from "../../indicators/settings-load";
import { Snapshot } from "../../indicators/snapshot";

/** Outputs of the hub's stack that the commands read. */
export interface HubNames {
    readonly region: string;
    readonly iocTable: string;
    readonly overridesTable: string;
    readonly snapshotBucketName: string;
    readonly lakeBucketName: string;
    readonly collectFunction: string;
    readonly compileFunction: string;
}

/** A deployed hub, as the caller's credentials see it. */
export interface Hub {
    readonly names: HubNames;
    readonly dynamo: DynamoDBClient;
    readonly s3: S3Client;
    readonly lambda: LambdaClient;
    readonly sts: STSClient;
    readonly now: () => Date;
}

/** Something the caller can put right; the message is one line. */
export class CommandError extends Error {
    override readonly name = "CommandError";
}

/** @throws CommandError when nothing is published yet */
export async function snapshotOf({ s3, names }: Hub): Promise<{ snapshot: Snapshot; version: string }> {
    const answer = await readCurrent(s3, names.snapshotBucketName);
    if (answer.state !== "read") {
        throw new CommandError("no snapshot is published yet: collect a feed first");
    }
    const snapshot = await new SnapshotLoader(s3, names.snapshotBucketName).latest();
    return { snapshot, version: answer.current.version };
}

/** What the deployment says about indicators. */
export function settingsOf({ s3, names }: Hub): Promise<IndicatorSettings> {
    return loadSettings(s3, names.snapshotBucketName);
}

/** What must never be blocked, without the analysts' allowances. */
export async function safetyOf(hub: Hub): Promise<Safety> {
    const { s3, names } = hub;
    const source = { s3, bucket: names.snapshotBucketName, lake: { s3, bucket: names.lakeBucketName } };
    return loadSafety(await settingsOf(hub), source);
}
