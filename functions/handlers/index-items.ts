import { textLines } from "../bytes/text-lines";
import { IndexItem, Rejected } from "../sinks/opensearch";
import { Malformed } from "../sources/source";

interface Head {
    readonly "@timestamp"?: unknown;
    readonly event?: { readonly id?: unknown; readonly dataset?: unknown };
}

/**
 * Turns the lines of a lake object into bulk items: index by data set and the event's own day, id by the event.
 * @param rejected gets the lines that are no document
 */
export async function* indexItems(
    input: AsyncIterable<Uint8Array>,
    rejected: Rejected[],
): AsyncGenerator<IndexItem> {
    for await (const lines of textLines(input)) {
        yield* itemsOf(lines, rejected);
    }
}

function* itemsOf(lines: readonly (string | Malformed)[], rejected: Rejected[]): Generator<IndexItem> {
    for (const line of lines) {
        const item = line instanceof Malformed ? line.reason : itemOf(line);
        if (typeof item !== "string") {
            yield item;
        } else {
            const raw = line instanceof Malformed ? Buffer.from(line.raw ?? []).toString("utf8") : line;
            rejected.push({ line: raw, reason: item });
        }
    }
}

/** @returns the item, or why the line is none */
function itemOf(line: string): IndexItem | string {
    let document: Head | null;
    try {
        document = JSON.parse(line) as Head | null;
    } catch {
        return "not JSON";
    }
    const { id, dataset } = document?.event ?? {};
    const timestamp = document?.["@timestamp"];
    if (typeof id !== "string" || !id || Buffer.byteLength(id) > 512) {
        return "no event.id of 1 to 512 bytes";
    }
    if (typeof dataset !== "string" || !/^[a-z0-9][a-z0-9._-]{0,99}$/.test(dataset)) {
        return "no event.dataset that can name an index";
    }
    const day = typeof timestamp === "string" ? /^(\d{4})-(\d{2})-(\d{2})T/.exec(timestamp) : null;
    if (!day || Number.isNaN(Date.parse(timestamp as string))) {
        return "no @timestamp in ISO 8601";
    }
    const index = `logs-${dataset}-${day[1]}.${day[2]}.${day[3]}`;
    return {
        index,
        id,
        line: Buffer.byteLength(line) > MAX_VALUE_BYTES ? fitting(document as Head, line) : line,
    };
}

/** OpenSearch refuses a document with a longer value; a path stands before it in the index (seen on 3.4: 32,766). */
const MAX_VALUE_BYTES = 30_000;
const KEPT_CHARACTERS = 8_000;

/**
 * Cuts values that would keep the whole document out of search, where nobody would look for it: the lake has them whole.
 * Such documents carry the tag `value_cut`.
 */
function fitting(document: Head, line: string): string {
    let cuts = 0;
    const cut = (_key: string, value: unknown): unknown => {
        if (typeof value !== "string" || Buffer.byteLength(value) <= MAX_VALUE_BYTES) {
            return value;
        }
        cuts++;
        return `${value.slice(0, KEPT_CHARACTERS)}… (${Buffer.byteLength(value)} bytes)`;
    };
    const fitted = JSON.stringify({ ...document, tags: ["value_cut"] }, cut);
    return cuts > 0 ? fitted : line;
}
