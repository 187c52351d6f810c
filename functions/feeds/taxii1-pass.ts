import { FeedMemory, FeedPosition } from "./feed";
import { Taxii1Collection } from "./taxii1-services";

/** A result of which a part is to be fetched. */
export interface OpenResult {
    readonly collection: string;
    readonly resultId: string;
    readonly part: number;
    /** What the collection will be read after next time. */
    readonly end: string;
}

/** Where a pass stands: the content of `FeedPage.resume`. */
export interface Taxii1Pass {
    readonly full: boolean;
    /** ISO 8601. */
    readonly startedAt: string;
    /** For collections that are read: up to when, ISO 8601; "" where that is of no use. */
    readonly ends: Readonly<Record<string, string>>;
    readonly open?: OpenResult;
}

const FULL_EVERY_MS = 24 * 3600_000;
/** A server without a time of its own in its answer is taken to have sent all up to ours, and clocks differ. */
const OVERLAP_MS = 10 * 60_000;

/**
 * The pass that is to go on, or a new one. It is a full one once a day, since only that tells what is gone, when the
 * collections are not those of the last one, and when there is none of which news alone can be read.
 */
export function beginPass(
    { resume, memory }: FeedPosition,
    collections: readonly Taxii1Collection[],
    now: Date,
): Taxii1Pass {
    if (resume) {
        const { full, startedAt, ends, open } = resume as Partial<Taxii1Pass>;
        return { full: full !== false, startedAt: startedAt ?? now.toISOString(), ends: ends ?? {}, open };
    }
    const known = endsOf(memory);
    const names = collections.map(({ name }) => name);
    const same =
        names.length === Object.keys(known).length && names.every((name) => Object.hasOwn(known, name));
    const age = now.getTime() - Date.parse(String(memory?.fullAt));
    const news = collections.some((collection) => newsAfter(collection, memory) !== undefined);
    const full = !same || !news || !(age >= 0 && age < FULL_EVERY_MS);
    return { full, startedAt: now.toISOString(), ends: {} };
}

/** @returns the time after which a collection's content is news; undefined where only all can be read */
export function newsAfter(collection: Taxii1Collection, memory: FeedMemory | undefined): string | undefined {
    const end = Date.parse(String(endsOf(memory)[collection.name]));
    return collection.type === "feed" && !Number.isNaN(end)
        ? new Date(end - OVERLAP_MS).toISOString()
        : undefined;
}

/** Memory of a pass that came to its end. */
export function memoryOf(pass: Taxii1Pass, before: FeedMemory | undefined): FeedMemory {
    return { collections: pass.ends, fullAt: pass.full ? pass.startedAt : before?.fullAt };
}

function endsOf(memory: FeedMemory | undefined): Readonly<Record<string, unknown>> {
    const { collections } = memory ?? {};
    return typeof collections === "object" && collections !== null
        ? (collections as Readonly<Record<string, unknown>>)
        : {};
}
