import { createHash } from "node:crypto";
import { isIP } from "node:net";

/** An event of the stand-in, as its attributes show it. */
export interface MispEvent {
    readonly id: number;
    /** @default "local feed" */
    readonly info?: string;
    /** Attributes match by them, without a sign of it in their rows. */
    readonly tags?: readonly string[];
    /** @default true */
    readonly published?: boolean;
}

/** An attribute of the stand-in. */
export interface MispAttribute {
    readonly value: string;
    /** MISP type, for example `ip-dst`. */
    readonly type: string;
    readonly tags: readonly string[];
    /** Its place from 1 on, where left out. */
    readonly id?: number;
    /** @default event 1, without tags and published */
    readonly event?: MispEvent;
    /** @default true */
    readonly toIds?: boolean;
    /** @default false */
    readonly deleted?: boolean;
    /** Epoch seconds of the last change. */
    readonly timestamp?: number;
    /** ISO 8601. */
    readonly firstSeen?: string;
    readonly comment?: string;
    /** Names of the enabled warning lists that hold its value. */
    readonly warningLists?: readonly string[];
}

/** Attributes of a text feed: one value a line, `#` comments, what follows a tab is dropped (IPsum's count). */
export function attributesFromFeed(text: string): MispAttribute[] {
    return text
        .split("\n")
        .map((line) => line.split("\t")[0].trim())
        .filter((line) => line && !line.startsWith("#"))
        .map((value) => attributeOf(value));
}

function attributeOf(value: string): MispAttribute {
    const address = value.split("/");
    if (
        isIP(address[0]) &&
        (address.length === 1 || (address.length === 2 && /^\d{1,3}$/.test(address[1])))
    ) {
        return { value, type: "ip-dst", tags: ["DDB_IP_FEED"] };
    }
    if (value.includes("/")) {
        const url = /^https?:\/\//i.test(value) ? value : `http://${value}`;
        return { value: url, type: "url", tags: ["DDB_URL_FEED"] };
    }
    return { value, type: "domain", tags: ["DDB_URL_FEED"] };
}

/** The row that MISP answers for an attribute, numbers as text as MISP has them. */
export function rowOf(
    attribute: MispAttribute,
    id: number,
    { warnings = false }: { readonly warnings?: boolean } = {},
): Record<string, unknown> {
    const { tags, event = { id: 1 }, warningLists = [] } = attribute;
    const timestamp = String(attribute.timestamp ?? 1795505806);
    return {
        id: String(id),
        event_id: String(event.id),
        object_id: "0",
        object_relation: null,
        category: "Network activity",
        type: attribute.type,
        to_ids: attribute.toIds ?? true,
        uuid: uuidOf(`${id}|${attribute.type}|${attribute.value}`),
        timestamp,
        distribution: "5",
        sharing_group_id: "0",
        comment: attribute.comment ?? "",
        deleted: attribute.deleted ?? false,
        disable_correlation: false,
        first_seen: attribute.firstSeen ?? null,
        last_seen: null,
        value: attribute.value,
        ...(warnings && warningLists.length > 0
            ? { warnings: warningsOf(attribute.value, warningLists) }
            : {}),
        Event: {
            org_id: "1",
            distribution: "0",
            publish_timestamp: (event.published ?? true) ? timestamp : "0",
            id: String(event.id),
            info: event.info ?? "local feed",
            orgc_id: "1",
            uuid: uuidOf(`event ${event.id}`),
        },
        ...(tags.length > 0 ? { Tag: tags.map(tagOf) } : {}),
    };
}

function warningsOf(value: string, lists: readonly string[]): object[] {
    return lists.map((name, index) => ({
        match: value,
        value,
        warninglist_id: String(index + 1),
        warninglist_name: name,
        warninglist_category: "false_positive",
    }));
}

function tagOf(name: string, index: number): object {
    return {
        id: String(index + 1),
        name,
        colour: "#ff0000",
        numerical_value: null,
        is_galaxy: false,
        local: false,
    };
}

function uuidOf(text: string): string {
    const hex = createHash("sha256").update(text).digest("hex");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
