/** Longest text that is taken from a database, in characters; longer is no name of a place or an organization. */
const LONGEST_TEXT = 200;

const LARGEST_AS_NUMBER = 0xffffffff;

/** What a record of a database says, as JSON members with a trailing comma: "" where it says nothing. */
export interface GeoMembers {
    readonly geo: string;
    readonly as: string;
}

/**
 * Reads a record as MaxMind and DB-IP lay it out (nested, with names by language), or as the flat files of
 * ip-location-db (`country_code`, `state1`, `city` …), into the fields `geo` and `as` of ECS. Values of a wrong type
 * are left out.
 */
export function geoMembers(record: unknown): GeoMembers {
    const geo = JSON.stringify(placeOf(record));
    const as = networkOf(record);
    return {
        geo: geo === "{}" ? "" : flat(`"geo":${geo},`),
        as: as ? flat(`"as":${JSON.stringify(as)},`) : "",
    };
}

/** One string instead of a tree of parts, which would be walked again with each address it is written for. */
function flat(text: string): string {
    return Buffer.from(text).toString();
}

/** Whether a record is laid out in a way that `geoMembers` reads. */
export function isGeoRecord(record: unknown): boolean {
    return ["country", "continent", "country_code", "autonomous_system_number"].some(
        (key) => member(record, key) !== undefined,
    );
}

function placeOf(record: unknown): object {
    const continent = member(record, "continent");
    const country = member(record, "country");
    const region = first(member(record, "subdivisions"));
    const city = member(record, "city");
    const location = member(record, "location");
    const code = countryCode(member(country, "iso_code") ?? member(record, "country_code"));
    const regionCode = text(member(region, "iso_code"));
    return {
        continent_code: text(member(continent, "code")),
        continent_name: nameOf(continent),
        country_iso_code: code,
        country_name: nameOf(country) ?? (code && countryName(code)),
        region_iso_code: code && regionCode && `${code}-${regionCode}`,
        region_name: nameOf(region) ?? text(member(record, "state1")),
        city_name: nameOf(city) ?? text(city),
        postal_code: text(member(member(record, "postal"), "code") ?? member(record, "postcode")),
        timezone: text(member(location, "time_zone") ?? member(record, "timezone")),
        location: locationOf(location ?? record),
    };
}

function networkOf(record: unknown): object | undefined {
    const number = numeric(member(record, "autonomous_system_number"));
    if (number === undefined || !Number.isInteger(number) || number < 1 || number > LARGEST_AS_NUMBER) {
        return undefined;
    }
    const name = text(member(record, "autonomous_system_organization"));
    return { number, organization: name === undefined ? undefined : { name } };
}

/** Both zero is how some programs write "unknown"; there is nothing but sea. */
function locationOf(holder: unknown): object | undefined {
    const lat = numeric(member(holder, "latitude"));
    const lon = numeric(member(holder, "longitude"));
    if (lat === undefined || lon === undefined || Math.abs(lat) > 90 || Math.abs(lon) > 180) {
        return undefined;
    }
    return lat === 0 && lon === 0 ? undefined : { lat: toMetre(lat), lon: toMetre(lon) };
}

/** Undoes what 32-bit floats add: 37.751, not 37.750999450683594. */
function toMetre(degrees: number): number {
    return Math.round(degrees * 1e5) / 1e5;
}

/** ZZ is used for "unknown". */
function countryCode(value: unknown): string | undefined {
    return typeof value === "string" && /^[A-Z]{2}$/.test(value) && value !== "ZZ" ? value : undefined;
}

const regionNames = new Intl.DisplayNames(["en"], { type: "region", fallback: "none" });

const countryNames = new Map<string, string | undefined>();

/** Databases without names of countries are many; Unicode's are used there. */
function countryName(code: string): string | undefined {
    if (!countryNames.has(code)) {
        countryNames.set(code, regionNames.of(code));
    }
    return countryNames.get(code);
}

function nameOf(holder: unknown): string | undefined {
    return text(member(member(holder, "names"), "en"));
}

function text(value: unknown): string | undefined {
    return typeof value === "string" && value !== "" && value.length <= LONGEST_TEXT ? value : undefined;
}

/** Flat files have numbers as text in some editions. */
function numeric(value: unknown): number | undefined {
    if (typeof value === "string") {
        return /^-?\d{1,10}(\.\d{1,20})?$/.test(value) ? Number(value) : undefined;
    }
    return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function member(holder: unknown, key: string): unknown {
    return holder instanceof Map ? (holder.get(key) as unknown) : undefined;
}

function first(list: unknown): unknown {
    return Array.isArray(list) ? (list[0] as unknown) : undefined;
}
