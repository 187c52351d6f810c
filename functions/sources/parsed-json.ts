import { MAX_TIME, parseTime } from "../bytes/time";

/** Access to parsed JSON that trusts nothing of its shape; for records that are few. */

/** @param path keys joined by dots @returns the value there, undefined where the path ends early */
export function at(value: unknown, path: string): unknown {
    let found = value;
    for (const key of path.split(".")) {
        // Own members only: a record may have a key such as "constructor".
        if (typeof found !== "object" || found === null || !Object.hasOwn(found, key)) {
            return undefined;
        }
        found = (found as Readonly<Record<string, unknown>>)[key];
    }
    return found;
}

/** @returns a string that is not empty */
export function textAt(value: unknown, path: string): string | undefined {
    const found = at(value, path);
    return typeof found === "string" && found !== "" ? found : undefined;
}

/** @returns a number, also one that is written as a string */
export function numberAt(value: unknown, path: string): number | undefined {
    const found = at(value, path);
    const isNumeral = typeof found === "string" && /^-?\d{1,15}(?:\.\d+)?$/.test(found);
    const number = isNumeral ? Number(found) : found;
    return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** @returns a port that can be one */
export function portAt(value: unknown, path: string): number | undefined {
    const port = numberAt(value, path);
    return port !== undefined && Number.isInteger(port) && port >= 0 && port <= 65535 ? port : undefined;
}

/** @returns the elements of an array, none of what is no array */
export function listAt(value: unknown, path: string): readonly unknown[] {
    const found = at(value, path);
    return Array.isArray(found) ? found : [];
}

/** @returns the strings of an array that are not empty, each once */
export function textsAt(value: unknown, path: string): string[] {
    return texts(...listAt(value, path));
}

/** @returns what of these are strings that are not empty, each once */
export function texts(...values: readonly unknown[]): string[] {
    return [...new Set(values.filter((value): value is string => typeof value === "string" && value !== ""))];
}

/** @returns the strings at a path of each value, each once */
export function columnOf(values: readonly unknown[], path: string): string[] {
    return texts(...values.map((value) => at(value, path)));
}

/** @returns epoch milliseconds of an ISO 8601 time, or of a number of epoch seconds; NaN for none */
export function timeAt(value: unknown, path: string): number {
    const found = at(value, path);
    const bytes = Buffer.from(typeof found === "string" ? found : "");
    const time = typeof found === "number" ? Math.round(found * 1000) : parseTime(bytes, 0, bytes.length);
    return time >= 0 && time <= MAX_TIME ? time : NaN;
}

/** @returns the time as documents have it, undefined for none */
export function isoAt(value: unknown, path: string): string | undefined {
    const time = timeAt(value, path);
    return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/** A field with one value is that value, with several an array. */
export function oneOrMany<T>(values: readonly T[]): T | readonly T[] | undefined {
    return values.length > 1 ? values : values[0];
}
