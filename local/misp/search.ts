import { MispAttribute } from "./attributes";

/** Body of a restSearch, as far as the stand-in reads it. Unknown parameters are dropped in silence, as MISP does. */
export interface SearchBody {
    readonly tags?: unknown;
    readonly to_ids?: unknown;
    readonly type?: unknown;
    readonly deleted?: unknown;
    readonly order?: unknown;
    readonly limit?: unknown;
    readonly page?: unknown;
    readonly request?: SearchBody;
}

export interface SearchResult {
    readonly rows: readonly { readonly id: number; readonly attribute: MispAttribute }[];
    /** Not the total: rows of this page, plus one if the rest still fills the page or none is left. */
    readonly resultCount: number;
}

/** Filters and pages as MISP 2.5.1 was seen to do. */
export function search(attributes: readonly MispAttribute[], outer: SearchBody): SearchResult {
    const body = outer.request ?? outer;
    const found: { id: number; attribute: MispAttribute }[] = [];
    attributes.forEach((attribute, index) => {
        if (matches(attribute, body)) {
            found.push({ id: index + 1, attribute });
        }
    });
    // Without an order, rows come grouped by type where there is a type filter.
    if (body.type !== undefined && body.order === undefined) {
        found.sort((a, b) =>
            a.attribute.type < b.attribute.type ? -1 : a.attribute.type > b.attribute.type ? 1 : 0,
        );
    }
    const limit = Number(body.limit ?? 0);
    if (limit <= 0) {
        return { rows: found, resultCount: found.length };
    }
    const start = (Math.max(1, Number(body.page ?? 1)) - 1) * limit;
    const rows = found.slice(start, start + limit);
    const left = Math.max(0, found.length - start);
    return { rows, resultCount: rows.length + (left >= limit || left === 0 ? 1 : 0) };
}

function matches(attribute: MispAttribute, { tags, to_ids: toIds, type, deleted }: SearchBody): boolean {
    return (
        matchesTags(attribute.tags, tags) &&
        matchesList(attribute.type, type) &&
        matchesToIds(attribute.toIds ?? true, toIds) &&
        matchesDeleted(attribute.deleted ?? false, deleted)
    );
}

function matchesTags(own: readonly string[], filter: unknown): boolean {
    if (filter && typeof filter === "object" && !Array.isArray(filter)) {
        const { AND = [], OR = [], NOT = [] } = filter as Record<string, string[]>;
        return (
            AND.every((tag) => hasTag(own, tag)) &&
            (OR.length === 0 || OR.some((tag) => hasTag(own, tag))) &&
            !NOT.some((tag) => hasTag(own, tag))
        );
    }
    const list = asList(filter);
    const wanted = list.filter((tag) => !tag.startsWith("!"));
    const unwanted = list.filter((tag) => tag.startsWith("!")).map((tag) => tag.slice(1));
    return (
        (wanted.length === 0 || wanted.some((tag) => hasTag(own, tag))) &&
        !unwanted.some((tag) => hasTag(own, tag))
    );
}

/** Case counts, `%` is a wildcard. */
function hasTag(own: readonly string[], wanted: string): boolean {
    if (!wanted.includes("%")) {
        return own.includes(wanted);
    }
    const pattern = wanted.split("%").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const expression = new RegExp(`^${pattern.join(".*")}$`);
    return own.some((tag) => expression.test(tag));
}

function matchesList(value: string, filter: unknown): boolean {
    if (filter && typeof filter === "object" && !Array.isArray(filter)) {
        return !asList((filter as { NOT?: unknown }).NOT).includes(value);
    }
    const list = asList(filter);
    return list.length === 0 || list.includes(value);
}

/** `false` and `null` are no filter; 0, "0", "" and "exclude" are. */
function matchesToIds(value: boolean, filter: unknown): boolean {
    if (filter === undefined || filter === null || filter === false || Array.isArray(filter)) {
        return true;
    }
    return value === (filter === true || filter === 1 || filter === "1");
}

function matchesDeleted(value: boolean, filter: unknown): boolean {
    return Array.isArray(filter)
        ? true
        : value === (filter === 1 || filter === true || filter === "only" || filter === "1");
}

function asList(filter: unknown): string[] {
    if (filter === undefined || filter === null) {
        return [];
    }
    return (Array.isArray(filter) ? filter.map(String) : String(filter).split("||")).filter(Boolean);
}
