import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { MispAttribute, MispEvent } from "./server";

/** Exchanges recorded from a MISP 2.5.1, where they are. */
const SAMPLES = path.join(__dirname, "..", "..", "..", "shared", "data", "misp-samples");

export interface Exchange {
    readonly name: string;
    readonly method: string;
    readonly path: string;
    readonly requestHeaders: Readonly<Record<string, string>>;
    readonly requestBody: string;
    readonly status: number;
    /** Names in lower case. */
    readonly headers: Readonly<Record<string, string>>;
    readonly text: string;
}

/** A row of an answer, as far as the tests look at it. */
export interface Row extends Readonly<Record<string, unknown>> {
    readonly id: string;
    readonly type: string;
    readonly value: string;
    readonly to_ids: boolean;
    readonly event_id: string;
    readonly Event: { readonly info: string; readonly publish_timestamp: string };
    readonly Tag?: readonly { readonly name: string; readonly inherited?: number }[];
}

/** All of them by name; none where they are not. */
export function exchanges(): ReadonlyMap<string, Exchange> {
    const files = existsSync(SAMPLES) ? readdirSync(SAMPLES).filter((file) => file.endsWith(".http")) : [];
    return new Map(
        files.sort().map((file) => {
            const name = file.slice(0, -".http".length);
            return [name, parse(name, readFileSync(path.join(SAMPLES, file), "utf8"))];
        }),
    );
}

function parse(name: string, file: string): Exchange {
    const text = file.replace(/\r/g, "");
    const at = text.indexOf("\nHTTP/1.1 ") + 1;
    const request = parseMessage(text.slice(0, at));
    const response = parseMessage(text.slice(at));
    const [method, target] = request.first.split(" ");
    return {
        name,
        method,
        path: target,
        requestHeaders: request.headers,
        requestBody: request.body.trim(),
        status: Number(response.first.split(" ")[1]),
        headers: response.headers,
        text: response.body,
    };
}

function parseMessage(text: string) {
    const [head, ...body] = text.split("\n\n");
    const [first, ...lines] = head.split("\n");
    const headers = lines.map((line) => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    });
    return {
        first,
        headers: Object.fromEntries(headers) as Record<string, string>,
        body: body.join("\n\n"),
    };
}

/** The rows of an answer to restSearch in JSON. */
export function rowsOf(text: string): Row[] {
    return (JSON.parse(text) as { response: { Attribute: Row[] } }).response.Attribute;
}

/** What no row shows: the tags of the server's events, by event. */
const EVENT_TAGS: Readonly<Record<string, readonly string[]>> = {
    1: ["DDB_IP_FEED", "tlp:green"],
    3: ["DDB_IP_FEED"],
    4: ["BULK_FEED"],
};
const LISTS: readonly (readonly [RegExp, string])[] = [
    [/(?:^|\|)(?:10|203\.0\.113|198\.51\.100)\./, "List of RFC 5735 CIDR blocks"],
    [/^8\.8\.8\.8$/, "List of known IPv4 public DNS resolvers"],
];

/**
 * The attributes of the recorded server, put together from the rows of all its answers, before it was changed
 * (event 5 and later came then).
 */
export function recordedAttributes(samples: ReadonlyMap<string, Exchange>): MispAttribute[] {
    const rows = new Map<number, Row>();
    for (const sample of samples.values()) {
        if (/restSearch/.test(sample.path) && sample.status === 200 && sample.text.startsWith("{")) {
            rowsOf(sample.text).forEach((row) => rows.set(Number(row.id), rows.get(Number(row.id)) ?? row));
        }
    }
    const seen = [...rows.entries()].filter(([, { event_id: event }]) => Number(event) < 5);
    const bulk = seen.find(([, { event_id: event }]) => event === "4")?.[1];
    // Pages 1 and 2 of the 250 are not among the recordings; they are alike.
    const unseen = Array.from({ length: 250 }, (_, index) => 22 + index).filter(
        (id) => bulk && !rows.has(id),
    );
    const filled = unseen.map((id) => [id, { ...bulk, value: `100.64.0.${id - 21}` } as Row] as const);
    return [...seen, ...filled].sort(([a], [b]) => a - b).map(([id, row]) => attributeOf(id, row));
}

function attributeOf(id: number, row: Row): MispAttribute {
    const lists = LISTS.filter(([pattern]) => pattern.test(row.value)).map(([, name]) => name);
    const event: MispEvent = {
        id: Number(row.event_id),
        tags: EVENT_TAGS[row.event_id],
        published: row.Event.publish_timestamp !== "0",
    };
    return {
        id,
        value: row.value,
        type: row.type,
        toIds: row.to_ids,
        tags: (row.Tag ?? []).filter(({ inherited }) => !inherited).map(({ name }) => name),
        event,
        warningLists: lists,
    };
}
