import * as pulumi from "@pulumi/pulumi";
import { EncryptionKeyArgs } from "../components/encryptionKey";
import { deliveryScope } from "../components/logBucket";
import { deliveryKeyStatements } from "../components/logDelivery";
import { guardDutyReadsLists } from "../components/listFiles";
import { KINDS, waysOf } from "../components/logKinds";
import { LogSource, LogSourceArgs } from "../components/logSource";
import { SpokeConfig } from "../config/schema";
import { enabledSources, enrichmentOf, SourceKind } from "../config/sources";

/** The sources of a spoke, by kind. */
export type LogSources = { readonly [Kind in SourceKind]?: LogSource };

/** Every source that is on. */
export function logSources(
    name: string,
    config: SpokeConfig,
    shared: Pick<LogSourceArgs, "environment" | "hub">,
    opts: pulumi.ComponentResourceOptions,
): LogSources {
    const sources: { [Kind in SourceKind]?: LogSource } = {};
    const ofBucket = new Map<string, LogSource[]>();
    for (const [kind, settings] of enabledSources(config.sources)) {
        const existing = settings.bucket?.name;
        const others = (existing !== undefined && ofBucket.get(existing)) || [];
        const source = new LogSource(
            `${name}-${kind}`,
            {
                ...shared,
                kind,
                bucket: settings.bucket,
                logGroup: settings.logGroup,
                format: settings.format,
                memorySize: settings.memorySize,
                enrichment: enrichmentOf(kind, settings.enrichment, config.enrichment),
                findings: config.securityHub?.enabled,
                after: others,
            },
            opts,
        );
        sources[kind] = source;
        if (existing !== undefined) {
            ofBucket.set(existing, [...others, source]);
        }
    }
    return sources;
}

/** What the writers of created buckets, and readers of list files, need of the stack's key, each said once. */
export function keySharing(
    config: SpokeConfig,
): Pick<EncryptionKeyArgs, "statements" | "sharedWithOrganization"> {
    const where = { accountId: config.account, organizationId: config.organizationId };
    const created = enabledSources(config.sources).flatMap(([kind, settings]) => {
        const way = KINDS[kind].bucket;
        const { bucket } = waysOf(kind, settings);
        return way && bucket && bucket.name === undefined
            ? [{ writer: way.writer, scope: deliveryScope(where, bucket) }]
            : [];
    });
    const statements = created.flatMap(({ writer, scope }) => deliveryKeyStatements(writer, scope));
    const shared = created.some(({ writer, scope }) => writer === "principals" && scope.organizationId);
    return {
        statements: [
            ...new Map(statements.map((one) => [JSON.stringify(one), one])).values(),
            ...(config.guardduty ? [guardDutyReadsLists(config.account)] : []),
        ],
        sharedWithOrganization: shared ? config.organizationId : undefined,
    };
}
