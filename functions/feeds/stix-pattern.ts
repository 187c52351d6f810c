import { parsePattern, PatternComparison, PatternNode } from "./stix-pattern-parser";
import { PatternError } from "./stix-pattern-tokens";

/** A value that a pattern compares with, or why it alone must not be matched. */
export interface PatternValue {
    readonly value: string;
    readonly refused?: string;
}

/** A pattern of none of the grammar, or too long or nested too deeply. */
export const UNREADABLE = "pattern cannot be read";
const JOINED = "pattern joins conditions";
const FOLLOWED = "pattern with FOLLOWEDBY";
const NEGATED = "negated";
const WILDCARD = "pattern with LIKE or MATCHES";
const OTHER_OPERATOR = "pattern with another operator";
const QUALIFIED = "pattern with REPEATS or START";

const ADDRESSES = new Set(["ipv4-addr", "ipv6-addr"]);
/** Objects whose `value` can be looked up. */
const OBSERVABLES = new Set([...ADDRESSES, "domain-name", "url"]);
/** `network-traffic`'s ends. */
const ENDS = new Set(["src_ref", "dst_ref"]);
const LONGEST = 1024 * 1024;

/**
 * Addresses, networks, domains and URLs of which each alone fulfills the pattern. Those that a pattern speaks of
 * otherwise (in NOT, with a port, as one of several observations) are refused.
 * @returns each value once; empty for a pattern of other observables; undefined for one that cannot be read
 */
export function patternValues(pattern: string): PatternValue[] | undefined {
    if (pattern.length > LONGEST) {
        return undefined;
    }
    let tree: PatternNode;
    try {
        tree = parsePattern(pattern);
    } catch (error) {
        if (error instanceof PatternError) {
            return undefined;
        }
        throw error;
    }
    const found = new Map<string, string | undefined>();
    collect(tree, undefined, found);
    return [...found].map(([value, refused]) => ({ value, ...(refused ? { refused } : {}) }));
}

function collect(
    node: PatternNode,
    refused: string | undefined,
    found: Map<string, string | undefined>,
): void {
    switch (node.kind) {
        case "comparison":
            return collectStrings(node, refused, found);
        case "observation":
            return collect(node.part, refused, found);
        case "qualified":
            return collect(node.part, refused ?? (node.narrows ? QUALIFIED : undefined), found);
        case "or":
            return node.parts.forEach((part) => collect(part, refused, found));
        case "followed-by":
            return node.parts.forEach((part) => collect(part, refused ?? FOLLOWED, found));
        case "and": {
            const parts = withoutTypes(node.parts);
            return parts.forEach((part) =>
                collect(part, refused ?? (parts.length > 1 ? JOINED : undefined), found),
            );
        }
    }
}

function collectStrings(
    comparison: PatternComparison,
    refused: string | undefined,
    found: Map<string, string | undefined>,
): void {
    if (endOf(comparison, "value") === undefined) {
        return;
    }
    const reason = operatorRefused(comparison) ?? refused;
    for (const value of comparison.strings) {
        // One part of the pattern that takes it alone is enough.
        if (!found.has(value) || !reason) {
            found.set(value, reason);
        }
    }
}

function operatorRefused({ negated, operator, object }: PatternComparison): string | undefined {
    if (negated || operator === "!=") {
        return NEGATED;
    }
    switch (operator) {
        case "=":
        case "IN":
            return undefined;
        case "ISSUBSET":
            return ADDRESSES.has(object) || object === "network-traffic" ? undefined : OTHER_OPERATOR;
        case "LIKE":
        case "MATCHES":
            return WILDCARD;
        default:
            return OTHER_OPERATOR;
    }
}

/** @returns the path before `step`, when it leads to an object that can be looked up */
function endOf({ object, path }: PatternComparison, step: "type" | "value"): string | undefined {
    const [first, second] = path;
    if (path.length === 1 && first === step && OBSERVABLES.has(object)) {
        return object;
    }
    const end = object === "network-traffic" && path.length === 2 && ENDS.has(first) && second === step;
    return end ? `${object}:${first}` : undefined;
}

/** Leaves out the parts that say no more than of which type the object is whose value is compared. */
function withoutTypes(parts: readonly PatternNode[]): readonly PatternNode[] {
    const values = parts.filter((part) => commonEnd(part, "type") === undefined);
    const end = values.length === 1 ? commonEnd(values[0], "value") : undefined;
    const same =
        end !== undefined && parts.every((part) => values.includes(part) || commonEnd(part, "type") === end);
    return same ? values : parts;
}

/** @returns the one path that all comparisons of the node have before `step`; for types, only known ones */
function commonEnd(node: PatternNode, step: "type" | "value"): string | undefined {
    if (node.kind === "comparison") {
        const states = step === "value" || isKnownType(node);
        return states ? endOf(node, step) : undefined;
    }
    if (node.kind !== "or") {
        return undefined;
    }
    const ends = new Set(node.parts.map((part) => commonEnd(part, step)));
    return ends.size === 1 ? [...ends][0] : undefined;
}

function isKnownType({ negated, operator, strings }: PatternComparison): boolean {
    return (
        !negated &&
        (operator === "=" || operator === "IN") &&
        strings.length > 0 &&
        strings.every((type) => OBSERVABLES.has(type))
    );
}
