import { JsonScanner } from "../bytes/json";
import { Document } from "./document";
import { Key } from "./writer";

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const BLANK = 32;

/**
 * Copies a JSON record into its document as it is. A document is one line, so line breaks between the tokens of a
 * pretty-printed record become blanks.
 * @param scanner has just read `bytes[start, end)`, or a value around it
 */
export function verbatim(
    document: Document,
    name: Key,
    scanner: JsonScanner,
    bytes: Buffer,
    start: number,
    end: number,
): void {
    document.json(name, bytes, start, end);
    if (!scanner.hasLineBreaks) {
        return;
    }
    // A string of valid JSON holds no bare line break: each one stands between tokens.
    const copy = document.bytes;
    for (let at = document.at - 1 - (end - start); at < document.at; at++) {
        if (copy[at] === LINE_FEED || copy[at] === CARRIAGE_RETURN) {
            copy[at] = BLANK;
        }
    }
}

/** Copies a string that the scanner found; writes nothing for an empty one, for other values, and for none. */
export function copyString(document: Document, name: Key, scanner: JsonScanner, i: number): void {
    if (scanner.isString(i)) {
        document.json(name, scanner.found.bytes, scanner.found.starts[i], scanner.found.ends[i]);
    }
}
