import { IndexItem, Rejected } from "../sinks/opensearch";
import { LineSplitter } from "../sources/lines";
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
    const splitter = new LineSplitter();
    for await (const chunk of input) {
        yield* itemsOf(splitter.split(chunk), rejected);
    }
    yield* itemsOf(splitter.end(), rejected);
}

function* itemsOf(lines: readonly (string | Malformed)[], rejected: Rejected[]): Generator<IndexItem> {
    for (const line of lines) {
        const item = line instanceof Malformed ? line.reason : itemOf(line);
        if (typeof item !== "string") {
            yield item;
        } else {
            const raw = line instanceof Malformed ? Buffer.from(line.raw).toString("utf8") : line;
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
    return { index: `logs-${dataset}-${day[1]}.${day[2]}.${day[3]}`, id, line };
}
