import type { GuardDutyClient } from "@aws-sdk/client-guardduty";
import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../context";
import { bool, must, str, tagChanges, tagMap, type Props } from "../properties";
import type { ResourceEntry } from "../resource";

type Sdk = typeof import("@aws-sdk/client-guardduty");

export async function guardDutyClient(ctx: Context): Promise<{ sdk: Sdk; client: GuardDutyClient }> {
    const sdk = await import("@aws-sdk/client-guardduty");
    return { sdk, client: ctx.client("guardduty", sdk.GuardDutyClient) };
}

/** GuardDuty says that the caller does not own what is not there. @returns undefined for it */
export async function orNotOwned<T>(call: Promise<T>): Promise<T | undefined> {
    try {
        return await call;
    } catch (error) {
        if (/is not owned by the current account/.test((error as Error).message)) {
            return undefined;
        }
        throw error;
    }
}

/**
 * Looks until a list is at rest, as the real provider does.
 * @throws Error for a list that GuardDuty cannot use
 */
export async function settled<T extends { Status?: string; ErrorDetails?: string }>(
    look: () => Promise<T>,
): Promise<T> {
    for (;;) {
        const set = await look();
        if (!/^(DE)?ACTIVATING$/.test(set.Status ?? "")) {
            if (set.Status === "ERROR") {
                throw new Error(`GuardDuty cannot use the list: ${set.ErrorDetails ?? "no reason given"}`);
            }
            return set;
        }
        await sleep(200);
    }
}

async function syncTags(ctx: Context, olds: Props, news: Props): Promise<void> {
    const { sdk, client } = await guardDutyClient(ctx);
    const { set, remove } = tagChanges(olds, news);
    const ResourceArn = String(olds.arn);
    if (Object.keys(set).length > 0) {
        await client.send(new sdk.TagResourceCommand({ ResourceArn, Tags: set }));
    }
    if (remove.length > 0) {
        await client.send(new sdk.UntagResourceCommand({ ResourceArn, TagKeys: remove }));
    }
}

function detectorRequest(props: Props) {
    return {
        Enable: bool(props, "enable") ?? true,
        FindingPublishingFrequency: str(props, "findingPublishingFrequency") as never,
    };
}

const detector: ResourceEntry = {
    type: "aws:guardduty/detector:Detector",
    properties: ["enable", "findingPublishingFrequency"],
    declaredOnly: ["datasources"],
    replaceOn: [],
    tagged: true,
    async create(ctx, inputs) {
        const { sdk, client } = await guardDutyClient(ctx);
        const request = { ...detectorRequest(inputs), Tags: tagMap(inputs) };
        const { DetectorId: id = "" } = await client.send(new sdk.CreateDetectorCommand(request));
        const arn = await ctx.arn("guardduty", `detector/${id}`);
        return { id, outs: { arn, accountId: await ctx.accountId() } };
    },
    async update(ctx, { id, olds, news }) {
        const { sdk, client } = await guardDutyClient(ctx);
        await client.send(new sdk.UpdateDetectorCommand({ DetectorId: id, ...detectorRequest(news) }));
        await syncTags(ctx, olds, news);
    },
    async read(ctx, id) {
        const { sdk, client } = await guardDutyClient(ctx);
        const found = await orNotOwned(client.send(new sdk.GetDetectorCommand({ DetectorId: id })));
        return found && { outs: { arn: await ctx.arn("guardduty", `detector/${id}`) } };
    },
    async delete(ctx, id) {
        const { sdk, client } = await guardDutyClient(ctx);
        await orNotOwned(client.send(new sdk.DeleteDetectorCommand({ DetectorId: id })));
    },
};

/** The id is that of the detector, a colon, and that of the set. */
function intelSetReference(id: string): { DetectorId: string; ThreatIntelSetId: string } {
    const [DetectorId, ThreatIntelSetId] = id.split(":");
    return { DetectorId, ThreatIntelSetId };
}

/**
 * The list may be pointed elsewhere by somebody else, with `ignoreChanges` in the program: an update writes only what
 * the program changed.
 */
const threatIntelSet: ResourceEntry = {
    type: "aws:guardduty/threatIntelSet:ThreatIntelSet",
    properties: ["activate", "detectorId", "format", "location", "name"],
    replaceOn: ["detectorId", "format"],
    autoName: { property: "name", maxLength: 300 },
    tagged: true,
    async create(ctx, inputs) {
        const { sdk, client } = await guardDutyClient(ctx);
        const DetectorId = must(inputs, "detectorId");
        const { ThreatIntelSetId = "" } = await client.send(
            new sdk.CreateThreatIntelSetCommand({
                DetectorId,
                Name: must(inputs, "name"),
                Format: must(inputs, "format") as never,
                Location: must(inputs, "location"),
                Activate: bool(inputs, "activate") ?? false,
                Tags: tagMap(inputs),
            }),
        );
        const set = { DetectorId, ThreatIntelSetId };
        await settled(() => client.send(new sdk.GetThreatIntelSetCommand(set)));
        const arn = await ctx.arn("guardduty", `detector/${DetectorId}/threatintelset/${ThreatIntelSetId}`);
        return { id: `${DetectorId}:${ThreatIntelSetId}`, outs: { arn, threatIntelSetId: ThreatIntelSetId } };
    },
    async update(ctx, { id, olds, news, changed }) {
        const { sdk, client } = await guardDutyClient(ctx);
        const set = intelSetReference(id);
        if (["name", "location", "activate"].some((property) => changed.has(property))) {
            await client.send(
                new sdk.UpdateThreatIntelSetCommand({
                    ...set,
                    Name: str(news, "name"),
                    Location: changed.has("location") ? str(news, "location") : undefined,
                    Activate: changed.has("activate") ? bool(news, "activate") : undefined,
                }),
            );
            await settled(() => client.send(new sdk.GetThreatIntelSetCommand(set)));
        }
        await syncTags(ctx, olds, news);
    },
    async read(ctx, id) {
        const { sdk, client } = await guardDutyClient(ctx);
        const set = intelSetReference(id);
        const found = await orNotOwned(client.send(new sdk.GetThreatIntelSetCommand(set)));
        return (
            found && {
                outs: { threatIntelSetId: set.ThreatIntelSetId },
                inputs: {
                    name: found.Name,
                    location: found.Location,
                    activate: /^ACTIV/.test(found.Status ?? ""),
                },
            }
        );
    },
    async delete(ctx, id) {
        const { sdk, client } = await guardDutyClient(ctx);
        await orNotOwned(client.send(new sdk.DeleteThreatIntelSetCommand(intelSetReference(id))));
    },
};

export const guardduty: readonly ResourceEntry[] = [detector, threatIntelSet];
