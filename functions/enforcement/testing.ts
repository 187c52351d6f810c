import fc from "fast-check";
import { IndicatorMatch } from "../indicators/indicator";
import { normalizeIndicator } from "../indicators/normalize";
import { Blockable, PlaceReport } from "./place";

/** An indicator of whatever kind the value is. Shared by the tests of this folder. */
export function indicator(value: string, more: Partial<IndicatorMatch> = {}): IndicatorMatch {
    const type = normalizeIndicator(value)?.type ?? (value.includes("/") ? "cidr" : "domain");
    const lastSeen = "2026-11-24T00:00:00.000Z";
    return { type, value, feeds: ["misp"], firstSeen: lastSeen, lastSeen, confidence: 80, ...more };
}

export function blockable(indicators: readonly IndicatorMatch[]): Blockable {
    const isName = ({ type }: IndicatorMatch) => type === "domain" || type === "url";
    return {
        addresses: () => indicators.filter((each) => !isName(each)),
        names: () => indicators.filter(isName),
    };
}

/** The rank order said in another way: the oracle of the property tests. */
export function inRankOrder(indicators: readonly IndicatorMatch[]): IndicatorMatch[] {
    const key = ({ confidence, lastSeen }: IndicatorMatch) =>
        `${String(confidence).padStart(3, "0")} ${lastSeen}`;
    return [...indicators].sort((a, b) =>
        key(a) === key(b) ? (a.value < b.value ? -1 : 1) : key(a) > key(b) ? -1 : 1,
    );
}

const octet = fc.integer({ min: 1, max: 4 });
const ipv4 = fc.tuple(octet, octet).map(([a, b]) => `9.9.${a}.${b}`);
const ipv6 = octet.map((a) => `2a00::${a}`);
const cidr = fc.tuple(octet, fc.constantFrom(24, 25)).map(([a, bits]) => `9.8.${a}.0/${bits}`);
const domain = fc
    .tuple(octet, fc.constantFrom("evil.example", "b_d.example", "a.bad.example"))
    .map(([a, name]) => `d${a}.${name}`);
const url = fc
    .tuple(fc.constantFrom("http", "https"), octet)
    .map(([scheme, a]) => `${scheme}://u.example/${a}`);
const value = fc.oneof(ipv4, ipv6, cidr, domain, url, fc.constantFrom("0.0.0.0/0", "::/0"));

/** Indicators of all kinds, few enough values that lists have something in common. */
export const indicatorLists = fc.uniqueArray(
    fc
        .tuple(value, fc.constantFrom(10, 50, 90), fc.constantFrom("2026-11-01", "2026-11-02"))
        .map(([text, confidence, lastSeen]) => indicator(text, { confidence, lastSeen })),
    { selector: (each) => each.value, maxLength: 24 },
);

/** What a report says changed. */
export function changes({ added, removed, unchanged }: PlaceReport): number[] {
    return [added, removed, unchanged];
}

export const noPause = async (): Promise<void> => undefined;
