import { JsonWriter, key } from "./writer";

/** Fields of a document as an object; what is undefined or empty is left out. */
export interface Fields {
    readonly [name: string]: unknown;
}

/** Writes members into the open object, for sources whose records are few. */
export function writeFields(writer: JsonWriter, fields: Fields): void {
    for (const [name, value] of Object.entries(fields)) {
        const kept = withoutEmpty(value);
        if (kept !== undefined) {
            writer.raw(key(name), JSON.stringify(kept));
        }
    }
}

/** @returns the same as JSON for the inside of an object, each member with a trailing comma */
export function fieldsJson(fields: Fields): string {
    const kept = withoutEmpty(fields);
    return kept === undefined ? "" : `${JSON.stringify(kept).slice(1, -1)},`;
}

function withoutEmpty(value: unknown): unknown {
    if (Array.isArray(value)) {
        const kept = value.map(withoutEmpty).filter((item) => item !== undefined);
        return kept.length > 0 ? kept : undefined;
    }
    if (typeof value === "object" && value !== null) {
        const kept = Object.entries(value)
            .map(([name, member]) => [name, withoutEmpty(member)] as const)
            .filter(([, member]) => member !== undefined);
        return kept.length > 0 ? Object.fromEntries(kept) : undefined;
    }
    return value === "" || value === null ? undefined : value;
}
