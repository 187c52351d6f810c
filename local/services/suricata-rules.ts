/** Bounds of Network Firewall on the rules of a group. */
const MAX_RULE_CHARACTERS = 8_192;
const MAX_BYTES = 2_000_000;

const ACTION = "pass|drop|reject|alert";
const PROTOCOL =
    "ip|tcp|udp|icmp|http|http2|tls|dns|ssh|smtp|smb|ftp|ftp-data|dcerpc|dhcp|ikev2|imap|krb5|msn|ntp|tftp|pkthdr|quic";
/** Action, protocol, source, its port, direction, destination, its port, options. */
const RULE = new RegExp(
    `^(?:${ACTION}) (?:${PROTOCOL}) (\\S+|\\[[^\\]]+\\]) (\\S+|\\[[^\\]]+\\]) (?:->|<>) (\\S+|\\[[^\\]]+\\]) (\\S+|\\[[^\\]]+\\]) \\((.*)\\)$`,
);
/** Name, and value up to a semicolon that is not escaped and not between quotes. */
const OPTION = /\s*([a-z][a-z0-9_.-]*)(?::\s*((?:"(?:[^"\\]|\\.)*"|[^;"\\]|\\.)*))?;\s*/iy;
const QUOTED = /^!?"((?:[^"\\;]|\\.)*)"/;
/** Options whose value is text between quotes. */
const TEXTS = new Set(["msg", "content", "pcre"]);

/**
 * Reads Suricata rules, one a line, well enough to refuse a broken one.
 * @returns the number of rules @throws Error that names the line
 */
export function countRules(text: string): number {
    if (Buffer.byteLength(text) > MAX_BYTES) {
        throw new Error(`rules have more than ${MAX_BYTES} bytes`);
    }
    const sids = new Set<string>();
    for (const [index, line] of text.split(/\r?\n/).entries()) {
        const rule = line.trim();
        if (rule === "" || rule.startsWith("#")) {
            continue;
        }
        const problem = problemOf(rule, sids);
        if (problem) {
            throw new Error(`rule in line ${index + 1}: ${problem}`);
        }
    }
    return sids.size;
}

function problemOf(rule: string, sids: Set<string>): string | undefined {
    if (rule.length > MAX_RULE_CHARACTERS) {
        return `more than ${MAX_RULE_CHARACTERS} characters`;
    }
    const options = RULE.exec(rule)?.[5];
    if (options === undefined) {
        return "not of the form: action protocol source port -> destination port (options)";
    }
    const parsed = parseOptions(options);
    if (typeof parsed === "string") {
        return parsed;
    }
    const found = parsed.filter(([name]) => name === "sid");
    const sid = found[0]?.[1] ?? "";
    if (found.length !== 1 || !/^[1-9]\d{0,9}$/.test(sid)) {
        return "wants one sid";
    }
    if (sids.has(sid)) {
        return `sid ${sid} is taken`;
    }
    sids.add(sid);
    return undefined;
}

function parseOptions(text: string): (readonly [string, string | undefined])[] | string {
    const options: [string, string | undefined][] = [];
    let at = 0;
    while (at < text.length) {
        OPTION.lastIndex = at;
        const match = OPTION.exec(text);
        if (!match) {
            return `cannot read the option at "${text.slice(at, at + 20)}"`;
        }
        const [whole, name, value] = match;
        if (TEXTS.has(name) && !isText(name, value ?? "")) {
            return `${name} is not quoted as it has to be`;
        }
        options.push([name, value?.trim()]);
        at += whole.length;
    }
    return options;
}

/** Between quotes; in contents, bytes between bars are hex. */
function isText(name: string, value: string): boolean {
    const text = QUOTED.exec(value)?.[1];
    if (text === undefined || text === "") {
        return false;
    }
    const parts = name === "content" ? text.split("|") : [text];
    const bytes = parts.filter((_, index) => index % 2 === 1);
    return parts.length % 2 === 1 && bytes.every((hex) => /^[0-9a-f]{2}(?: ?[0-9a-f]{2})*$/i.test(hex));
}
