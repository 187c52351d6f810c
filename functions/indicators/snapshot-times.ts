import { TimeColumn, TimeShape } from "./snapshot-layout";

/** Seconds. Of days there are never more than 49,711 in 32 bits of seconds. */
const UNITS = [1, 60, 3600, 86_400];
const MOST_DISTINCT = 0x10000;

export interface Times {
    readonly shape: TimeShape;
    fill(column: TimeColumn): void;
}

/** @returns the different values, ascending */
export function distinct(values: Uint32Array): Uint32Array {
    const sorted = values.slice().sort();
    let length = 0;
    for (let i = 0; i < sorted.length; i++) {
        if (i === 0 || sorted[i] !== sorted[i - 1]) {
            sorted[length++] = sorted[i];
        }
    }
    return sorted.slice(0, length);
}

/**
 * Makes a column of times. Where there are too many different ones for 16 bits an entry, they are rounded down to whole
 * minutes, hours or days.
 * @param seconds of all entries, since 1970
 */
export function timesOf(seconds: Uint32Array): Times {
    let unit = 1;
    let times = distinct(seconds);
    for (let next = 1; times.length > MOST_DISTINCT; next++) {
        unit = UNITS[next];
        times = distinct(times.map((time) => Math.floor((time * UNITS[next - 1]) / unit)));
    }
    return {
        shape: { unit, distinct: times.length },
        fill(column) {
            const ids = new Map<number, number>();
            times.forEach((time, id) => ids.set(time, id));
            column.times.set(times);
            for (let i = 0; i < seconds.length; i++) {
                column.ids[i] = ids.get(Math.floor(seconds[i] / unit)) as number;
            }
        },
    };
}
