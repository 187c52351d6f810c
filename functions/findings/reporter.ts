import {
    AwsSecurityFinding,
    BatchImportFindingsCommand,
    SecurityHubClient,
} from "@aws-sdk/client-securityhub";
import { logLine, messageOf, warnLine } from "../handlers/settings";
import { findingId, findingOf, Importer } from "./finding";
import { ReadDocument, sightingOf } from "./sighting";

export interface FindingReporterOptions extends Importer {
    readonly client: Pick<SecurityHubClient, "send">;
    readonly now?: () => Date;
}

/** Most findings that a call of BatchImportFindings takes. */
const MOST_A_CALL = 100;
/** A finding is renewed at most so often, in milliseconds, however many records show the indicator. */
const RENEW_AFTER = 3_600_000;
const REMEMBERED = 20_000;

/**
 * Reports to Security Hub what was let through and matches an indicator: one finding for each indicator, resource and
 * day. Lives as long as its execution environment, and remembers what it has imported.
 */
export class FindingReporter {
    private readonly pending = new Map<string, AwsSecurityFinding>();
    /** When each finding was imported, oldest first, in epoch milliseconds. */
    private readonly imported = new Map<string, number>();

    constructor(private readonly options: FindingReporterOptions) {}

    /** @param line a finished document, JSON, whose bytes are only read during the call */
    matched(line: Buffer): void {
        const document = JSON.parse(line.toString("utf8")) as ReadDocument;
        const sighting = sightingOf(document, this.options.accountId, this.options.region);
        for (const indicator of sighting?.indicators ?? []) {
            const id = findingId(this.options, sighting!, indicator);
            const now = this.now();
            const isFresh = now.getTime() - (this.imported.get(id) ?? -Infinity) < RENEW_AFTER;
            if (!isFresh && !this.pending.has(id)) {
                this.pending.set(id, findingOf(this.options, sighting!, indicator, now));
            }
        }
    }

    /** Imports what has come together. Never throws: the records themselves are safe in the lake. */
    async flush(): Promise<void> {
        const findings = [...this.pending.values()];
        this.pending.clear();
        for (let start = 0; start < findings.length; start += MOST_A_CALL) {
            await this.importFindings(findings.slice(start, start + MOST_A_CALL));
        }
    }

    private async importFindings(findings: readonly AwsSecurityFinding[]): Promise<void> {
        let failed = new Map<string, string>();
        try {
            const answer = await this.options.client.send(
                new BatchImportFindingsCommand({ Findings: [...findings] }),
            );
            failed = new Map(
                answer.FailedFindings?.map(({ Id, ErrorCode, ErrorMessage }) => [
                    Id ?? "",
                    `${ErrorCode}: ${ErrorMessage}`,
                ]),
            );
        } catch (error) {
            failed = new Map(findings.map(({ Id }) => [Id ?? "", messageOf(error)]));
        }
        for (const { Id = "" } of findings) {
            if (!failed.has(Id)) {
                this.remember(Id);
            }
        }
        logLine({ event: "findings-imported", imported: findings.length - failed.size, failed: failed.size });
        const [reason] = failed.values();
        if (reason !== undefined) {
            warnLine({ event: "findings-not-imported", count: failed.size, reason });
        }
    }

    private remember(id: string): void {
        this.imported.delete(id);
        this.imported.set(id, this.now().getTime());
        if (this.imported.size > REMEMBERED) {
            this.imported.delete(this.imported.keys().next().value!);
        }
    }

    private now(): Date {
        return this.options.now?.() ?? new Date();
    }
}
