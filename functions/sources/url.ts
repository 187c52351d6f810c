import { ByteMap } from "../bytes/byte-map";
import { digits } from "../bytes/span";
import { Document } from "../documents/document";
import { keys } from "../documents/ecs";
import { Key } from "../documents/writer";
import { Host } from "../enrichment/host-table";

const KEY = {
    ...keys("scheme", "domain", "port", "path", "query", "fragment", "extension", "username", "password"),
    ...keys("original", "full"),
};

const QUOTE = 34;
const HASH = 35;
const COMMA = 44;
const DOT = 46;
const SLASH = 47;
const COLON = 58;
const QUESTION = 63;
const AT = 64;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;

/** A longer end of a file name is none. */
const LONGEST_EXTENSION = 16;

/** Hosts by their bytes. */
const hosts = new ByteMap((host) => host);

type Name = "original" | "full";

/**
 * Writes a URL of a text log, `http://user@host:8080/path?query` or `/path?query`, into the open `url` object: the URL
 * itself and its parts, as they are (percent signs are not decoded); and looks the host and the URL up.
 * @param name `original` for a URL as the client sent it, `full` for one that was put together
 * @returns the host, undefined for a URL without one
 */
export function writeUrl(
    document: Document,
    name: Name,
    bytes: Uint8Array,
    start: number,
    end: number,
): Host | undefined {
    const from = beginUrl(document, name);
    document.escaped(bytes, start, end);
    return endUrl(document, name, from);
}

/** As `writeUrl`, of the inside of a JSON string, `bytes[start, end)` without its quotes. */
export function writeJsonUrl(
    document: Document,
    name: Name,
    bytes: Uint8Array,
    start: number,
    end: number,
): Host | undefined {
    const from = beginUrl(document, name);
    copyJsonUrl(document, bytes, start, end);
    return endUrl(document, name, from);
}

/**
 * Begins a URL that is put together. What follows writes the inside of a JSON string: `document.escaped` for bytes of a
 * text log, `copyJsonUrl` for those of a JSON string; then `endUrl`.
 * @returns where it begins, for `endUrl`
 */
export function beginUrl(document: Document, name: Name): number {
    document.name(KEY[name]);
    document.byte(QUOTE);
    return document.at;
}

/** Copies the inside of a JSON string; of `\/`, which some write for a slash, only the slash. */
export function copyJsonUrl(document: Document, bytes: Uint8Array, start: number, end: number): void {
    let from = start;
    for (let at = start; at < end; at++) {
        if (bytes[at] === BACKSLASH) {
            if (bytes[at + 1] === SLASH) {
                document.copy(bytes, from, at);
                from = at + 1;
            }
            at++;
        }
    }
    document.copy(bytes, from, end);
}

/**
 * Ends a URL, writes its parts, and looks the host and the URL up.
 * @param start what `beginUrl` answered
 * @returns the host, undefined for a URL without one
 */
export function endUrl(document: Document, name: Name, start: number): Host | undefined {
    const end = document.at;
    document.byte(QUOTE);
    document.byte(COMMA);
    const { bytes } = document;
    let at = start;
    while (at < end && bytes[at] > SLASH && bytes[at] !== COLON) {
        at++;
    }
    if (
        at === start ||
        at + 2 >= end ||
        bytes[at] !== COLON ||
        bytes[at + 1] !== SLASH ||
        bytes[at + 2] !== SLASH
    ) {
        if (bytes[start] === SLASH) {
            writeTarget(document, start, end);
        }
        return undefined;
    }
    copy(document, KEY.scheme, start, at);
    const path = authorityEnd(bytes, at + 3, end);
    const host = writeAuthority(document, at + 3, path);
    writeTarget(document, path, end);
    if (host?.hasUrls) {
        lookUp(document, name, start, end);
    }
    return host;
}

function copy(document: Document, name: Key, start: number, end: number): void {
    if (end > start) {
        document.name(name);
        document.byte(QUOTE);
        document.copy(document.bytes, start, end);
        document.byte(QUOTE);
        document.byte(COMMA);
    }
}

function authorityEnd(bytes: Uint8Array, start: number, end: number): number {
    for (let at = start; at < end; at++) {
        const byte = bytes[at];
        if (byte === SLASH || byte === QUESTION || byte === HASH || byte === BACKSLASH) {
            return at;
        }
    }
    return end;
}

/** Writes user, host and port. What is no port is left out: load balancers log `http://host:80-/` for some requests. */
function writeAuthority(document: Document, start: number, end: number): Host | undefined {
    const { bytes } = document;
    let from = start;
    let colon = end;
    for (let at = start; at < end; at++) {
        if (bytes[at] === AT) {
            from = at + 1;
            colon = end;
        } else if (bytes[at] === COLON && colon === end) {
            colon = at;
        }
    }
    if (from > start) {
        writeUser(document, start, from - 1);
    }
    if (bytes[from] === OPEN_BRACKET) {
        colon = Math.min(find(bytes, CLOSE_BRACKET, from, end) + 1, end);
    }
    if (colon === from) {
        return undefined;
    }
    copy(document, KEY.domain, from, colon);
    if (colon < end) {
        const port = digits(bytes, colon + 1, end);
        if (port >= 0 && port <= 65535) {
            document.number(KEY.port, port);
        }
    }
    return document.host("url.domain", hosts.get(bytes, from, colon));
}

function writeUser(document: Document, start: number, end: number): void {
    const colon = find(document.bytes, COLON, start, end);
    copy(document, KEY.username, start, colon);
    copy(document, KEY.password, colon + 1, end);
}

/** Writes path, query and fragment. */
function writeTarget(document: Document, start: number, end: number): void {
    const { bytes } = document;
    let query = end;
    let fragment = end;
    for (let at = start; at < end; at++) {
        if (bytes[at] === QUESTION && query === end) {
            query = at;
        } else if (bytes[at] === HASH) {
            fragment = at;
            break;
        }
    }
    const pathEnd = Math.min(query, fragment);
    copy(document, KEY.path, start, pathEnd);
    copy(document, KEY.query, query + 1, fragment);
    copy(document, KEY.fragment, fragment + 1, end);
    for (
        let at = pathEnd - 1;
        at >= start && at >= pathEnd - LONGEST_EXTENSION - 1 && bytes[at] !== SLASH;
        at--
    ) {
        if (bytes[at] === DOT) {
            copy(document, KEY.extension, at + 1, pathEnd);
            return;
        }
    }
}

function lookUp(document: Document, name: Name, start: number, end: number): void {
    const { bytes } = document;
    if (find(bytes, BACKSLASH, start, end) === end) {
        document.url(`url.${name}`, bytes, start, end);
        return;
    }
    const url = Buffer.from(JSON.parse(`"${bytes.toString("utf8", start, end)}"`) as string);
    document.url(`url.${name}`, url, 0, url.length);
}

/** @returns where the byte stands, `end` for nowhere */
function find(bytes: Uint8Array, byte: number, start: number, end: number): number {
    let at = start;
    while (at < end && bytes[at] !== byte) {
        at++;
    }
    return at;
}
