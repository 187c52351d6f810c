import { QuotedFields } from "../bytes/quoted";
import { JsonWriter, Key } from "./writer";

const QUOTE = 34;
const COMMA = 44;
const BACKSLASH = 92;

/** Writes a field that may have stood between quotes, as a string without its escapes; nothing for one that is missing. */
export function writeQuoted(writer: JsonWriter, name: Key, fields: QuotedFields, i: number): void {
    if (fields.starts[i] >= 0 && fields.ends[i] > fields.starts[i]) {
        writer.name(name);
        writer.byte(QUOTE);
        copyQuoted(writer, fields, i, fields.starts[i], fields.ends[i]);
        writer.byte(QUOTE);
        writer.byte(COMMA);
    }
}

/**
 * Copies a part of field `i` as the inside of a JSON string. Its escapes of quotes and backslashes are those of JSON; any
 * other backslash is text and is escaped, as quotes are that were not.
 */
export function copyQuoted(
    writer: JsonWriter,
    fields: QuotedFields,
    i: number,
    start: number,
    end: number,
): void {
    const { bytes } = fields;
    if (fields.special[i] === 0) {
        writer.copy(bytes, start, end);
        return;
    }
    let from = start;
    for (let at = start; at < end; at++) {
        const next = at + 1 < end ? bytes[at + 1] : 0;
        if (bytes[at] === BACKSLASH && (next === QUOTE || next === BACKSLASH)) {
            writer.escaped(bytes, from, at);
            writer.byte(BACKSLASH);
            writer.byte(next);
            from = at + 2;
            at++;
        }
    }
    writer.escaped(bytes, from, end);
}
