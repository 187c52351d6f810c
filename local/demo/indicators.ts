import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetIPSetCommand, ListIPSetsCommand, WAFV2Client } from "@aws-sdk/client-wafv2";
import { invoke } from "../../functions/cli/indicators/invoke";
import { DemoContext, settingsIn, SpokeOutputs } from "./context";
import { LocalAccount } from "../accounts";
import { lambdaClient } from "../lambdaClient";
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
            SecretId: context.hub.feedSecretArns.misp,
            SecretString: JSON.stringify({ key: context.misp.key }),
        }),
    );
}

/** Has each account tell the hub its public addresses, as it does each hour. */
export async function tellOwnAddresses(context: DemoContext): Promise<void> {
    await call(context, context.hub.ownAddressesFunction, {});
    for (const { account, outputs } of context.spokes) {
        await call(context, outputs.ownAddressesFunction, {}, account);
    }
}

/**
 * Collects a feed once, as its schedule would.
 * @param accept take its list however much it changes
 * @returns the collector's report
 */
export function collect(
    context: DemoContext,
    feed: string,
    accept = false,
): Promise<Record<string, unknown>> {
    return call(context, context.hub.collectFunction, { feed, accept });
}

/** Merges what was collected and publishes it, also to a spoke that came after the last change. */
export function publish(context: DemoContext): Promise<Record<string, unknown>> {
    return call(context, context.hub.compileFunction, { force: true });
}

async function call(
    context: DemoContext,
    name: string,
    event: Record<string, unknown>,
    account?: LocalAccount,
): Promise<Record<string, unknown>> {
    return invoke({ lambda: lambdaClient(settingsIn(context, account)) }, name, event);
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
