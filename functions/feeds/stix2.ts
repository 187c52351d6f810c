import { FeedValue } from "./feed";
import { patternValues, UNREADABLE } from "./stix-pattern";

/** An object of STIX 2, as far as it is read. */
export interface StixObject {
    readonly type?: unknown;
    readonly id?: unknown;
    /** When this version of it was made. */
    readonly modified?: unknown;
    readonly created?: unknown;
    readonly revoked?: unknown;
    readonly pattern?: unknown;
    readonly pattern_type?: unknown;
    readonly valid_from?: unknown;
    readonly valid_until?: unknown;
    readonly confidence?: unknown;
    /** STIX 2.0 has `labels` in its place. */
    readonly indicator_types?: unknown;
    readonly labels?: unknown;
}

/** STIX 2.1, 10.7: the vocabulary is open, reports need few reasons. */
const OTHER_KINDS = new Set(["pcre", "sigma", "snort", "suricata", "yara"]);
/** As STIX and TAXII write it. */
export const STIX_TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/;

/**
 * What an indicator of STIX 2.0 or 2.1 says at the time `now`. Other objects say nothing: an address that a report
 * mentions is no indicator. What is not valid now is left out, and so is what was taken back, unless the pass is
 * partial.
 */
export function stixValues(object: StixObject, pass: "full" | "partial", now: Date): FeedValue[] {
    if (object.type !== "indicator") {
        return [];
    }
    const validFrom = time(object.valid_from);
    const validUntil = time(object.valid_until);
    if (object.revoked === true) {
        return pass === "full"
            ? []
            : patternsOf(object)
                  .filter(({ refused }) => !refused)
                  .map(({ value }) => ({ value, revoked: true }));
    }
    // valid_until itself is no longer valid.
    if ((validFrom && validFrom > now) || (validUntil && validUntil <= now)) {
        return [];
    }
    const firstSeen = validFrom ?? time(object.created);
    const facts = {
        ...confidence(object.confidence),
        ...(firstSeen ? { firstSeen: firstSeen.toISOString() } : {}),
        ...(validUntil ? { validUntil: validUntil.toISOString() } : {}),
        ...(isBenign(object) ? { refused: "indicator of benign activity" } : {}),
    };
    return patternsOf(object).map((value) => ({ ...facts, ...value }));
}

/** A pattern with nothing to look up gives the indicator's id, refused. */
function patternsOf({ id, pattern, pattern_type: kind }: StixObject): FeedValue[] {
    const name = typeof id === "string" ? id.slice(0, 100) : "indicator without an id";
    const nothing = (refused: string): FeedValue[] => [{ value: name, refused }];
    // STIX 2.0 has no other kind and does not say so.
    if (kind !== undefined && kind !== "stix") {
        return nothing(
            `pattern kind ${typeof kind === "string" && OTHER_KINDS.has(kind) ? kind : "unknown"}`,
        );
    }
    const values = typeof pattern === "string" ? patternValues(pattern) : undefined;
    if (!values) {
        return nothing(UNREADABLE);
    }
    return values.length > 0 ? values : nothing("pattern of other observables");
}

function isBenign({ indicator_types: types, labels }: StixObject): boolean {
    return [types, labels].some((list) => Array.isArray(list) && list.includes("benign"));
}

function confidence(value: unknown): Pick<FeedValue, "confidence"> {
    return typeof value === "number" && value >= 0 && value <= 100 ? { confidence: value } : {};
}

/** @returns undefined for what is no timestamp of STIX */
function time(text: unknown): Date | undefined {
    const date = typeof text === "string" && STIX_TIMESTAMP.test(text) ? new Date(text) : undefined;
    return date && !Number.isNaN(date.getTime()) ? date : undefined;
}
