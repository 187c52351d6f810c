import { FeedValue } from "./feed";

/** Where the values of an attribute are that can be matched against logs or blocked: its parts between bars. */
const PARTS: Readonly<Record<string, readonly number[]>> = {
    "ip-src": [0],
    "ip-dst": [0],
    "ip-src|port": [0],
    "ip-dst|port": [0],
    domain: [0],
    hostname: [0],
    "hostname|port": [0],
    "domain|ip": [0, 1],
    // A bar may be part of a URL: it is taken whole.
    url: [],
};

/** Attribute types that hold an address, a network, a domain or a URL. */
export const MISP_TYPES: readonly string[] = Object.keys(PARTS);

/** An attribute of MISP, as far as it is read; numbers and booleans may come as text. */
export interface MispAttribute {
    readonly uuid?: unknown;
    readonly type?: unknown;
    readonly value?: unknown;
    readonly to_ids?: unknown;
    readonly deleted?: unknown;
    /** Epoch seconds of its last change. */
    readonly timestamp?: unknown;
    /** ISO 8601. */
    readonly first_seen?: unknown;
    /** Hits on warning lists, where they were asked for. */
    readonly warnings?: unknown;
}

/**
 * What an attribute says that can be looked up: two values of `domain|ip`, none of other types, of deleted
 * attributes and of those not meant for detection.
 */
export function mispValues(attribute: MispAttribute): FeedValue[] {
    const { type, value } = attribute;
    const places = typeof type === "string" && Object.hasOwn(PARTS, type) ? PARTS[type] : undefined;
    if (!places || typeof value !== "string" || isNo(attribute.to_ids) || isYes(attribute.deleted)) {
        return [];
    }
    const parts = value.split("|");
    const values = places.length === 0 ? [value] : places.map((place) => parts[place] ?? "");
    const seen = firstSeen(attribute);
    return values
        .map((text) => text.trim())
        .filter(Boolean)
        .map((text) => ({
            value: text,
            ...(seen ? { firstSeen: seen } : {}),
            ...refusal(attribute.warnings, text, values),
        }));
}

/** A hit names the part of the value that is on the list; one that names none of them counts for all. */
function refusal(warnings: unknown, text: string, parts: readonly string[]): { refused?: string } {
    const hits = Array.isArray(warnings) ? (warnings as readonly unknown[]) : [];
    for (const hit of hits) {
        const { value, warninglist_name: name } = (hit ?? {}) as Record<string, unknown>;
        if (value === text || !parts.some((part) => part.trim() === value)) {
            return { refused: `on MISP's warning list ${listName(name)}` };
        }
    }
    return {};
}

function listName(name: unknown): string {
    return typeof name === "string" ? name.replace(/\s+/g, " ").slice(0, 120) : "without a name";
}

function firstSeen({ first_seen: first, timestamp }: MispAttribute): string | undefined {
    return isoTime(typeof first === "string" ? Date.parse(first) : NaN) ?? isoTime(Number(timestamp) * 1000);
}

function isoTime(milliseconds: number): string | undefined {
    // 8.64e15 is the last moment that a Date can hold.
    return milliseconds > 0 && milliseconds <= 8.64e15 ? new Date(milliseconds).toISOString() : undefined;
}

function isNo(flag: unknown): boolean {
    return flag === false || flag === 0 || flag === "0";
}

function isYes(flag: unknown): boolean {
    return flag === true || flag === 1 || flag === "1";
}
