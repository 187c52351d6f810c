import { Key, key } from "../documents/writer";

/** The columns of a standard log by default (developer guide, standard logging reference), then those to choose. */
export const COLUMNS = [
    ...["date", "time", "x-edge-location", "sc-bytes", "c-ip", "cs-method", "cs(Host)", "cs-uri-stem"],
    ...["sc-status", "cs(Referer)", "cs(User-Agent)", "cs-uri-query", "cs(Cookie)", "x-edge-result-type"],
    ...["x-edge-request-id", "x-host-header", "cs-protocol", "cs-bytes", "time-taken", "x-forwarded-for"],
    ...["ssl-protocol", "ssl-cipher", "x-edge-response-result-type", "cs-protocol-version", "fle-status"],
    ...["fle-encrypted-fields", "c-port", "time-to-first-byte", "x-edge-detailed-result-type"],
    ...["sc-content-type", "sc-content-len", "sc-range-start", "sc-range-end", "timestamp", "timestamp(ms)"],
] as const;

const DEFAULT = 33;
/** The first standard logs had no more. */
const FEWEST = 12;
/** More columns of a name that is not known are not kept. */
const MOST_OTHERS = 64;

/** Names of columns under `aws.cloudfront`, as Elastic has them; those that are not here become ECS fields. */
export const OWN_NAMES: Readonly<Record<string, string>> = {
    "x-edge-location": "edge_location",
    "cs(Host)": "domain",
    "cs(Cookie)": "cookies",
    "x-edge-result-type": "edge_result_type",
    "x-edge-response-result-type": "edge_response_result_type",
    "x-edge-detailed-result-type": "edge_detailed_result_type",
    "fle-status": "fle_status",
    "fle-encrypted-fields": "fle_encrypted_fields",
    "time-to-first-byte": "time_to_first_byte",
    "sc-range-start": "range_start",
    "sc-range-end": "range_end",
};

/** Number of each known column, which is its place in `Spans`. */
const PLACES: ReadonlyMap<string, number> = new Map(COLUMNS.map((name, i) => [name.toLowerCase(), i]));

export const CAPACITY = COLUMNS.length + MOST_OTHERS;

/** Which value of a line is what. */
export interface Layout {
    /** Place in `Spans` of each column in order, -1 for one that is not kept. */
    readonly places: readonly number[];
    /** Names under `aws.cloudfront` of the columns that are not known; their places begin behind the known ones'. */
    readonly others: readonly Key[];
    /** A line with fewer values was cut off. */
    readonly fewest: number;
}

/** @returns the column's place; for `place("c-ip")` when the module loads, not for each record */
export function place(name: (typeof COLUMNS)[number]): number {
    return COLUMNS.indexOf(name);
}

/** @param names of the columns in order; of two with one name the first counts */
export function layoutOf(names: readonly string[]): Layout {
    const used = new Set(Object.values(OWN_NAMES));
    const taken = new Set<number>();
    const others: Key[] = [];
    const places = names.map((name) => {
        const known = PLACES.get(name.toLowerCase());
        if (known !== undefined) {
            const isFirst = !taken.has(known);
            taken.add(known);
            return isFirst ? known : -1;
        }
        const own = snakeCase(name);
        if (own === "" || own.length > 64 || used.has(own) || others.length === MOST_OTHERS) {
            return -1;
        }
        used.add(own);
        others.push(key(own));
        return COLUMNS.length + others.length - 1;
    });
    const id = names.indexOf("x-edge-request-id") + 1;
    return { places, others, fewest: Math.min(names.length, Math.max(FEWEST, id)) };
}

/** Of files that do not name their columns: any number of them, from the first logs' on. */
export const DEFAULT_LAYOUT: Layout = { ...layoutOf(COLUMNS.slice(0, DEFAULT)), fewest: FEWEST };

/** `DistributionId` and `distribution-id` become `distribution_id`, `cs(Accept)` becomes `cs_accept`. */
function snakeCase(name: string): string {
    return name
        .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "_")
        .replace(/^_|_$/g, "");
}
