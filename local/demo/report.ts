import { SourceKind } from "../../config/sources";
import { MATCH_TYPES, MatchType } from "../traffic/sightings";
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

/** What the demo found; written to `.local/demo-report.json`. */
export interface DemoReport {
    readonly sources: Readonly<Partial<Record<SourceKind, SourceCounts>>>;
    readonly indicators: {
        readonly collected: Readonly<Record<string, unknown>>;
        readonly snapshot: Readonly<Record<string, number>>;
        readonly matches: Readonly<Record<string, number>>;
    };
    /** Addresses in the WAF sets, by spoke. */
    readonly enforcement: Readonly<Record<string, { readonly ipv4: number; readonly ipv6: number }>>;
    /** Wall time by stage. */
    readonly seconds: Readonly<Record<string, number>>;
    /** Files that were not read, each with the reason. */
    readonly skippedFiles: readonly string[];
}

/** What does not add up, one line each. */
export function imbalances(report: DemoReport): string[] {
    return Object.entries(report.sources).flatMap(([kind, counts]) =>
        faultsOf(counts).map((fault) => `${kind}: ${fault}`),
    );
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
    lines.push("", "addresses that WAF blocks now");
    for (const [spoke, { ipv4, ipv6 }] of Object.entries(report.enforcement)) {
        lines.push(`  ${spoke.padEnd(28)}${number(ipv4).padStart(12)} IPv4, ${number(ipv6)} IPv6`);
    }
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
