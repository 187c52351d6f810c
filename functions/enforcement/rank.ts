import { IndicatorMatch } from "../indicators/indicator";

/** What decides an indicator's rank. */
export type Ranked = Pick<IndicatorMatch, "value" | "confidence" | "lastSeen">;

export interface Best<T> {
    /** In rank order, the best first. */
    readonly kept: T[];
    /** Candidates that had no room. */
    readonly leftOut: number;
}

/** Negative when `a` ranks before `b`: by confidence, then last seen, then value. 0 for the same value only. */
export function compareRank(a: Ranked, b: Ranked): number {
    return b.confidence - a.confidence || compare(b.lastSeen, a.lastSeen) || compare(a.value, b.value);
}

/**
 * The best `room` of the candidates, whatever order they come in. Keeps `room` of them in memory, not all: a
 * snapshot holds a million and more.
 */
export function best<T extends Ranked>(candidates: Iterable<T>, room: number): Best<T> {
    // A heap with the worst one at its root, which the next better one replaces.
    const heap: T[] = [];
    let seen = 0;
    for (const candidate of candidates) {
        seen++;
        if (heap.length < room) {
            heap.push(candidate);
            rise(heap);
        } else if (room > 0 && compareRank(candidate, heap[0]) < 0) {
            heap[0] = candidate;
            sink(heap);
        }
    }
    return { kept: heap.sort(compareRank), leftOut: seen - heap.length };
}

function rise(heap: Ranked[]): void {
    for (let at = heap.length - 1; at > 0;) {
        const parent = (at - 1) >> 1;
        if (compareRank(heap[at], heap[parent]) <= 0) {
            return;
        }
        [heap[at], heap[parent]] = [heap[parent], heap[at]];
        at = parent;
    }
}

function sink(heap: Ranked[]): void {
    for (let at = 0; ;) {
        const left = 2 * at + 1;
        let worst = at;
        for (const child of [left, left + 1]) {
            if (child < heap.length && compareRank(heap[child], heap[worst]) > 0) {
                worst = child;
            }
        }
        if (worst === at) {
            return;
        }
        [heap[at], heap[worst]] = [heap[worst], heap[at]];
        at = worst;
    }
}

function compare(a: string, b: string): number {
    return a < b ? -1 : a > b ? 1 : 0;
}
