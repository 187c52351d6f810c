import { JsonScanner } from "../bytes/json";

/** A member of a record; the names of nested objects are joined by dots. */
export interface Member {
    readonly name: string;
    readonly value: string;
}

export interface JsonLine {
    /** Members with a text or a number; of several with one name the first. */
    readonly members: readonly Member[];
    /** True when the line is JSON without a name twice, which can be kept as it is. */
    readonly isSound: boolean;
}

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN = 123;
const CLOSE = 125;

const scanner = new JsonScanner({});

/**
 * Reads an access log line that was made from a JSON template. API Gateway puts values into the template as they are,
 * so that a quotation mark or a backslash of a client breaks the JSON, and `","ip":"192.0.2.1` in a user agent looks
 * like a member. Members therefore count where they first stand: what clients choose belongs at the template's end.
 * @returns undefined when it is no such line
 */
export function readJsonLine(bytes: Buffer, start: number, end: number): JsonLine | undefined {
    const isJson = scanner.scan(bytes, start, end) === end;
    const all: Member[] = [];
    if (isJson) {
        collect(bytes, start, end, "", all);
    } else {
        const line = bytes.toString("utf8", start, end);
        if (!collectQuoted(line, all) && !salvage(line, all)) {
            return undefined;
        }
    }
    const first = new Map<string, Member>();
    for (const member of all) {
        if (!first.has(member.name)) {
            first.set(member.name, member);
        }
    }
    return { members: [...first.values()], isSound: isJson && first.size === all.length };
}

/** As `collect`, where all that is wrong are values that stand for none without quotes: `"status":-`. */
function collectQuoted(line: string, into: Member[]): boolean {
    const bytes = Buffer.from(line.replace(/(:\s*)-(?=\s*[,}])/g, '$1"-"'));
    const isJson = scanner.scan(bytes, 0, bytes.length) === bytes.length;
    if (isJson) {
        collect(bytes, 0, bytes.length, "", into);
    }
    return isJson;
}

/** All members of an object that is known to be JSON. */
function collect(bytes: Buffer, start: number, end: number, prefix: string, into: Member[]): void {
    for (let at = start + 1; at < end;) {
        const byte = bytes[at];
        if (byte === CLOSE) {
            return;
        }
        if (byte === COMMA || byte <= 32) {
            at++;
            continue;
        }
        const nameEnd = scanner.scan(bytes, at, end);
        const name = prefix + String(JSON.parse(bytes.toString("utf8", at, nameEnd)));
        let from = nameEnd;
        while (bytes[from] === COLON || bytes[from] <= 32) {
            from++;
        }
        at = scanner.scan(bytes, from, end);
        if (bytes[from] === OPEN) {
            collect(bytes, from, at, `${name}.`, into);
        } else {
            const text = bytes.toString("utf8", from, at);
            into.push({ name, value: bytes[from] === QUOTE ? String(JSON.parse(text)) : text });
        }
    }
}

const NAME = String.raw`"([\w.$ -]{1,128})"\s*:\s*`;
/** What stands behind a value: the next member, or the end of the object and the line. */
const NEXT = String.raw`(?:,\s*${NAME}|\}\s*$)`;

/** Reads a flat object whose values are no proper JSON. @returns false when it is none */
function salvage(text: string, into: Member[]): boolean {
    const first = new RegExp(String.raw`\{\s*${NAME}`, "y");
    const afterQuotes = new RegExp(String.raw`"\s*${NEXT}`, "g");
    const afterWord = new RegExp(NEXT, "g");
    let found = first.exec(text);
    let at = first.lastIndex;
    while (found?.[1] !== undefined) {
        const isQuoted = text[at] === '"';
        const next = isQuoted ? afterQuotes : afterWord;
        next.lastIndex = isQuoted ? at + 1 : at;
        const name = found[1];
        const from = next.lastIndex;
        found = next.exec(text);
        if (found === null) {
            return false;
        }
        into.push({ name, value: text.slice(from, found.index).trimEnd() });
        at = next.lastIndex;
    }
    return found !== null;
}
