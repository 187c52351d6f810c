import { FeedWords } from "./feed-words";
import { Indicator } from "./indicator";
import { MergeRules, mergeWords } from "./merge";
import { IocTable, readTable } from "./table";
import { TableWriter, WriteOptions } from "./table-writer";

/** What became of a feed's words on values. */
export interface RefCounts {
    added: number;
    removed: number;
    unchanged: number;
}

export interface MergeReport {
    /** By feed; those that had nothing to say are left out. */
    readonly merged: Readonly<Record<string, RefCounts>>;
    /** Items put and deleted. */
    readonly written: number;
    readonly deleted: number;
}

export interface MergeRun {
    readonly table: IocTable;
    readonly words: FeedWords;
    readonly rules: Omit<MergeRules, "tally">;
    /** Told each indicator that at least one feed vouches for, in no order. */
    readonly onEntry: (entry: Indicator) => void;
    readonly write?: WriteOptions;
}

/**
 * Merges lists into the IOC table in one pass, and tells what it then holds. Only what changes is written. A pass that
 * is cut off leaves some items merged and others not; the same pass again leaves the table as if it had not been.
 * @throws Error when not everything could be written
 */
export async function mergeIntoTable({
    table,
    words,
    rules,
    onEntry,
    write,
}: MergeRun): Promise<MergeReport> {
    const merged: Record<string, RefCounts> = {};
    const writer = new TableWriter(table, write);
    const tallied: MergeRules = {
        ...rules,
        tally: (feed, change) => {
            merged[feed] ??= { added: 0, removed: 0, unchanged: 0 };
            merged[feed][change]++;
        },
    };
    for await (const old of readTable(table)) {
        const { change, entry } = mergeWords(old.value, old, words.take(old.value), tallied);
        if (change === "delete") {
            await writer.delete(old.value);
        } else if (change === "put" && entry) {
            await writer.put(entry);
        }
        if (entry) {
            onEntry(entry);
        }
    }
    for (const [value, said] of words.untaken()) {
        const { entry } = mergeWords(value, undefined, said, tallied);
        if (entry) {
            await writer.put(entry);
            onEntry(entry);
        }
    }
    return { merged, ...(await writer.finish()) };
}
