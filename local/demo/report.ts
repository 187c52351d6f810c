import { SourceKind } from "../../config/sources";
import type { PlaceReport } from "../../functions/enforcement/place";
import { MATCH_TYPES, MatchType } from "../traffic/sightings";
import { Poisoning } from "./listFeed";
import { Expected } from "../traffic/traffic";

/** Counts of one source: they add up, or the demo fails. */
export interface SourceCounts {
    readonly in: number;
    readonly documents: number;
    readonly quarantined: number;
    /** By reason. */
    readonly skipped: Readonly<Record<string, number>>;
    /** Documents that match an indicator. */
    readonly matched: number;
    readonly matchedBy: Readonly<Record<MatchType, number>>;
    /** Documents whose source has a place. */
    readonly located: number;
    /** What was known beforehand, of records that the demo made. */
    readonly expected?: Partial<Expected>;
}

/** What a spoke blocks. */
export interface Enforced {
    /** Addresses in the WAF sets. */
    readonly ipv4: number;
    readonly ipv6: number;
    /** What each of its places reported. */
    readonly places: readonly PlaceReport[];
}

/** What the demo found; written to `.local/demo-report.json`. */
export interface DemoReport {
    readonly sources: Readonly<Partial<Record<SourceKind, SourceCounts>>>;
    readonly indicators: {
        readonly collected: Readonly<Record<string, unknown>>;
        readonly snapshot: Readonly<Record<string, number>>;
        readonly matches: Readonly<Record<string, number>>;
        /** What became of lists that would harm. */
        readonly poisonings: readonly Poisoning[];
    };
    /** What is enforced, by spoke. */
    readonly enforcement: Readonly<Record<string, Enforced>>;
    /** In Security Hub of the first spoke: what was let through and matches an indicator. */
    readonly findings: number;
    /** Wall time by stage. */
    readonly seconds: Readonly<Record<string, number>>;
    /** Files that were not read, each with the reason. */
    readonly skippedFiles: readonly string[];
}

/** What does not add up, one line each. */
export function imbalances(report: DemoReport): string[] {
    const harmed = report.indicators.poisonings.filter(
        ({ unharmed, outcome }) => !unharmed || outcome === "collected",
    );
    return [
        ...Object.entries(report.sources).flatMap(([kind, counts]) =>
            faultsOf(counts).map((fault) => `${kind}: ${fault}`),
        ),
        ...harmed.map(({ what, outcome }) => `${what} was let in (${outcome})`),
    ];
}

function faultsOf(counts: SourceCounts): string[] {
    const { documents, quarantined, matched, matchedBy, expected = {} } = counts;
    const skipped = sumOf(counts.skipped);
    const faults: string[] = [];
    if (counts.in !== documents + quarantined + skipped) {
        faults.push(
            `${counts.in} records in, but ${documents} documents + ${quarantined} quarantined + ${skipped} skipped`,
        );
    }
    const compare = (what: string, found: number, wanted: number | undefined) => {
        if (wanted !== undefined && found !== wanted) {
            faults.push(`${found} ${what}, but it should be ${wanted}`);
        }
    };
    compare("quarantined", quarantined, expected.quarantined);
    for (const [reason, count] of Object.entries(expected.skipped ?? {})) {
        compare(`skipped for "${reason}"`, counts.skipped[reason] ?? 0, count);
    }
    compare("documents that match", matched, expected.matched);
    for (const type of MATCH_TYPES) {
        compare(`documents that match by ${type}`, matchedBy[type], expected.matchedBy?.[type]);
    }
    return faults;
}

const WIDTHS = [12, 12, 12, 13, 10, 10, 9, 9, 9, 11];

/** The report as a person reads it. */
export function renderReport(report: DemoReport): string {
    const lines = [
        "",
        row(
            ...["source", "records in", "documents", "quarantined", "skipped"],
            ...["matched", "by IP", "domain", "URL", "with place"],
        ),
    ];
    for (const [kind, counts] of Object.entries(report.sources)) {
        const { documents, quarantined, skipped, matched, matchedBy, located } = counts;
        lines.push(
            row(
                kind,
                ...[counts.in, documents, quarantined, sumOf(skipped), matched].map(number),
                ...MATCH_TYPES.map((type) => number(matchedBy[type])),
                number(located),
            ),
        );
    }
    lines.push("", "indicators in the snapshot");
    for (const [type, count] of Object.entries(report.indicators.snapshot)) {
        lines.push(`  ${type.padEnd(28)}${number(count).padStart(12)}`);
    }
    lines.push("", "records that matched an indicator, by feed");
    for (const [feed, count] of Object.entries(report.indicators.matches)) {
        lines.push(`  ${feed.padEnd(28)}${number(count).padStart(12)}`);
    }
    lines.push("", "poisoned lists");
    for (const { what, outcome, unharmed } of report.indicators.poisonings) {
        const after = unharmed ? "the last good list stays in force" : "HARM DONE";
        lines.push(`  ${what.padEnd(34)}${outcome}: ${after}`);
    }
    lines.push("", "places that block now, entries each");
    for (const [spoke, { places }] of Object.entries(report.enforcement)) {
        const held = places.map(({ place, added, unchanged }) => `${place} ${number(added + unchanged)}`);
        lines.push(`  ${spoke.padEnd(28)}${held.join(", ")}`);
    }
    lines.push("", `findings in Security Hub: ${number(report.findings)}`);
    lines.push("", "seconds by stage");
    for (const [stage, seconds] of Object.entries(report.seconds)) {
        lines.push(`  ${stage.padEnd(28)}${seconds.toFixed(1).padStart(12)}`);
    }
    if (report.skippedFiles.length > 0) {
        lines.push("", "files not read", ...report.skippedFiles.map((line) => `  ${line}`));
    }
    return lines.join("\n");
}

function row(...cells: string[]): string {
    return cells
        .map((cell, index) => (index === 0 ? cell.padEnd(WIDTHS[0]) : cell.padStart(WIDTHS[index])))
        .join("");
}

function number(value: number): string {
    return value.toLocaleString("en-US");
}

function sumOf(counts: Readonly<Record<string, number>>): number {
    return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
