import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetIPSetCommand, ListIPSetsCommand, WAFV2Client } from "@aws-sdk/client-wafv2";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { DemoContext, settingsIn, SpokeOutputs } from "./context";
import { LocalAccount } from "../accounts";
import { until } from "./until";

/** The manifest beside a snapshot. */
export interface Manifest {
    readonly version: string | number;
    readonly sha256: string;
    readonly counts: Readonly<Record<string, number>>;
}

/** Puts MISP's key where the collector reads it: no other place knows it. */
export async function storeMispKey(context: DemoContext): Promise<void> {
    const secrets = new SecretsManagerClient(settingsIn(context));
    await secrets.send(
        new PutSecretValueCommand({
            SecretId: context.hub.mispSecretArn,
            SecretString: JSON.stringify({ key: context.misp.key }),
        }),
    );
}

/** Runs the collector once, as its schedule would. @returns its report */
export function collect(context: DemoContext): Promise<Record<string, unknown>> {
    return invoke(context, context.hub.collectFunction, {});
}

/** Publishes the snapshot to the spokes even if it is the one they have: what is right already stays as it is. */
export function publishAgain(context: DemoContext): Promise<Record<string, unknown>> {
    return invoke(context, context.hub.compileFunction, { force: true });
}

async function invoke(
    context: DemoContext,
    name: string,
    event: Record<string, unknown>,
): Promise<Record<string, unknown>> {
    const lambda = new LambdaClient({
        ...settingsIn(context),
        requestHandler: new NodeHttpHandler({ requestTimeout: 900_000 }),
        maxAttempts: 1,
    });
    const answer = await lambda.send(
        new InvokeCommand({ FunctionName: name, Payload: Buffer.from(JSON.stringify(event)) }),
    );
    const payload = JSON.parse(Buffer.from(answer.Payload ?? []).toString("utf8") || "{}");
    if (answer.FunctionError) {
        throw new Error(`${name} failed: ${payload.errorMessage ?? answer.FunctionError}`);
    }
    return payload as Record<string, unknown>;
}

/** The manifest of the snapshot in force. */
export async function currentManifest(context: DemoContext): Promise<Manifest> {
    const s3 = new S3Client(settingsIn(context));
    const object = await s3.send(
        new GetObjectCommand({ Bucket: context.hub.snapshotBucketName, Key: "current.json" }),
    );
    return JSON.parse(await object.Body!.transformToString()) as Manifest;
}

/** Addresses in a spoke's IP sets, by family. */
export interface SetCounts {
    readonly ipv4: number;
    readonly ipv6: number;
}

/** Waits until a spoke's IP sets hold what the snapshot and the room allow. */
export function waitForSets(
    context: DemoContext,
    spoke: { account: LocalAccount; outputs: SpokeOutputs },
    expected: SetCounts,
): Promise<SetCounts> {
    const waf = new WAFV2Client(settingsIn(context, spoke.account));
    return until(`WAF's IP sets of ${spoke.account.id}`, 120_000, async () => {
        const counts = {
            ipv4: await countAddresses(waf, spoke.outputs.ipv4SetIds),
            ipv6: await countAddresses(waf, spoke.outputs.ipv6SetIds),
        };
        return counts.ipv4 >= expected.ipv4 && counts.ipv6 >= expected.ipv6 ? counts : undefined;
    });
}

async function countAddresses(waf: WAFV2Client, ids: readonly string[]): Promise<number> {
    const { IPSets } = await waf.send(new ListIPSetsCommand({ Scope: "REGIONAL", Limit: 100 }));
    let count = 0;
    for (const { Id, Name } of IPSets ?? []) {
        if (ids.includes(Id!)) {
            const { IPSet } = await waf.send(new GetIPSetCommand({ Id, Name, Scope: "REGIONAL" }));
            count += IPSet?.Addresses?.length ?? 0;
        }
    }
    return count;
}
