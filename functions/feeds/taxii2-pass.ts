import { FeedMemory, FeedPosition } from "./feed";
import { Taxii2Collection } from "./taxii2-collections";

/** A collection that is being read. */
export interface OpenCollection {
    /** Its key. */
    readonly collection: string;
    /** The server's token for the next page. */
    readonly next?: string;
    /** Only what was added after it, ISO 8601 as the server wrote it. */
    readonly after?: string;
    /** When the last object so far was added. */
    readonly last?: string;
    /** Pages read, in all attempts. */
    readonly pages: number;
    /** Times that it was begun anew. */
    readonly restarts: number;
}

/** Where a pass stands: the content of `FeedPage.resume`. */
export interface Taxii2Pass {
    readonly full: boolean;
    /** ISO 8601: of the pass, or of the last full one when it is partial. */
    readonly fullAt: string;
    /** By collection: where a partial pass begins. */
    readonly before: Readonly<Record<string, string>>;
    /** By collection, of those read to their end: when their last object was added; "" where that is not known. */
    readonly ends: Readonly<Record<string, string>>;
    readonly open?: OpenCollection;
}

/**
 * The pass that is to go on, or a new one. It is full when the last full one is too long ago, since a partial one does
 * not tell what is gone, and when a collection is no longer there.
 */
export function beginTaxii2Pass(
    { resume, memory }: FeedPosition,
    collections: readonly Taxii2Collection[],
    fullEveryHours: number,
    now: Date,
): Taxii2Pass {
    if (resume) {
        return resume as unknown as Taxii2Pass;
    }
    const fullAt = String(memory?.fullAt);
    const before = (memory?.collections ?? {}) as Readonly<Record<string, string>>;
    const age = now.getTime() - Date.parse(fullAt);
    const keys = collections.map(({ key }) => key);
    const partial =
        age >= 0 &&
        age < fullEveryHours * 3_600_000 &&
        Object.keys(before).every((key) => keys.includes(key));
    return partial
        ? { full: false, fullAt, before, ends: {} }
        : { full: true, fullAt: now.toISOString(), before: {}, ends: {} };
}

/** The collection where the pass stands in it, or at its beginning. */
export function openCollection({ key }: Taxii2Collection, { open, before }: Taxii2Pass): OpenCollection {
    return open?.collection === key
        ? open
        : { collection: key, pages: 0, restarts: 0, ...(before[key] ? { after: before[key] } : {}) };
}

/** The collection from its beginning. */
export function reopenCollection(
    collection: Taxii2Collection,
    pass: Taxii2Pass,
    open: OpenCollection,
): OpenCollection {
    const fresh = openCollection(collection, { ...pass, open: undefined });
    return { ...fresh, pages: open.pages, restarts: open.restarts + 1 };
}

/** The pass with the collection read to its end. Before that its checkpoint must stay: a date may be of many objects. */
export function closeCollection(pass: Taxii2Pass, { collection, last }: OpenCollection): Taxii2Pass {
    const { open: _, ...rest } = pass;
    return { ...rest, ends: { ...pass.ends, [collection]: last ?? pass.before[collection] ?? "" } };
}

/** Memory of a pass that came to its end. */
export function memoryOfTaxii2({ ends, fullAt }: Taxii2Pass): FeedMemory {
    return { collections: ends, fullAt };
}
