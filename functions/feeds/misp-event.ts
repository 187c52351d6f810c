import { FeedValue } from "./feed";
import { FeedError } from "./feed-error";
import { MispAttribute, mispValues } from "./misp-attribute";

/**
 * The values of an event's file: of its attributes and of those of its objects.
 * @param url for messages
 * @throws FeedError `response` when it is no event
 */
export function mispEventValues(text: string, url: string): FeedValue[] {
    const event = objectIn(jsonIn(text, url)?.Event);
    if (!event) {
        throw new FeedError("response", `${url} is no MISP event: it has no "Event"`);
    }
    const objects = listIn(event.Object).flatMap((object) => listIn(objectIn(object)?.Attribute));
    return [...listIn(event.Attribute), ...objects].flatMap((attribute) => {
        const read = objectIn(attribute);
        return read ? mispValues(read as MispAttribute) : [];
    });
}

/**
 * Names of the events of a manifest, sorted.
 * @throws FeedError `response` when it is none
 */
export function mispManifestEvents(text: string, url: string): string[] {
    const manifest = jsonIn(text, url);
    const events = Object.keys(manifest ?? {});
    // They become part of a URL.
    if (!manifest || !events.every((event) => /^[0-9a-f-]{36}$/i.test(event))) {
        throw new FeedError("response", `${url} is no MISP manifest: an object with a UUID for each event`);
    }
    return events.sort();
}

type Json = Readonly<Record<string, unknown>>;

function jsonIn(text: string, url: string): Json | undefined {
    try {
        return objectIn(JSON.parse(text));
    } catch {
        // JSON.parse's own message quotes the file, so it is no cause to keep.
        throw new FeedError("response", `${url} is not JSON: is the URL the feed's directory?`);
    }
}

function objectIn(value: unknown): Json | undefined {
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

function listIn(value: unknown): readonly unknown[] {
    return Array.isArray(value) ? value : [];
}
