import { domainToASCII } from "node:url";
import { formatIPv4, formatIPv6, mappedIPv4, mask, networkIPv6, parseIPv4, parseIPv6 } from "./address";
import { IndicatorType } from "./indicator";

/** An indicator in normal form: two texts that mean the same have the same `type` and `value`. */
export interface Normalized {
    readonly type: IndicatorType;
    readonly value: string;
}

const MAX_LENGTH = 8192;
const SCHEME = /^h[tx]{2}p(s?)(?::|\[:\])\/\//i;
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** Undoes the usual ways to make an indicator harmless in a report. Only for hosts: paths may hold `(.)`. */
function refang(host: string): string {
    return /[[({]/.test(host)
        ? host.replace(/\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)/gi, ".").replace(/\[:\]/g, ":")
        : host;
}

/** @returns the address in normal form; IPv4-mapped IPv6 is IPv4 */
function normalizeAddress(text: string): Normalized | undefined {
    const v4 = parseIPv4(text);
    if (v4 >= 0) {
        return { type: "ipv4", value: formatIPv4(v4) };
    }
    const v6 = text.includes(":") ? parseIPv6(text) : undefined;
    if (!v6) {
        return undefined;
    }
    const mapped = mappedIPv4(v6);
    return mapped >= 0
        ? { type: "ipv4", value: formatIPv4(mapped) }
        : { type: "ipv6", value: formatIPv6(v6) };
}

function normalizeCidr(text: string): Normalized | undefined {
    const match = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text);
    if (!match) {
        return undefined;
    }
    let prefix = Number(match[2]);
    let v4 = parseIPv4(match[1]);
    const v6 = v4 < 0 && match[1].includes(":") ? parseIPv6(match[1]) : undefined;
    if (v6 && prefix >= 96 && prefix <= 128 && mappedIPv4(v6) >= 0) {
        v4 = mappedIPv4(v6);
        prefix -= 96;
    }
    if (v4 >= 0) {
        if (prefix > 32) {
            return undefined;
        }
        const network = formatIPv4((v4 & mask(prefix)) >>> 0);
        return prefix === 32
            ? { type: "ipv4", value: network }
            : { type: "cidr", value: `${network}/${prefix}` };
    }
    if (!v6 || prefix > 128) {
        return undefined;
    }
    const network = formatIPv6(networkIPv6(v6, prefix));
    return prefix === 128
        ? { type: "ipv6", value: network }
        : { type: "cidr", value: `${network}/${prefix}` };
}

/**
 * @returns the host name in lower-case ASCII (IDN as punycode) without the trailing dot, or undefined when it is not
 * a name of at least two labels whose last is not a number
 */
export function normalizeDomain(text: string): string | undefined {
    let name = text;
    if (!/^[a-z0-9._-]+$/.test(name)) {
        // domainToASCII would decode percent signs and drop what follows a delimiter
        if (name.length > MAX_LENGTH || /[\s%/\\?#@:[\]<>^|&*"'`(){},;!$+=~]/.test(name)) {
            return undefined;
        }
        name = domainToASCII(name);
    } else if (name.includes("xn--")) {
        name = domainToASCII(name);
    }
    if (name.endsWith(".")) {
        name = name.slice(0, -1);
    }
    if (name.length < 3 || name.length > 253) {
        return undefined;
    }
    const labels = name.split(".");
    if (labels.length < 2 || /^(?:\d+|0x[0-9a-f]*)$/.test(labels[labels.length - 1])) {
        return undefined;
    }
    return labels.every((label) => LABEL.test(label)) ? name : undefined;
}

/** True for `evil.example` and `evil.example:8080`: what a number behind its slash is, is a path. */
function isDomainWithPort(text: string): boolean {
    return normalizeDomain(text.replace(/:\d{1,5}$/, "")) !== undefined;
}

function normalizeUrl(text: string): Normalized | undefined {
    let url: URL;
    try {
        url = new URL(text);
    } catch {
        return undefined;
    }
    if (url.protocol !== "http:" && url.protocol !== "https:") {
        return undefined;
    }
    url.hash = "";
    const host = url.hostname;
    if (host.startsWith("[") || parseIPv4(host) >= 0) {
        const address = normalizeAddress(host.replace(/^\[|\]$/g, ""));
        if (address?.type === "ipv4" && address.value !== host) {
            url.hostname = address.value;
        }
        return address && { type: "url", value: url.href };
    }
    const domain = normalizeDomain(host);
    if (domain === undefined) {
        return undefined;
    }
    if (domain !== host) {
        url.hostname = domain;
    }
    return { type: "url", value: url.href };
}

/**
 * Brings an indicator as feeds, reports and logs write it into normal form: canonical addresses (RFC 5952) and
 * networks, lower-case ASCII domains, WHATWG URLs without fragment. Defanged text (`hxxp`, `[.]`) is understood, the
 * port of `ip:port` dropped, a page without scheme (`host/path`) taken for http. MISP's composite values (`ip|port`) are the MISP feed's own affair.
 * @returns undefined when the text is none of these; never throws
 */
export function normalizeIndicator(text: string): Normalized | undefined {
    const trimmed = text.trim();
    if (trimmed === "" || trimmed.length > MAX_LENGTH) {
        return undefined;
    }
    const scheme = SCHEME.exec(trimmed);
    if (scheme) {
        const rest = trimmed.slice(scheme[0].length);
        const end = rest.search(/[/?#\\]/);
        const host = end < 0 ? rest : rest.slice(0, end);
        return normalizeUrl(
            `http${scheme[1].toLowerCase()}://${refang(host)}${end < 0 ? "" : rest.slice(end)}`,
        );
    }
    const slash = trimmed.indexOf("/");
    if (slash >= 0) {
        const host = refang(trimmed.slice(0, slash));
        const rest = trimmed.slice(slash);
        return /^\/\d+$/.test(rest) && !isDomainWithPort(host)
            ? normalizeCidr(host + rest)
            : normalizeUrl(`http://${host}${rest}`);
    }
    const plain = refang(trimmed);
    const bracketed = /^\[([0-9a-f:.]+)\](?::\d{1,5})?$/i.exec(plain);
    if (bracketed) {
        return bracketed[1].includes(":") ? normalizeAddress(bracketed[1]) : undefined;
    }
    const address = normalizeAddress(plain);
    if (address) {
        return address;
    }
    const port = /^([^:]+):\d{1,5}$/.exec(plain);
    const host = port ? port[1] : plain;
    const withoutPort = port && normalizeAddress(host);
    if (withoutPort) {
        return withoutPort;
    }
    const domain = normalizeDomain(host);
    return domain === undefined ? undefined : { type: "domain", value: domain };
}
