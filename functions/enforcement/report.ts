import { PlaceReport } from "./place";
import { Selection } from "./select";

/** How a list's entries change. */
export interface Change {
    readonly added: number;
    readonly removed: number;
    readonly unchanged: number;
}

/** What one list of a place adds to its report. */
export interface ListReport extends Change {
    readonly list: string;
    readonly room: number;
    readonly selection: Pick<Selection, "leftOut" | "unfit">;
}

/** Counts what has to be added to and removed from what is there. Both without doubles. */
export function changeOf(wanted: Iterable<string>, present: ReadonlySet<string>): Change {
    let total = 0;
    let unchanged = 0;
    for (const entry of wanted) {
        total++;
        unchanged += Number(present.has(entry));
    }
    return { added: total - unchanged, removed: present.size - unchanged, unchanged };
}

/** One report for all lists of a place. */
export function reportOf(place: string, lists: readonly ListReport[]): PlaceReport {
    const sum = (count: (list: ListReport) => number) =>
        lists.reduce((total, list) => total + count(list), 0);
    const unfit: Record<string, number> = {};
    for (const { selection } of lists) {
        for (const [reason, count] of Object.entries(selection.unfit)) {
            unfit[reason] = (unfit[reason] ?? 0) + count;
        }
    }
    return {
        place,
        added: sum(({ added }) => added),
        removed: sum(({ removed }) => removed),
        unchanged: sum(({ unchanged }) => unchanged),
        leftOut: sum(({ selection }) => selection.leftOut),
        unfit,
        room: Object.fromEntries(lists.map(({ list, room }) => [list, room])),
    };
}
