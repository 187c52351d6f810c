import { mappedIPv4, mask, networkIPv6, parseIPv4, parseIPv6, Words } from "./address";
import { IndicatorMatch } from "./indicator";
import { SnapshotError } from "./snapshot-format";
import { hashFinish, HASH_SEED, hashStep } from "./snapshot-hash";
import { AddressRows, NameRows, Rows } from "./snapshot-rows";

export interface RowsByKind {
    readonly ipv4: AddressRows;
    readonly ipv6: AddressRows;
    readonly cidr4: AddressRows;
    readonly cidr6: AddressRows;
    readonly domain: NameRows;
    readonly url: NameRows;
}

const MOST_DOMAIN_BYTES = 253;
const MOST_URL_BYTES = 8192;

/**
 * Writes what only rows of the entry's kind have.
 * @returns these rows, and the key for the rest of the row
 * @throws SnapshotError when the value is not of its type
 */
export function place(rows: RowsByKind, { type, value }: IndicatorMatch): readonly [Rows, number] {
    switch (type) {
        case "ipv4": {
            const address = parseIPv4(value);
            return address >= 0 ? [rows.ipv4, address] : notNormal(type, value);
        }
        case "ipv6": {
            const words = parseIPv6(value);
            return words && mappedIPv4(words) < 0
                ? [rows.ipv6, putWords(rows.ipv6, words)]
                : notNormal(type, value);
        }
        case "cidr":
            return network(rows, value);
        case "domain":
            return [rows.domain, putName(rows.domain, value) ?? notNormal(type, value)];
        case "url":
            return [rows.url, putUrl(rows.url, value) ?? notNormal(type, value)];
        default:
            return notNormal(type, value);
    }
}

function network({ cidr4, cidr6 }: RowsByKind, value: string): readonly [Rows, number] {
    const { first, words, prefix } = parseNetwork(value) ?? notNormal("cidr", value);
    if (words === undefined) {
        cidr4.prefixes.push(prefix);
        return [cidr4, first];
    }
    cidr6.prefixes.push(prefix);
    return [cidr6, putWords(cidr6, words)];
}

/** An IPv4 network has its first address only, an IPv6 network the words of it, too. */
export interface Network {
    readonly first: number;
    readonly words?: Words;
    /** Bits. */
    readonly prefix: number;
}

/** @returns undefined when the text is no network in normal form */
export function parseNetwork(text: string): Network | undefined {
    const match = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text);
    if (!match) {
        return undefined;
    }
    const prefix = Number(match[2]);
    const first = parseIPv4(match[1]);
    if (first >= 0) {
        return prefix <= 32 && (first & ~mask(prefix)) === 0 ? { first, prefix } : undefined;
    }
    const words = parseIPv6(match[1]);
    const isNetwork =
        words && prefix <= 128 && networkIPv6(words, prefix).every((word, i) => word === words[i]);
    return isNetwork ? { first: words[0], words, prefix } : undefined;
}

function notNormal(type: string, value: string): never {
    throw new SnapshotError(`"${value.slice(0, 100)}" is no ${type} in normal form`);
}

function putWords(rows: AddressRows, words: Words): number {
    rows.rest.forEach((column, i) => column.push(words[i + 1]));
    return words[0];
}

/** @returns the hash, or undefined when it is no name of digits, lower-case letters, `.`, `-` and `_` */
function putName(rows: NameRows, name: string): number | undefined {
    const isName = name.length > 0 && name.length <= MOST_DOMAIN_BYTES;
    return isName ? putText(rows, name, isNameCode) : undefined;
}

function putUrl(rows: NameRows, url: string): number | undefined {
    const isUrl = url.startsWith("http") && url.length <= MOST_URL_BYTES;
    return isUrl ? putText(rows, url, isUrlCode) : undefined;
}

const isNameCode = (code: number) =>
    (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === 46 || code === 45 || code === 95;

/** Printable ASCII: punycode and percent-encoding leave nothing else. */
const isUrlCode = (code: number) => code > 32 && code < 127;

function putText({ bytes, ends }: NameRows, text: string, isGood: (code: number) => boolean) {
    const into = bytes.reserve(text.length);
    let state = HASH_SEED;
    for (let i = text.length - 1; i >= 0; i--) {
        const code = text.charCodeAt(i);
        if (!isGood(code)) {
            return undefined;
        }
        into[bytes.length + i] = code;
        state = hashStep(state, code);
    }
    bytes.length += text.length;
    ends.push(bytes.length);
    return hashFinish(state);
}
