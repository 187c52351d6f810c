import { createHash } from "node:crypto";
import { IndicatorMatch } from "../indicators/indicator";
import { addressText, cidrOf } from "./cidr";
import { everything, Fit, ListKind } from "./select";

/** Network Firewall's bounds on a rule and on all rules of a group. */
const MAX_RULE_CHARACTERS = 8192;
const MAX_RULES_BYTES = 2_000_000;

/** Stands for the signature id until it is known: as long as any, since the bytes are bounded. */
const NO_SID = "0000000000";
const FIRST_SID = 1_000_000_000;
const SIDS = 1_000_000_000;

/**
 * A group may not be without a rule: this one, which it is made with, matches nobody (RFC 5737). Its id is none of ours.
 */
export const PLACEHOLDER_RULE =
    'alert ip 192.0.2.1 any -> 192.0.2.1 any (msg:"nobody"; sid:999999999; rev:1;)';

/**
 * Text as Suricata reads it between quotes: `"`, `;` and `\` escaped. Control characters and what is not ASCII are
 * percent-encoded, so that a rule stays one line.
 */
export function quotedText(text: string): string {
    return text.replace(/[^\x20-\x7e]/gu, percentEncoded).replace(/[\\";]/g, (character) => `\\${character}`);
}

/** Bytes for `content`: all but letters, digits, dot, slash, hyphen and underscore are written in hex. */
export function contentBytes(text: string): string {
    return text.replace(/[^A-Za-z0-9./_-]+/g, (run) => {
        const hex = Buffer.from(run).toString("hex").toUpperCase();
        return `|${(hex.match(/../g) ?? []).join(" ")}|`;
    });
}

/** Addresses, and URLs that travel unencrypted. Their entries are rules that alert, still without signature id. */
export const SURICATA_RULES: ListKind = {
    name: "rules",
    candidates: everything,
    fit: (indicator) => {
        const fit = indicator.type === "url" ? fitUrl(indicator) : fitAddress(indicator);
        return fit && "entry" in fit && fit.entry.length > MAX_RULE_CHARACTERS ? { unfit: "too-long" } : fit;
    },
    maxBytes: MAX_RULES_BYTES,
};

/** A rule's signature ids must not change as other rules come and go: those present stay. */
export function withSids(
    rules: readonly string[],
    present: readonly string[],
    action: "drop" | "alert",
    candidate: (id: string, attempt: number) => number = sidOf,
): string[] {
    const known = new Map<string, number>();
    const taken = new Set<number>();
    const wanted = new Set(rules.map(idOf));
    for (const rule of present) {
        const sid = Number(/ sid:(\d+);/.exec(rule)?.[1]);
        const id = idOf(rule);
        if (
            wanted.has(id) &&
            !known.has(id) &&
            !taken.has(sid) &&
            sid >= FIRST_SID &&
            sid < FIRST_SID + SIDS
        ) {
            known.set(id, sid);
            taken.add(sid);
        }
    }
    // In the order of their text: which of two that collide comes first must not depend on rank.
    return [...rules].sort().map((rule) => {
        const id = idOf(rule);
        let sid = known.get(id);
        known.delete(id);
        for (let attempt = 0; sid === undefined; attempt++) {
            const next = candidate(id, attempt);
            sid = taken.has(next) ? undefined : next;
        }
        taken.add(sid);
        return rule.replace(/^alert/, action).replace(` sid:${NO_SID};`, ` sid:${sid};`);
    });
}

/** What a rule is for: its message, which holds the indicator. */
function idOf(rule: string): string {
    return /msg:"((?:[^"\\]|\\.)*)"/.exec(rule)?.[1] ?? "";
}

function sidOf(id: string, attempt: number): number {
    const hash = createHash("sha256").update(`${attempt} ${id}`).digest();
    return FIRST_SID + (hash.readUIntBE(0, 6) % SIDS);
}

function fitAddress(indicator: IndicatorMatch): Fit {
    const address = addressText(indicator);
    if (address === undefined) {
        return undefined;
    }
    return cidrOf(indicator)?.prefix === 0
        ? { unfit: "prefix-0" }
        : { entry: rule(`ip any any <> ${address} any`, indicator, "") };
}

/** The host without its port, and the path with the query as it is sent. */
function fitUrl(indicator: IndicatorMatch): Fit {
    const url = URL.canParse(indicator.value) ? new URL(indicator.value) : undefined;
    if (url?.protocol !== "http:") {
        return { unfit: "encrypted-url" };
    }
    if (!/^[a-z0-9._-]+$/.test(url.hostname)) {
        return { unfit: "characters" };
    }
    const path = url.pathname + url.search;
    const options =
        `flow:to_server,established; http.host; content:"${contentBytes(url.hostname)}"; ` +
        `bsize:${Buffer.byteLength(url.hostname)}; http.uri.raw; content:"${contentBytes(path)}"; ` +
        `bsize:${Buffer.byteLength(path)}; `;
    return { entry: rule(`http any any -> any ${url.port || "80"}`, indicator, options) };
}

function rule(header: string, { value, feeds }: IndicatorMatch, options: string): string {
    // Metadata cannot be quoted.
    const names = feeds.map((feed) => feed.replace(/[^A-Za-z0-9._-]/g, "_")).join("|");
    const metadata = names ? `metadata:feeds ${names}; ` : "";
    return `alert ${header} (msg:"SyntheticSun ${quotedText(value)}"; ${options}${metadata}sid:${NO_SID}; rev:1;)`;
}

function percentEncoded(character: string): string {
    return [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
}
