import { AttributeValue } from "@aws-sdk/client-dynamodb";
import { FeedRef, Indicator, indicatorOf, IndicatorType } from "./indicator";

/** Most bytes a hash key may have in DynamoDB. A longer value cannot be stored. */
export const LONGEST_VALUE = 2048;

export type TableItem = Record<string, AttributeValue>;

/**
 * The item of an indicator. `feeds` is a set of texts `name confidence firstSeen lastSeen expiresAt`, times in unix
 * seconds: writes are paid by the KB, and some 20 feeds fit into one. The rest follows from them.
 */
export function toItem({ value, type, feeds, expiresAt }: Indicator): TableItem {
    return {
        value: { S: value },
        type: { S: type },
        feeds: { SS: feeds.map(textOf) },
        expiresAt: { N: String(expiresAt) },
    };
}

/** @returns undefined for an item that is no indicator's */
export function fromItem({ value, type, feeds }: TableItem): Indicator | undefined {
    const refs = (feeds?.SS ?? []).map(refOf).sort((a, b) => (a.name < b.name ? -1 : 1));
    return value?.S && type?.S && refs.length > 0
        ? indicatorOf(type.S as IndicatorType, value.S, refs)
        : undefined;
}

function textOf({ name, confidence, firstSeen, lastSeen, expiresAt }: FeedRef): string {
    return `${name} ${confidence} ${Date.parse(firstSeen) / 1000} ${Date.parse(lastSeen) / 1000} ${expiresAt}`;
}

function refOf(text: string): FeedRef {
    const [name, confidence, firstSeen, lastSeen, expiresAt] = text.split(" ");
    return {
        name,
        firstSeen: new Date(Number(firstSeen) * 1000).toISOString(),
        lastSeen: new Date(Number(lastSeen) * 1000).toISOString(),
        confidence: Number(confidence),
        expiresAt: Number(expiresAt),
    };
}
