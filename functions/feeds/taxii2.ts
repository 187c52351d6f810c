import { FeedEnd, FeedPage, FeedPosition, FeedReader, FeedValue } from "./feed";
import { FeedError } from "./feed-error";
import { FeedTools, OpenFeed } from "./registry";
import { NewestVersions } from "./stix2-versions";
import { STIX_TIMESTAMP, StixObject, stixValues } from "./stix2";
import { findTaxii2Collections, Taxii2Collection } from "./taxii2-collections";
import {
    beginTaxii2Pass,
    closeCollection,
    memoryOfTaxii2,
    OpenCollection,
    openCollection,
    reopenCollection,
    Taxii2Pass,
} from "./taxii2-pass";
import { getTaxii2, Taxii2BadRequest } from "./taxii2-request";

/** Objects to ask for at once; servers send fewer. */
const LIMIT = 1000;
/** A million objects of a server that sends 50 at once, as many do. */
const MOST_PAGES = 20_000;
const MOST_RESTARTS = 3;
const FULL_EVERY_HOURS = 24;

/** What is on a page, and what is said of the pages after it. */
interface Page {
    readonly objects: readonly StixObject[];
    readonly more: boolean;
    readonly next?: string;
    /** When the last of the objects was added. */
    readonly last?: string;
}

/** TAXII 2.1 with STIX 2: discovery or API root, collections, pages. */
export const openTaxii2: OpenFeed<"taxii2"> = (definition, tools): FeedReader => ({
    async *read(position: FeedPosition): AsyncGenerator<FeedPage, FeedEnd> {
        const collections = await findTaxii2Collections(definition, tools);
        const hours = definition.fullEveryHours ?? FULL_EVERY_HOURS;
        let pass = beginTaxii2Pass(position, collections, hours, tools.now());
        const versions = new NewestVersions();
        for (const collection of collections.filter(({ key }) => !Object.hasOwn(pass.ends, key))) {
            pass = yield* readCollection(collection, pass, versions, tools);
        }
        return { pass: pass.full ? "full" : "partial", memory: memoryOfTaxii2(pass) };
    },
});

/** @returns the pass with the collection read */
async function* readCollection(
    collection: Taxii2Collection,
    pass: Taxii2Pass,
    versions: NewestVersions,
    tools: FeedTools,
): AsyncGenerator<FeedPage, Taxii2Pass> {
    let open = openCollection(collection, pass);
    let before: string | undefined;
    for (;;) {
        const page = await readPage(collection, open, tools);
        if (!page) {
            open = reopenCollection(collection, pass, open);
            before = undefined;
            continue;
        }
        const content = JSON.stringify(page.objects.slice(0, 1));
        if (page.objects.length > 0 && content === before) {
            throw fault(collection, "sends the same page again and again");
        }
        before = content;
        open = { ...open, pages: open.pages + 1, ...(page.last ? { last: page.last } : {}) };
        const values = valuesOf(versions.of(page.objects), pass, tools.now());
        if (!page.more) {
            const closed = closeCollection(pass, open);
            yield { values, resume: { ...closed } };
            return closed;
        }
        open = nextPage(collection, open, page);
        yield { values, resume: { ...pass, open } };
    }
}

/** @returns undefined when the server no longer knows the session that the page belongs to */
async function readPage(
    collection: Taxii2Collection,
    open: OpenCollection,
    tools: FeedTools,
): Promise<Page | undefined> {
    const { next, after } = open;
    // A server compares the parameters with those of the first page. medallion needs the limit with `next`.
    const query = new URLSearchParams({
        limit: String(LIMIT),
        "match[type]": "indicator",
        ...(after ? { added_after: after } : {}),
        ...(next ? { next } : {}),
    });
    try {
        const { body, headers } = await getTaxii2(tools, `${collection.url}objects/?${query.toString()}`);
        const last = headers["x-taxii-date-added-last"];
        return {
            objects: objectsOf(collection, body.objects),
            more: body.more === true,
            ...(typeof body.next === "string" && body.next !== "" ? { next: body.next } : {}),
            ...(last !== undefined && STIX_TIMESTAMP.test(last) ? { last } : {}),
        };
    } catch (error) {
        if (next && open.restarts < MOST_RESTARTS && error instanceof Taxii2BadRequest) {
            return undefined;
        }
        throw error;
    }
}

/** An empty collection is an empty envelope, without objects. */
function objectsOf(collection: Taxii2Collection, objects: unknown = []): StixObject[] {
    if (!Array.isArray(objects)) {
        throw fault(collection, "sends objects that are no list");
    }
    return objects.filter((object) => typeof object === "object" && object !== null) as StixObject[];
}

/** The token may be the same on every page (medallion): only their number tells that there is no end. */
function nextPage(collection: Taxii2Collection, open: OpenCollection, { next, last }: Page): OpenCollection {
    if (open.pages >= MOST_PAGES) {
        throw fault(collection, `does not come to an end within ${MOST_PAGES} pages`);
    }
    if (next) {
        return { ...open, next };
    }
    // The first draft of 2.1 had no token. Objects that share that date with ones on this page may be missed.
    if (!last || last === open.after) {
        throw fault(collection, "says that there is more, but not how to ask for it");
    }
    return { ...open, next: undefined, after: last };
}

/** What was taken back comes first: the same value may be back on the same page. */
function valuesOf(objects: readonly StixObject[], { full }: Taxii2Pass, now: Date): FeedValue[] {
    const values = objects.flatMap((object) => stixValues(object, full ? "full" : "partial", now));
    return [...values.filter(({ revoked }) => revoked), ...values.filter(({ revoked }) => !revoked)];
}

function fault({ title }: Taxii2Collection, what: string): FeedError {
    return new FeedError("response", `collection ${title} ${what}: ask the feed's operator`);
}
