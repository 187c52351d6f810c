import type { S3Client } from "@aws-sdk/client-s3";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { EnforcementReport, ReportTarget, writeReport } from "../enforcement/enforcement-report";
import { Place, PlaceReport } from "../enforcement/place";
import { CurrentSnapshot, readCurrent } from "../indicators/current";
import { SnapshotLoader } from "../indicators/load";
import { Snapshot } from "../indicators/snapshot";
import { metricLine } from "./metrics";
import { logLine, messageOf, warnLine } from "./settings";

export interface PublishedOptions {
    /** Reads the snapshot bucket, where it lies. */
    readonly snapshots: Pick<S3Client, "send">;
    readonly snapshotBucket: string;
    /** Asked at each run: what is deployed may have changed. */
    readonly places: () => Promise<readonly Place[]>;
    readonly report: ReportTarget;
    readonly now?: () => Date;
}

/**
 * Makes places hold what the published snapshot names. A message is only the signal to look: whatever it says, the
 * snapshot in force is enforced, once for a batch. Any event that is no batch (a schedule, by hand) says the same.
 * A place that fails does not stop the others; the messages come again then, and find the others right already.
 */
export function publishedHandler(options: PublishedOptions) {
    const loader = new SnapshotLoader(options.snapshots, options.snapshotBucket);

    return async (event: Partial<SQSEvent>): Promise<SQSBatchResponse> => {
        if (!Array.isArray(event?.Records)) {
            await enforce(options, loader);
            return { batchItemFailures: [] };
        }
        const good = event.Records.filter(({ body }) => isPublication(body));
        const failed = event.Records.filter((record) => !good.includes(record));
        for (const { messageId } of failed) {
            const reason = "no publication of a snapshot: see the topic";
            warnLine({ event: "message-failed", messageId, reason });
        }
        if (good.length > 0) {
            try {
                await enforce(options, loader);
            } catch (error) {
                warnLine({ event: "enforcement-failed", reason: messageOf(error) });
                failed.push(...good);
            }
        }
        return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    };
}

/** @throws Error when a place failed, after all were tried and the report was written */
async function enforce(options: PublishedOptions, loader: SnapshotLoader): Promise<void> {
    const started = Date.now();
    const { snapshot, current } = await inForce(options, loader);
    const places: PlaceReport[] = [];
    const failed: { place: string; error: string }[] = [];
    for (const place of await options.places()) {
        try {
            const report = await place.enforce(snapshot);
            places.push(report);
            const { added, removed, leftOut } = report;
            const counts = { EntriesAdded: added, EntriesRemoved: removed, IndicatorsLeftOut: leftOut };
            logLine(metricLine(counts, { Place: place.name }));
        } catch (error) {
            failed.push({ place: place.name, error: messageOf(error) });
        }
    }
    const { version, sha256 } = current;
    const at = (options.now?.() ?? new Date()).toISOString();
    const report: EnforcementReport = { version, sha256, at, places, failed };
    await writeReport(options.report, report);
    logLine({ event: "enforced", ...report, seconds: (Date.now() - started) / 1000 });
    if (failed.length > 0) {
        throw new Error(failed.map(({ place, error }) => `${place}: ${error}`).join("; "));
    }
}

/** The snapshot in force, and what it is: looks again when another was put into force meanwhile. */
async function inForce(
    { snapshots, snapshotBucket }: PublishedOptions,
    loader: SnapshotLoader,
): Promise<{ snapshot: Snapshot; current: CurrentSnapshot }> {
    for (;;) {
        const snapshot = await loader.latest();
        const answer = await readCurrent(snapshots, snapshotBucket);
        if (answer.state === "read" && answer.current.sha256 === snapshot.digest) {
            return { snapshot, current: answer.current };
        }
    }
}

/** True for an SNS envelope of a publication, or for the message itself where the subscription delivers raw. */
function isPublication(body: string): boolean {
    try {
        const outer = JSON.parse(body) as { Message?: string; version?: unknown } | null;
        const inner =
            outer?.Message === undefined
                ? outer
                : (JSON.parse(outer.Message) as { version?: unknown } | null);
        return inner?.version !== undefined;
    } catch {
        return false;
    }
}
