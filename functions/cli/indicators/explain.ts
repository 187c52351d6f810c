import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { EnforcementReport } from "../../enforcement/enforcement-report";
import { Holding, holdings } from "../../enforcement/holds";
import { parentsOf } from "../../indicators/allow-list";
import { FeedList } from "../../indicators/feed-list";
import { readRefusedParts } from "../../indicators/feed-list-file";
import { readState } from "../../indicators/feed-state";
import { FeedRef, IndicatorMatch } from "../../indicators/indicator";
import { normalizeIndicator, Normalized } from "../../indicators/normalize";
import { historyOf, Override, overridesInForce, readOverrides } from "../../indicators/overrides";
import { Snapshot } from "../../indicators/snapshot";
import { fromItem } from "../../indicators/table-item";
import { CommandError, Hub, safetyOf, settingsOf, snapshotOf } from "./hub";

/** What is known of a value. */
export interface Explanation {
    readonly value: string;
    readonly type: string;
    /** What the feeds say of it, also of networks around it and domains above it. */
    readonly reports: readonly { readonly value: string; readonly feeds: readonly FeedRef[] }[];
    /** Why feeds' word on it was not taken. */
    readonly refusals: readonly { readonly feed: string; readonly reason: string }[];
    /** The rule that keeps it from being matched and blocked now, whatever feeds say. */
    readonly rule?: string;
    /** Analysts' words on it, oldest first. */
    readonly overrides: readonly Override[];
    readonly version: string;
    /** The indicator of the snapshot in force that matches it. */
    readonly match?: IndicatorMatch;
    readonly enforced: readonly (Holding & { readonly where: string })[];
    /** Accounts and regions that still have another snapshot. */
    readonly behind: readonly string[];
}

/** Finds out all there is to know of a value. @throws CommandError when it is no indicator */
export async function explain(hub: Hub, text: string): Promise<Explanation> {
    const normal = normalizeIndicator(text);
    if (!normal) {
        throw new CommandError(`"${text}" is no address, network, domain or URL`);
    }
    const { snapshot, version } = await snapshotOf(hub);
    const match = matchIn(snapshot, normal);
    const related = [...new Set([normal.value, ...(match ? [match.value] : []), ...above(normal)])];
    const reports = (await Promise.all(related.map((value) => reportsOf(hub, value)))).filter(
        ({ feeds }) => feeds.length > 0,
    );
    const { enforced, behind } = await enforcement(hub, snapshot, version, match?.value);
    return {
        ...normal,
        reports,
        refusals: await refusalsOf(hub, normal.value),
        rule: await ruleFor(hub, normal),
        overrides: await historyOf(hub.dynamo, hub.names.overridesTable, normal.value),
        version,
        match,
        enforced,
        behind,
    };
}

function matchIn(snapshot: Snapshot, { type, value }: Normalized): IndicatorMatch | undefined {
    switch (type) {
        case "ipv4":
        case "ipv6":
            return snapshot.ip(value);
        case "domain":
            return snapshot.domain(value);
        case "url":
            return snapshot.url(value);
        case "cidr":
            for (const indicator of snapshot.addresses()) {
                if (indicator.value === value) {
                    return indicator;
                }
            }
            return undefined;
    }
}

function above({ type, value }: Normalized): string[] {
    return type === "domain" ? parentsOf(value).filter((parent) => parent.includes(".")) : [];
}

async function reportsOf({ dynamo, names }: Hub, value: string) {
    const { Item } = await dynamo.send(
        new GetItemCommand({ TableName: names.iocTable, Key: { value: { S: value } } }),
    );
    return { value, feeds: (Item && fromItem(Item)?.feeds) ?? [] };
}

async function ruleFor(hub: Hub, normal: Normalized): Promise<string | undefined> {
    const safety = await safetyOf(hub);
    const { allowed } = overridesInForce(
        await readOverrides(hub.dynamo, hub.names.overridesTable),
        hub.now(),
    );
    return safety.allowing(allowed).refusal(normal);
}

async function refusalsOf(hub: Hub, value: string): Promise<Explanation["refusals"]> {
    const found: { feed: string; reason: string }[] = [];
    for (const { name } of (await settingsOf(hub)).feeds) {
        for (const list of await listsOf(hub, name)) {
            const reason = await refusalIn(hub, list, value);
            if (reason !== undefined) {
                found.push({ feed: name, reason });
                break;
            }
        }
    }
    return found;
}

async function listsOf({ s3, names }: Hub, feed: string): Promise<readonly FeedList[]> {
    const { good, partials } = (await readState(s3, names.snapshotBucketName, feed)).state;
    return [...(good ? [good] : []), ...partials];
}

async function refusalIn(
    { s3, names }: Hub,
    { refused }: FeedList,
    value: string,
): Promise<string | undefined> {
    for await (const batch of readRefusedParts(s3, names.snapshotBucketName, refused)) {
        const hit = batch.find(
            (line) => line.value === value || normalizeIndicator(line.value)?.value === value,
        );
        if (hit) {
            return hit.reason;
        }
    }
    return undefined;
}

/** Makes each place's choice again from what the place reported, so that no account has to be asked. */
async function enforcement(
    { s3, names }: Hub,
    snapshot: Snapshot,
    version: string,
    value: string | undefined,
): Promise<Pick<Explanation, "enforced" | "behind">> {
    const enforced: (Holding & { where: string })[] = [];
    const behind: string[] = [];
    const pages = paginateListObjectsV2(
        { client: s3 },
        { Bucket: names.lakeBucketName, Prefix: "enforcement/" },
    );
    for await (const { Contents = [] } of pages) {
        for (const { Key = "" } of Contents) {
            const where = Key.replace(/^enforcement\//, "")
                .replace(/\.json$/, "")
                .replace("/", " ");
            const object = await s3.send(new GetObjectCommand({ Bucket: names.lakeBucketName, Key }));
            const report = JSON.parse((await object.Body?.transformToString()) ?? "{}") as EnforcementReport;
            if (report.version !== version) {
                behind.push(where);
            } else if (value !== undefined) {
                const held = report.places.flatMap((place) => holdings(place, snapshot, value));
                enforced.push(...held.map((holding) => ({ ...holding, where })));
            }
        }
    }
    return { enforced, behind };
}
