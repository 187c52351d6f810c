import type { Event, NotificationConfiguration, QueueConfiguration } from "@aws-sdk/client-s3";
import { isDeepStrictEqual } from "node:util";

/** One destination of a bucket's events, whatever it is. */
interface Entry {
    readonly Id?: string;
    readonly Events?: readonly Event[];
    readonly Filter?: QueueConfiguration["Filter"];
    readonly QueueArn?: string;
    readonly TopicArn?: string;
    readonly LambdaFunctionArn?: string;
}

const LISTS = ["QueueConfigurations", "TopicConfigurations", "LambdaFunctionConfigurations"] as const;

/** The notification of created objects to a queue. @param prefix of their keys; empty for all */
export function toQueue(id: string, queueArn: string, prefix: string): QueueConfiguration {
    const filter = prefix
        ? { Filter: { Key: { FilterRules: [{ Name: "prefix" as const, Value: prefix }] } } }
        : {};
    return { Id: id, QueueArn: queueArn, Events: ["s3:ObjectCreated:*"], ...filter };
}

export function entries(configuration: NotificationConfiguration): Entry[] {
    return LISTS.flatMap((list): Entry[] => configuration[list] ?? []);
}

/**
 * Everything but the notification of an id, and those to a queue if one is given. A list that is left empty is left
 * out, as S3 answers it.
 */
export function without(
    configuration: NotificationConfiguration,
    id: string,
    queueArn?: string,
): NotificationConfiguration {
    const kept: NotificationConfiguration = { ...configuration };
    for (const list of LISTS) {
        const all: readonly Entry[] = kept[list] ?? [];
        const rest = all.filter((entry) => entry.Id !== id && !(queueArn && entry.QueueArn === queueArn));
        if (rest.length > 0) {
            Object.assign(kept, { [list]: rest });
        } else {
            delete kept[list];
        }
    }
    return kept;
}

/** Whether two configurations mean the same: their order does not matter. */
export function sameConfiguration(
    left: NotificationConfiguration,
    right: NotificationConfiguration,
): boolean {
    return isDeepStrictEqual(meaning(left), meaning(right));
}

/** Why S3 refused a notification, in words that say what to change. */
export function explainRefusal(
    wanted: QueueConfiguration,
    others: NotificationConfiguration,
    reason: string,
): string {
    const prefix = rule(wanted, "prefix");
    const overlapping = entries(others).filter((entry) => overlaps(entry, prefix));
    if (/overlap|ambiguous/i.test(reason) && overlapping.length > 0) {
        const list = overlapping.map(
            (entry) => `${entry.Id} to ${target(entry)} for "${rule(entry, "prefix")}"`,
        );
        return (
            `${reason} S3 tells one destination of a key, and "${prefix}" is told to ${list.join("; ")}. ` +
            "Give the source a prefix of its own, or let that notification go to an SNS topic that serves both"
        );
    }
    if (/destination/i.test(reason)) {
        const targets = [...entries(others), wanted].map(target);
        return `${reason} One of these is gone or does not let S3 in: ${targets.join(", ")}`;
    }
    return reason;
}

function meaning(configuration: NotificationConfiguration): unknown {
    const sorted = entries(configuration)
        .map((entry) => ({
            id: entry.Id,
            target: target(entry),
            events: [...(entry.Events ?? [])].sort(),
            prefix: rule(entry, "prefix"),
            suffix: rule(entry, "suffix"),
        }))
        .sort((one, other) => (`${one.target} ${one.id}` < `${other.target} ${other.id}` ? -1 : 1));
    return { sorted, eventBridge: configuration.EventBridgeConfiguration !== undefined };
}

function target({ QueueArn, TopicArn, LambdaFunctionArn }: Entry): string {
    return QueueArn ?? TopicArn ?? LambdaFunctionArn ?? "";
}

/** S3 takes the names of rules in lower case and answers them with a capital. */
function rule({ Filter }: Entry, name: "prefix" | "suffix"): string {
    const rules = Filter?.Key?.FilterRules ?? [];
    return rules.find((one) => one.Name?.toLowerCase() === name)?.Value ?? "";
}

function overlaps(entry: Entry, prefix: string): boolean {
    const other = rule(entry, "prefix");
    const created = (entry.Events ?? []).some((name) => name.startsWith("s3:ObjectCreated:"));
    return created && (other.startsWith(prefix) || prefix.startsWith(other));
}
