import { JsonScanner } from "../bytes/json";
import { digits } from "../bytes/span";
import { MAX_TIME, parseTime } from "../bytes/time";
import { JsonWriter, Key } from "./writer";

const QUOTE = 34;

/** A JSON record whose values are asked for by name; a value of another type than asked for counts as missing. */
export class JsonRecord<Name extends string> {
    readonly scanner: JsonScanner<Name>;

    /** @param paths for each name the keys that lead to a value, joined by dots */
    constructor(paths: Readonly<Record<Name, string>>) {
        this.scanner = new JsonScanner(paths);
    }

    get bytes(): Buffer {
        return this.scanner.found.bytes;
    }

    has(name: Name): boolean {
        return this.start(name) >= 0;
    }

    /** Where the value begins, -1 when it is missing. */
    start(name: Name): number {
        return this.scanner.found.starts[this.scanner.at[name]];
    }

    end(name: Name): number {
        return this.scanner.found.ends[this.scanner.at[name]];
    }

    /** @returns a string, or a number as written; undefined also for "" */
    text(name: Name): string | undefined {
        return this.scanner.text(this.scanner.at[name]) || undefined;
    }

    /** @returns an integer of up to 15 digits, also one between quotes; -1 for none */
    count(name: Name): number {
        const start = this.start(name);
        if (start < 0) {
            return -1;
        }
        const quoted = this.bytes[start] === QUOTE ? 1 : 0;
        return digits(this.bytes, start + quoted, this.end(name) - quoted);
    }

    /** @returns epoch milliseconds of an ISO 8601 time, NaN for none */
    time(name: Name): number {
        const start = this.start(name);
        const time = start < 0 ? NaN : parseTime(this.bytes, start + 1, this.end(name) - 1);
        return time >= 0 && time <= MAX_TIME ? time : NaN;
    }

    /** @returns true for the JSON value `true` */
    isTrue(name: Name): boolean {
        return this.scanner.found.is(this.scanner.at[name], "true");
    }

    isString(name: Name): boolean {
        return this.scanner.isString(this.scanner.at[name]);
    }

    /** @returns the strings of an array, or a string alone */
    texts(name: Name): string[] {
        const start = this.start(name);
        if (start < 0) {
            return [];
        }
        const value: unknown = JSON.parse(this.bytes.toString("utf8", start, this.end(name)));
        const list: readonly unknown[] = Array.isArray(value) ? value : [value];
        return list.filter((item): item is string => typeof item === "string" && item !== "");
    }

    /** Writes a string as it is in the record, or nothing. */
    copy(writer: JsonWriter, key: Key, name: Name): void {
        if (this.isString(name)) {
            writer.json(key, this.bytes, this.start(name), this.end(name));
        }
    }
}
