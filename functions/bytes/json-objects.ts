import { JsonScanner } from "./json";

const COMMA = 44;
const OPEN_ARRAY = 91;
const CLOSE_ARRAY = 93;
const OPEN = 123;

/**
 * Scans each object of a JSON array in turn; other elements are left out.
 * @param start of the array, which is known to be JSON; -1 for none
 * @param visit called right after the scan of an object
 */
export function eachObject(
    scanner: JsonScanner,
    bytes: Buffer,
    start: number,
    end: number,
    visit: () => void,
): void {
    if (start < 0 || bytes[start] !== OPEN_ARRAY) {
        return;
    }
    for (let at = start + 1; at < end && bytes[at] !== CLOSE_ARRAY;) {
        const byte = bytes[at];
        if (byte === COMMA || byte <= 32) {
            at++;
            continue;
        }
        const next = scanner.scan(bytes, at, end);
        if (next < 0) {
            return;
        }
        if (byte === OPEN) {
            visit();
        }
        at = next;
    }
}
