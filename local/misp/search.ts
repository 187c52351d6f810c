import { MispAttribute } from "./attributes";

/** Body of a restSearch, as far as the stand-in reads it. Unknown parameters are dropped in silence, as MISP does. */
export interface SearchBody {
    readonly returnFormat?: unknown;
    readonly tags?: unknown;
    readonly to_ids?: unknown;
    readonly type?: unknown;
    readonly value?: unknown;
    readonly eventid?: unknown;
    readonly published?: unknown;
    readonly deleted?: unknown;
    readonly enforceWarninglist?: unknown;
    readonly includeWarninglistHits?: unknown;
    readonly order?: unknown;
    readonly limit?: unknown;
    readonly page?: unknown;
    readonly request?: SearchBody;
}

export interface SearchResult {
    readonly rows: readonly FoundRow[];
    /** Not the total: rows read for this page, plus one if the rest still fills the page or none is left. */
    readonly resultCount: number;
    /** Rows read for this page and dropped then, for a warning list holds them. */
    readonly skipped: number;
}

export interface FoundRow {
    readonly id: number;
    readonly attribute: MispAttribute;
}

/** Filters and pages as MISP 2.5.1 was seen to do. */
export function search(attributes: readonly MispAttribute[], body: SearchBody): SearchResult {
    const found = ordered(
        attributes
            .map((attribute, index) => ({ id: attribute.id ?? index + 1, attribute }))
            .filter(({ attribute }) => matches(attribute, body)),
        body,
    );
    const limit = Number(body.limit ?? 0);
    const start = limit > 0 ? (Math.max(1, Number(body.page ?? 1)) - 1) * limit : 0;
    const read = limit > 0 ? found.slice(start, start + limit) : found;
    const left = Math.max(0, found.length - start);
    const more = limit > 0 && (left >= limit || left === 0) ? 1 : 0;
    const rows = isOn(body.enforceWarninglist)
        ? read.filter(({ attribute }) => !attribute.warningLists?.length)
        : read;
    return { rows, resultCount: read.length + more, skipped: read.length - rows.length };
}

/** Without an order, rows come grouped by type where there is a type filter. */
function ordered(rows: FoundRow[], { order, type }: SearchBody): FoundRow[] {
    if (order === "Attribute.id asc" || order === "Attribute.id desc") {
        const sign = order.endsWith("desc") ? -1 : 1;
        return rows.sort((a, b) => sign * (a.id - b.id));
    }
    if (type !== undefined && order === undefined) {
        return rows.sort(({ attribute: a }, { attribute: b }) =>
            a.type < b.type ? -1 : a.type > b.type ? 1 : 0,
        );
    }
    return rows;
}

function matches(attribute: MispAttribute, body: SearchBody): boolean {
    const { tags, event = { id: 1 } } = attribute;
    return (
        matchesTags([...tags, ...(event.tags ?? [])], body.tags) &&
        matchesList(attribute.type, body.type) &&
        matchesList(attribute.value, body.value) &&
        matchesList(String(event.id), body.eventid) &&
        matchesToIds(attribute.toIds ?? true, body.to_ids) &&
        (body.published === undefined || (event.published ?? true) === isOn(body.published)) &&
        matchesDeleted(attribute.deleted ?? false, body.deleted)
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
    return value === isOn(filter);
}

function matchesDeleted(value: boolean, filter: unknown): boolean {
    return Array.isArray(filter) || value === (isOn(filter) || filter === "only");
}

function isOn(filter: unknown): boolean {
    return filter === true || filter === 1 || filter === "1";
}

function asList(filter: unknown): string[] {
    if (filter === undefined || filter === null) {
        return [];
    }
    return (Array.isArray(filter) ? filter.map(String) : String(filter).split("||")).filter(Boolean);
}
