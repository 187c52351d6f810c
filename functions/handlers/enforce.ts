import { S3Client } from "@aws-sdk/client-s3";
import { Scope, WAFV2Client } from "@aws-sdk/client-wafv2";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { enforceWaf, IpSetRef } from "../enforcement/waf";
import { S3Reader } from "../s3-object";
import { SnapshotLoader } from "../indicators/load";
import { Environment, logLine, messageOf, required, warnLine } from "./settings";

/** What the handler talks to; tests pass their own. */
export interface EnforceClients {
    readonly s3: S3Reader;
    readonly waf: Pick<WAFV2Client, "send">;
}

/**
 * Blocks what the published snapshot names. A message is only the signal to look: whatever it says, the snapshot in
 * force is enforced, once for a batch.
 */
export function createHandler(env: Environment, clients: EnforceClients = awsClients(env)) {
    const loader = new SnapshotLoader(clients.s3, required(env, "SNAPSHOT_BUCKET"));
    const ipv4Sets = ipSets(env, "IPV4_SETS");
    const ipv6Sets = ipSets(env, "IPV6_SETS");
    const scope = scopeOf(env);

    return async (event: SQSEvent): Promise<SQSBatchResponse> => {
        const started = Date.now();
        const failed = new Set(
            event.Records.filter(({ body }) => !versionOf(body)).map(({ messageId }) => messageId),
        );
        for (const messageId of failed) {
            warnLine({
                event: "message-failed",
                messageId,
                reason: "no publication of a snapshot: see the topic",
            });
        }
        const good = event.Records.filter(({ messageId }) => !failed.has(messageId));
        if (good.length > 0) {
            try {
                const snapshot = await loader.latest();
                const report = await enforceWaf({ client: clients.waf, scope, ipv4Sets, ipv6Sets, snapshot });
                const versions = good.map(({ body }) => versionOf(body));
                logLine({ event: "enforced", versions, ...report, seconds: (Date.now() - started) / 1000 });
            } catch (error) {
                warnLine({ event: "enforcement-failed", reason: messageOf(error) });
                good.forEach(({ messageId }) => failed.add(messageId));
            }
        }
        return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })) };
    };
}

/** Version in an SNS envelope, or in the message itself where the subscription delivers raw. */
function versionOf(body: string): string | undefined {
    try {
        const outer = JSON.parse(body) as { Message?: string; version?: unknown } | null;
        const inner =
            outer?.Message === undefined
                ? outer
                : (JSON.parse(outer.Message) as { version?: unknown } | null);
        return inner?.version === undefined ? undefined : String(inner.version);
    } catch {
        return undefined;
    }
}

function ipSets(env: Environment, name: string): IpSetRef[] {
    let parsed: unknown;
    try {
        parsed = JSON.parse(env[name] || "[]");
    } catch {
        parsed = undefined;
    }
    const valid =
        Array.isArray(parsed) &&
        parsed.every(
            (set: Partial<IpSetRef> | null) => typeof set?.id === "string" && typeof set.name === "string",
        );
    if (!valid) {
        throw new Error(`environment variable ${name} must be JSON [{"id": "…", "name": "…"}]`);
    }
    return parsed as IpSetRef[];
}

function scopeOf(env: Environment): Scope {
    const scope = required(env, "SCOPE");
    if (scope !== Scope.REGIONAL && scope !== Scope.CLOUDFRONT) {
        throw new Error(`environment variable SCOPE must be REGIONAL or CLOUDFRONT, not ${scope}`);
    }
    return scope;
}

function awsClients(env: Environment): EnforceClients {
    // A CloudFront web ACL is managed from us-east-1 only.
    const region = env.SCOPE === Scope.CLOUDFRONT ? "us-east-1" : undefined;
    return {
        s3: new S3Client({ region: required(env, "SNAPSHOT_REGION") }),
        waf: new WAFV2Client(region ? { region } : {}),
    };
}
