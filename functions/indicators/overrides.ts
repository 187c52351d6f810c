import {
    AttributeValue,
    paginateQuery,
    paginateScan,
    DynamoDBClient,
    PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { IndicatorMatch } from "./indicator";
import { normalizeIndicator } from "./normalize";

/** Feed name that stands for the analysts. */
export const ANALYST = "analyst";

/** An analyst's word on a value. None is ever changed or deleted: they are the record of who decided what, and why. */
export interface Override {
    /** Normal form. */
    readonly value: string;
    /** When it was given, ISO 8601 in UTC with milliseconds. */
    readonly at: string;
    /** `lift`: neither allowed nor blocked any more. */
    readonly action: "allow" | "block" | "lift";
    readonly reason: string;
    /** ARN of who gave it. */
    readonly by: string;
    /** From then on it does not count, ISO 8601. Left out, it counts until it is lifted. */
    readonly until?: string;
}

/** What analysts have decided that counts now. */
export interface OverridesInForce {
    /** Values that must not be blocked. */
    readonly allowed: readonly string[];
    /** Entries of the snapshot whatever the feeds say, by value. */
    readonly blocked: ReadonlyMap<string, IndicatorMatch>;
}

/** Reads all overrides ever given, as they were a moment ago. */
export async function readOverrides(client: DynamoDBClient, table: string): Promise<Override[]> {
    const found: Override[] = [];
    for await (const page of paginateScan({ client }, { TableName: table, ConsistentRead: true })) {
        found.push(...(page.Items ?? []).map(fromItem));
    }
    return found;
}

/** The overrides of a value, oldest first. */
export async function historyOf(client: DynamoDBClient, table: string, value: string): Promise<Override[]> {
    const found: Override[] = [];
    const query = {
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: "#value = :value",
        ExpressionAttributeNames: { "#value": "value" },
        ExpressionAttributeValues: { ":value": { S: value } },
    };
    for await (const page of paginateQuery({ client }, query)) {
        found.push(...(page.Items ?? []).map(fromItem));
    }
    return found;
}

/**
 * Records an override. It takes effect with the next compile.
 * @throws Error when it is not well formed, or there is one of the value at this very time
 */
export async function putOverride(client: DynamoDBClient, table: string, override: Override): Promise<void> {
    const { value, at, action, reason, by, until } = override;
    if (normalizeIndicator(value)?.value !== value) {
        throw new Error(`"${value}" is no address, network, domain or URL in normal form`);
    }
    const time = new Date(at);
    if (Number.isNaN(time.getTime()) || time.toISOString() !== at) {
        throw notATime(at);
    }
    if (until !== undefined && Number.isNaN(Date.parse(until))) {
        throw notATime(until);
    }
    if (!reason.trim()) {
        throw new Error(`why ${action} ${value}? Give a reason: others will ask`);
    }
    const item = { value, at, action, reason, by, ...(until !== undefined && { until }) };
    try {
        await client.send(
            new PutItemCommand({
                TableName: table,
                Item: Object.fromEntries(Object.entries(item).map(([name, S]) => [name, { S }])),
                ConditionExpression: "attribute_not_exists(#value)",
                ExpressionAttributeNames: { "#value": "value" },
            }),
        );
    } catch (error) {
        if ((error as Error).name === "ConditionalCheckFailedException") {
            throw new Error(`there is an override of ${value} at ${at} already: try again`, { cause: error });
        }
        throw error;
    }
}

function notATime(text: string): Error {
    return new Error(`"${text}" is no time: write it like 2026-12-31T12:00:00.000Z`);
}

/** The newest word on each value counts, unless it has expired or lifts what was said before. */
export function overridesInForce(overrides: readonly Override[], now: Date): OverridesInForce {
    const newest = new Map<string, Override>();
    for (const override of overrides) {
        if (override.at > (newest.get(override.value)?.at ?? "")) {
            newest.set(override.value, override);
        }
    }
    const allowed: string[] = [];
    const blocked = new Map<string, IndicatorMatch>();
    for (const { value, at, action, until } of newest.values()) {
        const type = normalizeIndicator(value)?.type;
        if (type === undefined || (until !== undefined && Date.parse(until) <= now.getTime())) {
            continue;
        }
        if (action === "allow") {
            allowed.push(value);
        } else if (action === "block") {
            const entry = { type, value, feeds: [ANALYST], firstSeen: at, lastSeen: at, confidence: 100 };
            blocked.set(value, entry);
        }
    }
    return { allowed, blocked };
}

function fromItem(item: Record<string, AttributeValue>): Override {
    const text = (name: string) => item[name]?.S ?? "";
    return {
        value: text("value"),
        at: text("at"),
        action: text("action") as Override["action"],
        reason: text("reason"),
        by: text("by"),
        ...(item.until?.S !== undefined && { until: item.until.S }),
    };
}
