import { IndicatorMatch } from "../indicators/indicator";
import { Blockable } from "./place";
import { best } from "./rank";

/**
 * How a list writes an indicator: as an entry, or not at all and why. Undefined for an indicator that is another
 * list's affair.
 */
export type Fit = { readonly entry: string } | { readonly unfit: string } | undefined;

/** A list of a place: which indicators it is for, and how it writes them. */
export interface ListKind {
    /** Key of its room in a `PlaceReport`. */
    readonly name: string;
    candidates(snapshot: Blockable): Iterable<IndicatorMatch>;
    fit(indicator: IndicatorMatch): Fit;
    /** Entries that one indicator takes. @default 1 */
    readonly entriesEach?: number;
    /** Bytes of all entries, each with a line feed. @default no bound */
    readonly maxBytes?: number;
}

export interface Chosen {
    readonly entry: string;
    readonly indicator: IndicatorMatch;
}

export interface Selection {
    /** In rank order, no entry twice. */
    readonly chosen: readonly Chosen[];
    readonly leftOut: number;
    readonly unfit: Readonly<Record<string, number>>;
}

/** The best indicators that the list can express and has room for. The same snapshot and room give the same. */
export function select(list: ListKind, snapshot: Blockable, room: number): Selection {
    const unfit: Record<string, number> = {};
    function* fitting(): Iterable<IndicatorMatch> {
        for (const indicator of list.candidates(snapshot)) {
            const fit = list.fit(indicator);
            if (fit && "unfit" in fit) {
                unfit[fit.unfit] = (unfit[fit.unfit] ?? 0) + 1;
            } else if (fit) {
                yield indicator;
            }
        }
    }
    const { kept, leftOut } = best(fitting(), Math.floor(room / (list.entriesEach ?? 1)));
    const entries = new Map<string, IndicatorMatch>();
    let bytes = 0;
    for (const [index, indicator] of kept.entries()) {
        const { entry } = list.fit(indicator) as { entry: string };
        bytes += Buffer.byteLength(entry) + 1;
        if (bytes > (list.maxBytes ?? Infinity)) {
            return { chosen: chosenOf(entries), leftOut: leftOut + kept.length - index, unfit };
        }
        entries.set(entry, entries.get(entry) ?? indicator);
    }
    return { chosen: chosenOf(entries), leftOut, unfit };
}

function chosenOf(entries: ReadonlyMap<string, IndicatorMatch>): Chosen[] {
    return Array.from(entries, ([entry, indicator]) => ({ entry, indicator }));
}

/** Addresses, then domains and URLs: for lists that take both. */
export function* everything(snapshot: Blockable): Iterable<IndicatorMatch> {
    yield* snapshot.addresses();
    yield* snapshot.names();
}
