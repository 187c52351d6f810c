import { Random } from "./random";
import { BadValues, MATCH_TYPES, MatchType, Sightings } from "./sightings";

export interface TrafficOptions {
    readonly random: Random;
    readonly accountId: string;
    readonly region: string;
    readonly count: number;
    /** Time of the last record, Unix milliseconds; records lie in the 5 minutes before. */
    readonly until: number;
    /** Indicators, which a share of the records shows. */
    readonly bad: BadValues;
    /** How many of the records are damaged; half of them can be, at most. */
    readonly broken: number;
}

/** What must become of records. */
export interface Expected {
    readonly records: number;
    /** Those that end in quarantine. */
    readonly quarantined: number;
    /** Those that are left out, by reason. */
    readonly skipped: Readonly<Record<string, number>>;
    /** Documents that match an indicator. */
    readonly matched: number;
    /** The same by what matches; one document may match in several ways. */
    readonly matchedBy: Readonly<Record<MatchType, number>>;
}

/** Records of one kind of log, each as its service writes it. */
export interface Traffic {
    readonly records: readonly string[];
    readonly expected: Expected;
}

/** A record that holds nothing to keep. */
export interface Unkept {
    readonly text: string;
    readonly reason: string;
}

/** How the records of a kind are made. */
export interface Recipe {
    /** @param sightings chooses the values that may be indicators */
    record(sightings: Sightings, index: number): string | Unkept;
    /** Makes a record unreadable. @default `damagedLine` */
    damage?(record: string, turn: number): string;
}

export const NOTHING: Expected = {
    records: 0,
    quarantined: 0,
    skipped: {},
    matched: 0,
    matchedBy: { ip: 0, domain: 0, url: 0 },
};

/** Makes records, and counts what must become of them. */
export function makeTraffic(options: TrafficOptions, recipe: Recipe): Traffic {
    const { random, count, bad } = options;
    const { damage = (record, turn) => damagedLine(random, record, turn) } = recipe;
    const broken = brokenPlaces(options);
    const skipped: Record<string, number> = {};
    const matchedBy: Record<MatchType, number> = { ip: 0, domain: 0, url: 0 };
    let matched = 0;
    const sightings = new Sightings(random, bad);
    const records = Array.from({ length: count }, (_, index) => {
        const made = recipe.record(sightings, index);
        const text = typeof made === "string" ? made : made.text;
        const seen = sightings.take();
        const turn = broken.indexOf(index);
        if (turn >= 0) {
            return damage(text, turn);
        }
        if (typeof made !== "string") {
            skipped[made.reason] = (skipped[made.reason] ?? 0) + 1;
        } else if (seen.length > 0) {
            matched++;
            seen.forEach((type) => matchedBy[type]++);
        }
        return text;
    });
    return { records, expected: { records: count, quarantined: broken.length, skipped, matched, matchedBy } };
}

/**
 * Digits for the id that a record has of its own. It stands for the record wherever it is delivered, so that traffic of
 * another time needs others.
 * @param length hexadecimal digits, 16 at least
 */
export function idDigits({ until }: TrafficOptions, random: Random, length: number): string {
    const began = Math.floor(until / 1000).toString(16);
    return began + random.hex(length - began.length);
}

/** Never two side by side: what lies between two good records of an array is one damaged record. */
function brokenPlaces({ random, count, broken }: TrafficOptions): number[] {
    const places = new Set<number>();
    while (places.size < Math.min(broken, Math.floor(count / 2))) {
        places.add(2 * random.below(Math.floor(count / 2)));
    }
    return [...places];
}

/** A line that is cut off, or none of its kind at all. */
function damagedLine(random: Random, record: string, turn: number): string {
    return turn % 2 === 0 ? record.slice(0, 40 + random.below(40)) : "this is not a record";
}

/** What must become of several lots of records together. */
export function sumOf(lots: readonly Expected[]): Expected {
    const skipped: Record<string, number> = {};
    for (const [reason, count] of lots.flatMap((lot) => Object.entries(lot.skipped))) {
        skipped[reason] = (skipped[reason] ?? 0) + count;
    }
    const total = (of: (lot: Expected) => number) => lots.reduce((sum, lot) => sum + of(lot), 0);
    return {
        records: total(({ records }) => records),
        quarantined: total(({ quarantined }) => quarantined),
        skipped,
        matched: total(({ matched }) => matched),
        matchedBy: Object.fromEntries(
            MATCH_TYPES.map((type) => [type, total(({ matchedBy }) => matchedBy[type])]),
        ) as Record<MatchType, number>,
    };
}
