import { S3Client } from "@aws-sdk/client-s3";
import { SourceKind } from "../../config/sources";
import { Accounts, Totals } from "./accounting";
import { DemoContext, settingsIn } from "./context";
import { Quarantine } from "./quarantine";
import { SourceCounts } from "./report";
import { SourceFunction } from "./sourceFunction";
import { Sent, totalOf } from "./traffic";
import { LateError, until } from "./until";

/** Records on their way, and how things stood before. */
export interface Sending {
    sent: Sent;
    before: Totals;
    /** Unix milliseconds. */
    startedAt: number;
}

/** What became of them. */
export interface Balance {
    sources: Partial<Record<SourceKind, SourceCounts>>;
    /** Documents that matched an indicator, by feed. */
    matches: Record<string, number>;
}

/** Longest time without any record done. */
const PATIENCE_MILLISECONDS = 120_000;
/** Milliseconds between two readings: each asks OpenSearch and every function's log. */
const LONGEST_PAUSE = 2500;
/** Readings without anything new until functions are asked for their last lines. */
const URGE_AFTER = 8;

function accountsOf(context: DemoContext): Accounts {
    const s3 = new S3Client(settingsIn(context));
    const quarantine = new Quarantine(s3, context.hub.lakeBucketName);
    return new Accounts(context.cloud.openSearchEndpoint, quarantine);
}

/** How things stand before records are sent. */
export function totals(context: DemoContext): Promise<Totals> {
    return accountsOf(context).totals();
}

/** Waits until documents, quarantine and skipped are what was sent. @returns the counts, complete or not */
export async function account(
    context: DemoContext,
    { sent, before, startedAt }: Sending,
    say: (text: string) => void,
): Promise<Balance> {
    const accounts = accountsOf(context);
    const kinds = Object.keys(sent) as SourceKind[];
    const total = totalOf(sent);
    const functions = await functionsOf(context, kinds);
    const balance: Balance = { sources: {}, matches: {} };
    const read = async () => {
        const gains = await accounts.since(before);
        balance.matches = { ...gains.feeds };
        for (const kind of kinds) {
            balance.sources[kind] = {
                in: sent[kind]!.records,
                ...gains.kinds[kind],
                quarantined: gains.quarantined[kind],
                skipped: await skippedBy(functions, kind, startedAt),
                expected: sent[kind]!.expected,
            };
        }
        // Too many of one kind do not stand for another's.
        const done = kinds.reduce(
            (count, kind) => count + Math.min(sent[kind]!.records, doneOf(balance.sources[kind]!)),
            0,
        );
        say(`${done} of ${total}`);
        return done;
    };
    const urge = async () => {
        const late = functions.filter(({ kind }) => doneOf(balance.sources[kind]!) < sent[kind]!.records);
        await Promise.all(late.map((lambda) => lambda.flush()));
    };
    try {
        await untilAllAreDone(read, total, urge);
    } catch (error) {
        if (!(error instanceof LateError)) {
            throw error;
        }
        say(error.message);
    }
    return balance;
}

/** @param urge called when nothing has come for some seconds @throws LateError when nothing comes for two minutes */
async function untilAllAreDone(
    read: () => Promise<number>,
    total: number,
    urge: () => Promise<void>,
): Promise<void> {
    for (let done = -1; done < total;) {
        let asked = 0;
        const before: number = done;
        const more = async () => {
            const now = await read();
            if (now <= before && ++asked % URGE_AFTER === 0) {
                await urge();
            }
            return now > before ? now : undefined;
        };
        done = await until("another record", PATIENCE_MILLISECONDS, more, LONGEST_PAUSE);
    }
}

function doneOf({ documents, quarantined, skipped }: SourceCounts): number {
    return documents + quarantined + sumOf(skipped);
}

async function functionsOf(context: DemoContext, kinds: readonly SourceKind[]): Promise<SourceFunction[]> {
    const all = context.spokes.flatMap((spoke) =>
        kinds.map((kind) => SourceFunction.of(context, spoke, kind)),
    );
    return (await Promise.all(all)).filter((found) => found !== undefined);
}

async function skippedBy(
    functions: readonly SourceFunction[],
    wanted: SourceKind,
    since: number,
): Promise<Record<string, number>> {
    const skipped: Record<string, number> = {};
    for (const lambda of functions.filter(({ kind }) => kind === wanted)) {
        for (const [reason, count] of Object.entries(await lambda.skipped(since))) {
            skipped[reason] = (skipped[reason] ?? 0) + count;
        }
    }
    return skipped;
}

function sumOf(counts: Readonly<Record<string, number>>): number {
    return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
