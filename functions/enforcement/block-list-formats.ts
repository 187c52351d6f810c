import { IndicatorMatch } from "../indicators/indicator";
import { addressText, cidrOf } from "./cidr";
import { unfitDomain } from "./domain-name";
import { everything, Fit, ListKind } from "./select";

/** A file for those who block by list. Its entries are its lines. */
export interface BlockListFormat extends ListKind {
    /** File name. */
    readonly name: string;
    readonly contentType: string;
    /** First line. */
    readonly header?: string;
    /** Entries that those who read it take. @default all */
    readonly defaultRoom?: number;
    /** A domain goes without saying where its parent is in the list. */
    readonly withoutSubdomains?: boolean;
}

/** Room of a file without bound: JSON has no infinity. */
export const UNBOUNDED = Number.MAX_SAFE_INTEGER;

const TEXT = "text/plain; charset=utf-8";

/** Anything that would end a line or an entry. */
const BREAKING = /[\s\x00-\x1f\x7f]/;

function address({ type, value }: IndicatorMatch, write = (text: string) => text): Fit {
    const text = addressText({ type, value });
    if (text === undefined) {
        return undefined;
    }
    return cidrOf({ type, value })?.prefix === 0 ? { unfit: "prefix-0" } : { entry: write(text) };
}

function domain({ type, value }: IndicatorMatch, prefix = ""): Fit {
    if (type !== "domain") {
        return undefined;
    }
    // These readers compare text: underscores are as good as letters.
    const unfit = unfitDomain(value.replace(/_/g, "a"));
    return unfit ? { unfit } : { entry: prefix + value };
}

/**
 * Palo Alto's external dynamic lists: one type a list; URLs without their scheme. PAN-OS skips what is beyond the
 * model's limit, so the best come first; 50,000 is what its help names for the smaller models.
 */
const edlIp: BlockListFormat = {
    name: "edl-ip.txt",
    contentType: TEXT,
    defaultRoom: 50_000,
    candidates: (snapshot) => snapshot.addresses(),
    fit: (indicator) => address(indicator),
};

const edlDomain: BlockListFormat = {
    name: "edl-domain.txt",
    contentType: TEXT,
    defaultRoom: 50_000,
    candidates: (snapshot) => snapshot.names(),
    fit: (indicator) => domain(indicator),
};

const edlUrl: BlockListFormat = {
    name: "edl-url.txt",
    contentType: TEXT,
    defaultRoom: 50_000,
    candidates: (snapshot) => snapshot.names(),
    fit: ({ type, value }) => {
        if (type !== "url") {
            return undefined;
        }
        // `*` and `^` are wildcards there.
        return BREAKING.test(value) || /[*^]/.test(value)
            ? { unfit: "characters" }
            : { entry: value.replace(/^https?:\/\//, "") };
    },
};

/** `acl known-bad dstdomain "/…/squid-domains.acl"`: Squid wants no domain beside its parent. */
const squid: BlockListFormat = {
    name: "squid-domains.acl",
    contentType: TEXT,
    withoutSubdomains: true,
    candidates: (snapshot) => snapshot.names(),
    fit: (indicator) => domain(indicator, "."),
};

/** `include` of nginx's access module. */
const nginx: BlockListFormat = {
    name: "nginx-deny.conf",
    contentType: TEXT,
    candidates: (snapshot) => snapshot.addresses(),
    fit: (indicator) => address(indicator, (text) => `deny ${text};`),
};

const plain: BlockListFormat = {
    name: "plain.txt",
    contentType: TEXT,
    candidates: everything,
    fit: ({ value }) => (BREAKING.test(value) ? { unfit: "characters" } : { entry: value }),
};

const csv: BlockListFormat = {
    name: "indicators.csv",
    contentType: "text/csv; charset=utf-8",
    header: "value,type,confidence,first_seen,last_seen,feeds",
    candidates: everything,
    fit: ({ value, type, confidence, firstSeen, lastSeen, feeds }) => ({
        entry: [value, type, String(confidence), firstSeen, lastSeen, feeds.join(" ")]
            .map(csvField)
            .join(","),
    }),
};

export const BLOCK_LIST_FORMATS: readonly BlockListFormat[] = [
    edlIp,
    edlDomain,
    edlUrl,
    squid,
    nginx,
    plain,
    csv,
];

/**
 * A field as RFC 4180 quotes it, on one line. A text that a spreadsheet would take for a formula gets an apostrophe
 * before it (OWASP, CSV injection).
 */
export function csvField(text: string): string {
    const line = text.replace(/[\r\n]+/g, " ");
    const safe = /^[=+\-@\t]/.test(line) ? `'${line}` : line;
    return /[",]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}
