import { boundedLines, LONGEST_LINE, LongLine } from "./bounded-lines";
import { FeedValue } from "./feed";

/** A URL, also a defanged one: it may hold commas. */
const URL_START = /^h[tx]{2}ps?(?::|\[:\])\/\//i;
/** Addresses that a hosts file sends names to. */
const NOWHERE = /^(?:0\.0\.0\.0|127\.0\.0\.1|::1?)\s+(.+)$/;
const NAME = /\.[^.]*[a-z]/i;

/** The values of a plain list, those of a chunk at once. */
export async function* textValues(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<FeedValue[]> {
    for await (const lines of boundedLines(bytes)) {
        yield lines.flatMap((line) =>
            line instanceof LongLine
                ? [{ value: line.start, refused: `line longer than ${LONGEST_LINE} characters` }]
                : valuesOfLine(line).map((value) => ({ value })),
        );
    }
}

/**
 * What a line of a plain list holds: its first column, or all names of a line of a hosts file; nothing of a comment (`#`,
 * `;` or `//`).
 */
export function valuesOfLine(raw: string): string[] {
    const line = raw.trim();
    if (line === "" || line.startsWith("#") || line.startsWith(";") || line.startsWith("//")) {
        return [];
    }
    const names = namesOfHosts(line);
    return names.length > 0 ? names : [firstColumn(line)];
}

function namesOfHosts(line: string): string[] {
    const columns = NOWHERE.exec(line)?.[1].split("#", 1)[0].split(/\s+/) ?? [];
    return columns.filter((column) => NAME.test(column));
}

/** Quoted, or up to white space, or up to a comma. */
function firstColumn(line: string): string {
    const quoted = /^"([^"]*)"/.exec(line);
    return quoted ? quoted[1] : line.split(URL_START.test(line) ? /\s/ : /[\s,]/, 1)[0];
}
