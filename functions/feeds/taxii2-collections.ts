import { Taxii2Definition } from "./definition";
import { FeedError } from "./feed-error";
import { FeedTools } from "./registry";
import { getTaxii2 } from "./taxii2-request";

/** A collection to read. */
export interface Taxii2Collection {
    /** With the slash at its end. */
    readonly url: string;
    /** Path of the URL: ids are those of an API root only. */
    readonly key: string;
    /** For messages. */
    readonly title: string;
}

interface Listed extends Taxii2Collection {
    readonly names: readonly string[];
    readonly canRead: boolean;
}

/**
 * The feed's collections, of all API roots.
 * @throws FeedError when one that is configured is not there or cannot be read, or when there is none to read
 */
export async function findTaxii2Collections(
    definition: Pick<Taxii2Definition, "url" | "collections">,
    tools: FeedTools,
): Promise<Taxii2Collection[]> {
    const url = folder(feedUrl(definition.url));
    const listed: Listed[] = [];
    for (const root of await apiRoots(url, tools)) {
        listed.push(...(await collectionsOf(root, tools)));
    }
    const readable = listed.filter(({ canRead }) => canRead);
    const wanted = definition.collections?.length ? definition.collections : undefined;
    if (!wanted && readable.length > 0) {
        return readable;
    }
    const matching = (name: string): Listed[] => listed.filter(({ names }) => names.includes(name));
    const missing = wanted?.find((name) => matching(name).length === 0);
    if (!wanted || missing !== undefined) {
        const none =
            missing === undefined ? "no collection to read" : `no collection ${JSON.stringify(missing)}`;
        const titles = readable.map(({ title }) => title);
        throw new FeedError(
            "configuration",
            `${url.href} has ${none}; this user may read: ${titles.slice(0, 20).join(", ") || "none"}`,
        );
    }
    const found = listed.filter(({ names }) => wanted.some((name) => names.includes(name)));
    const closed = found.find(({ canRead }) => !canRead);
    if (closed) {
        throw new FeedError(
            "authentication",
            `this user may not read collection ${closed.title}: ask the feed's operator for the right`,
        );
    }
    return found;
}

/** A discovery document names API roots; any other answer must be an API root's own. */
async function apiRoots(url: URL, tools: FeedTools): Promise<string[]> {
    const { body } = await getTaxii2(tools, url.href);
    const { versions, api_roots: roots, default: first } = body;
    if (Array.isArray(roots) || typeof first === "string") {
        const all = [...(typeof first === "string" ? [first] : []), ...(Array.isArray(roots) ? roots : [])];
        return [...new Set(all.map((root) => rootUrl(root, url)))];
    }
    if (!Array.isArray(versions)) {
        throw new FeedError(
            "configuration",
            `${url.href} is neither a discovery document nor an API root of TAXII 2.1: check the feed's url`,
        );
    }
    if (!versions.some((version) => typeof version === "string" && version.includes("2.1"))) {
        throw new FeedError(
            "configuration",
            `${url.href} does not speak TAXII 2.1: set the feed's url to a root that does`,
        );
    }
    return [url.href];
}

/**
 * A root elsewhere would be sent the feed's secret. Servers behind a proxy name themselves by plain http: what counts
 * is the host.
 */
function rootUrl(root: unknown, discovery: URL): string {
    const url =
        typeof root === "string" && URL.canParse(root, discovery.href) ? new URL(root, discovery) : undefined;
    if (!url || url.host !== discovery.host) {
        throw new FeedError(
            "configuration",
            `${discovery.href} names an API root on another host (${url?.host ?? "no URL"}): set the feed's url to the root itself`,
        );
    }
    return folder(new URL(url.pathname, discovery)).href;
}

async function collectionsOf(root: string, tools: FeedTools): Promise<Listed[]> {
    const { body } = await getTaxii2(tools, `${root}collections/`);
    const rows = Array.isArray(body.collections) ? (body.collections as unknown[]) : [];
    return rows.flatMap((row) => {
        const { id, alias, title, can_read: canRead } = (row ?? {}) as Record<string, unknown>;
        if (typeof id !== "string" || id === "") {
            return [];
        }
        const url = new URL(`collections/${encodeURIComponent(id)}/`, root);
        const names = [id, alias, title].filter((name): name is string => typeof name === "string");
        return {
            url: url.href,
            key: url.pathname,
            title: JSON.stringify((names.at(-1) ?? id).slice(0, 100)),
            names,
            canRead: canRead === true,
        };
    });
}

function feedUrl(text: string): URL {
    if (!URL.canParse(text)) {
        throw new FeedError(
            "configuration",
            "the feed's url is none: give https://host/taxii2/ or an API root",
        );
    }
    return new URL(text);
}

/** With a slash at its end, without user, password and query. */
function folder(url: URL): URL {
    const path = url.pathname.endsWith("/") ? url.pathname : `${url.pathname}/`;
    return new URL(path, url.origin);
}
