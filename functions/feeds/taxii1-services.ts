import { Taxii1Definition } from "./definition";
import { FeedError } from "./feed-error";
import { shownUrl } from "./http-url";
import { FeedTools } from "./registry";
import { exchange } from "./taxii1-exchange";
import { collectionsRequest, discoveryRequest, MESSAGE_BINDING } from "./taxii1-messages";
import { children, textAt, XmlElement } from "./taxii1-xml";

/** A collection that can be polled. */
export interface Taxii1Collection {
    readonly name: string;
    /** A data feed is ordered by time and tells its news; a data set can only be read as a whole. */
    readonly type: "feed" | "set";
    readonly pollUrl: string;
}

/**
 * Finds the collections to poll: the ones named, or all that are available and can be polled.
 * @throws FeedError when there is none, or one that is named is not there
 */
export async function findCollections(
    definition: Pick<Taxii1Definition, "url" | "collections">,
    tools: Pick<FeedTools, "http" | "sleep">,
): Promise<readonly Taxii1Collection[]> {
    const { url } = definition;
    const discovery = await exchange(tools, url, discoveryRequest(), "Discovery_Response");
    const managers = children(discovery, "Service_Instance").filter(
        (service) => service.attributes.service_type === "COLLECTION_MANAGEMENT" && isAvailable(service),
    );
    const address = chooseAddress(managers, url);
    if (!address) {
        throw new FeedError(
            "configuration",
            `${shownUrl(url)} names no TAXII 1.1 collection management service`,
        );
    }
    const answer = await exchange(tools, address, collectionsRequest(), "Collection_Information_Response");
    const all = new Map<string, Taxii1Collection | undefined>();
    for (const collection of children(answer, "Collection")) {
        const name = collection.attributes.collection_name?.trim();
        if (name) {
            all.set(name, pollable(name, collection, url));
        }
    }
    return definition.collections ? pick(definition.collections, all) : everyPollable(all);
}

function pollable(name: string, collection: XmlElement, base: string): Taxii1Collection | undefined {
    const pollUrl = isAvailable(collection)
        ? chooseAddress(children(collection, "Polling_Service"), base)
        : undefined;
    const type = collection.attributes.collection_type === "DATA_SET" ? "set" : "feed";
    return pollUrl ? { name, type, pollUrl } : undefined;
}

function everyPollable(all: ReadonlyMap<string, Taxii1Collection | undefined>): readonly Taxii1Collection[] {
    const found = [...all.values()].filter((collection) => collection !== undefined);
    if (found.length === 0) {
        throw new FeedError("configuration", "the TAXII server has no collection that this user can poll");
    }
    return found;
}

function pick(
    names: readonly string[],
    all: ReadonlyMap<string, Taxii1Collection | undefined>,
): readonly Taxii1Collection[] {
    return [...new Set(names)].map((name) => {
        const found = all.get(name);
        if (!found) {
            const what = all.has(name) ? "cannot be polled" : "does not exist";
            const others = [...all].filter(([, other]) => other).map(([other]) => other);
            const list = others.slice(0, 50).join(", ") || "none";
            throw new FeedError(
                "configuration",
                `TAXII collection ${JSON.stringify(name)} ${what}; the server has: ${list}`,
            );
        }
        return found;
    });
}

/** @returns the address of the first service that can be spoken to, https before http */
function chooseAddress(services: readonly XmlElement[], base: string): string | undefined {
    const urls = services
        .filter(speaksXml)
        .map((service) => serviceUrl(textAt(service, "Address") ?? "", base));
    return urls.find((url) => url.startsWith("https:")) ?? urls[0];
}

/**
 * A server behind a proxy that ends TLS believes to be at http:// and names that, so the address is asked where the
 * discovery was. One on another host is not: the feed's password is not for it.
 */
function serviceUrl(address: string, base: string): string {
    const own = new URL(base);
    const url = URL.canParse(address, base) ? new URL(address, base) : undefined;
    if (!url || !/^https?:$/.test(url.protocol) || url.hostname !== own.hostname) {
        throw new FeedError(
            "configuration",
            `${shownUrl(base)} names a service at ${JSON.stringify(address.slice(0, 200))}, which is not on its own host: ` +
                "set the feed's url to the host that the services are on",
        );
    }
    return own.protocol === "https:" && url.protocol === "http:"
        ? `${own.origin}${url.pathname}${url.search}`
        : url.href;
}

function speaksXml(service: XmlElement): boolean {
    const bindings = children(service, "Message_Binding").map(({ text }) => text.trim());
    const protocol = textAt(service, "Protocol_Binding") ?? "";
    return (
        (bindings.length === 0 || bindings.includes(MESSAGE_BINDING)) &&
        (protocol === "" || /^urn:taxii\.mitre\.org:protocol:https?:1\.0$/.test(protocol))
    );
}

function isAvailable({ attributes: { available } }: XmlElement): boolean {
    return available !== "false" && available !== "0";
}
