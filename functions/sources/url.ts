import { ByteMap } from "../bytes/byte-map";
import { Document } from "../documents/document";
import { keys } from "../documents/ecs";
import { Key, Members, members } from "../documents/writer";
import { Host } from "../enrichment/host-table";

const KEY = keys("original", "full", "path", "query", "fragment", "extension");

const QUOTE = 34;
const HASH = 35;
const COMMA = 44;
const DOT = 46;
const SLASH = 47;
const COLON = 58;
const QUESTION = 63;
const BACKSLASH = 92;

/** A longer end of a file name is none. */
const LONGEST_EXTENSION = 16;

/** What stands in a URL before the path, `https://user@shop.example:8443`, taken apart; the same few come again and again. */
interface Origin {
    /** `"scheme":"https","username":"user","domain":"shop.example","port":8443,` */
    readonly members: Members;
    /** "" for none. */
    readonly host: string;
}

const origins = new ByteMap(originOf, 12);

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
    const path = bytes[start] === SLASH ? start : pathOf(bytes, start, end);
    if (path < 0) {
        return undefined;
    }
    let host: Host | undefined;
    if (path > start) {
        const origin = origins.get(bytes, start, path);
        document.put(origin.members);
        host = origin.host === "" ? undefined : document.host("url.domain", origin.host);
    }
    writeTarget(document, path, end);
    if (host?.hasUrls) {
        lookUp(document, name, start, end);
    }
    return host;
}

/** @returns where the path of `scheme://authority/path` begins, -1 when this is no such URL */
function pathOf(bytes: Uint8Array, start: number, end: number): number {
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
        return -1;
    }
    for (at += 3; at < end; at++) {
        const byte = bytes[at];
        if (byte === SLASH || byte === QUESTION || byte === HASH || byte === BACKSLASH) {
            break;
        }
    }
    return at;
}

/** @param text the inside of a JSON string without backslashes */
function originOf(text: string): Origin {
    const [, scheme, user, domain = "", port = ""] =
        /^([^:]*):\/\/(?:(.*)@)?(\[[^\]]*\]?|[^:]*)(?::(.*))?$/s.exec(text) ?? [];
    const [username, password] = /^([^:]*)(?::(.*))?$/s.exec(user ?? "")?.slice(1) ?? [];
    const object = {
        scheme,
        username: username || undefined,
        password: password || undefined,
        domain: domain || undefined,
        // Load balancers log `http://host:80-/` for some requests.
        port: /^\d{1,5}$/.test(port) && Number(port) <= 65535 ? Number(port) : undefined,
    };
    return { members: members(object), host: domain };
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
    const first = Math.max(start, pathEnd - LONGEST_EXTENSION - 1);
    for (let at = pathEnd - 1; at >= first && bytes[at] !== SLASH; at--) {
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
