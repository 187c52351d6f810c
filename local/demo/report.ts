import { LogKind } from "./awsFiles";

/** Counts of one source: they add up, or the demo fails. */
export interface SourceCounts {
    readonly in: number;
    readonly documents: number;
    readonly quarantined: number;
    readonly skipped: number;
}

/** What the demo found; written to `.local/demo-report.json`. */
export interface DemoReport {
    readonly sources: Readonly<Partial<Record<LogKind, SourceCounts>>>;
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

/** Sources whose counts do not add up, one line each. */
export function imbalances(report: DemoReport): string[] {
    return Object.entries(report.sources)
        .filter(([, counts]) => counts.in !== counts.documents + counts.quarantined + counts.skipped)
        .map(
            ([kind, counts]) =>
                `${kind}: ${counts.in} records in, but ${counts.documents} documents + ${counts.quarantined} quarantined + ${counts.skipped} skipped`,
        );
}

/** The report as a person reads it. */
export function renderReport(report: DemoReport): string {
    const lines = ["", row("source", "records in", "documents", "quarantined", "skipped")];
    for (const [kind, counts] of Object.entries(report.sources)) {
        lines.push(
            row(
                kind,
                number(counts.in),
                number(counts.documents),
                number(counts.quarantined),
                number(counts.skipped),
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

function row(first: string, ...cells: string[]): string {
    return first.padEnd(12) + cells.map((cell) => cell.padStart(14)).join("");
}

function number(value: number): string {
    return value.toLocaleString("en-US");
}
