import { DomainSet, hostOf } from "./allow-list";
import { IndicatorType } from "./indicator";
import { normalizeDomain, normalizeIndicator } from "./normalize";
import { Range, RangeSet, rangeOf } from "./ranges";

type Indicator = { readonly type: IndicatorType; readonly value: string };

/** Types of MISP attributes that an indicator may come from. */
const ATTRIBUTES: Readonly<Record<IndicatorType, readonly string[]>> = {
    ipv4: ["ip-src", "ip-dst", "ip-src|port", "ip-dst|port", "domain|ip"],
    ipv6: ["ip-src", "ip-dst", "ip-src|port", "ip-dst|port", "domain|ip"],
    cidr: ["ip-src", "ip-dst"],
    domain: ["domain", "hostname", "domain|ip", "hostname|port"],
    url: ["url"],
};

/**
 * A list of the MISP warning lists' format (`{name, type, list, matching_attributes}` with the types cidr, hostname,
 * string, substring and regex): values that are known to be harmless or to give false positives.
 */
export class WarningList {
    readonly name: string;
    private readonly attributes: ReadonlySet<string>;
    private readonly holds: (indicator: Indicator) => boolean;

    /** @throws Error when the text is no warning list */
    constructor(text: string) {
        const { name, type, list, matching_attributes: attributes } = parse(text);
        this.name = name;
        this.attributes = new Set(attributes);
        this.holds = matcher(name, type, list);
    }

    has(indicator: Indicator): boolean {
        const applies =
            this.attributes.size === 0 ||
            ATTRIBUTES[indicator.type].some((attribute) => this.attributes.has(attribute));
        return applies && this.holds(indicator);
    }
}

interface Content {
    readonly name: string;
    readonly type: string;
    readonly list: readonly string[];
    readonly matching_attributes: readonly string[];
}

function parse(text: string): Content {
    let content: Partial<Content> | null | undefined;
    try {
        content = JSON.parse(text) as Partial<Content> | null;
    } catch {
        // Told below.
    }
    const { name, type, list, matching_attributes = [] } = content ?? ({} as Partial<Content>);
    const isTexts = (value: unknown) =>
        Array.isArray(value) && value.every((item) => typeof item === "string");
    if (
        typeof name !== "string" ||
        typeof type !== "string" ||
        !isTexts(list) ||
        !isTexts(matching_attributes)
    ) {
        throw new Error('no MISP warning list: it must be JSON {"name", "type", "list": [texts]}');
    }
    return { name, type, list: list as string[], matching_attributes };
}

function matcher(name: string, type: string, list: readonly string[]): (indicator: Indicator) => boolean {
    switch (type) {
        case "cidr": {
            const ranges = new RangeSet(
                list.map(networkOf).filter((range): range is Range => range !== undefined),
            );
            return (indicator) => {
                const range = rangeOf(hostPart(indicator));
                return range !== undefined && ranges.overlaps(range);
            };
        }
        case "hostname": {
            const domains = new DomainSet(
                list
                    .map((item) => normalizeDomain(item.replace(/^\./, "")))
                    .filter((item) => item !== undefined),
            );
            return (indicator) => domains.touches(hostPart(indicator));
        }
        case "string": {
            const values = new Set(list.map((item) => normalizeIndicator(item)?.value ?? item));
            return ({ value }) => values.has(value);
        }
        case "substring":
            return ({ value }) => list.some((item) => value.includes(item));
        case "regex": {
            const expressions = list.map((item) => expressionOf(name, item));
            return ({ value }) => expressions.some((expression) => expression.test(value));
        }
        default:
            throw new Error(`warning list "${name}" has the unknown type "${type}"`);
    }
}

function networkOf(text: string): Range | undefined {
    const value = normalizeIndicator(text)?.value;
    return value === undefined ? undefined : rangeOf(value);
}

function hostPart({ type, value }: Indicator): string {
    return type === "url" ? hostOf(value) : value;
}

/** PHP writes delimiters around an expression and flags behind. */
function expressionOf(name: string, text: string): RegExp {
    const delimited = /^([/#~])(?<body>.*)\1(?<flags>[a-z]*)$/s.exec(text)?.groups;
    try {
        return new RegExp(delimited?.body ?? text, (delimited?.flags ?? "").replace(/[^imsu]/g, ""));
    } catch {
        throw new Error(`warning list "${name}" has an expression that cannot be used: ${text.slice(0, 80)}`);
    }
}
