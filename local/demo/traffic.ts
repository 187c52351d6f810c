import * as fs from "node:fs";
import { SOURCE_KINDS, SourceKind } from "../../config/sources";
import { Deliverer } from "../traffic/deliver";
import { lotOf, Parcel } from "../traffic/lots";
import { Random } from "../traffic/random";
import { BadValues } from "../traffic/sightings";
import { Expected, NOTHING, sumOf } from "../traffic/traffic";
import { AwsFile, AwsFiles, RecordCounter } from "./awsFiles";
import { DemoContext, settingsIn, Spoke } from "./context";
import { SourceFunction } from "./sourceFunction";

/** What was sent of a kind. */
export interface SentKind {
    readonly records: number;
    /** What must become of records that were made here. */
    readonly expected?: Partial<Expected>;
}

/** What was sent, by kind. */
export type Sent = Partial<Record<SourceKind, SentKind>>;

/** Records of each kind and spoke. Findings come one by one, as from their services: fewer. */
const RECORDS: Readonly<Record<SourceKind, number>> = {
    cloudtrail: 2_000,
    vpcflow: 20_000,
    alb: 3_000,
    nlb: 2_000,
    waf: 10_000,
    apigateway: 2_000,
    suricata: 3_000,
    securityhub: 60,
    guardduty: 30,
    route53: 3_000,
    s3access: 2_000,
    cloudfront: 3_000,
};
/** Damaged records of each kind and spoke. */
const BROKEN = 8;
/** Kinds on their way at a time. */
const AT_A_TIME = 4;

/** Sends generated traffic into every spoke the way AWS delivers it. */
export async function sendGenerated(context: DemoContext, bad: BadValues, now: Date): Promise<Sent> {
    const sent: Partial<Record<SourceKind, Expected>> = {};
    const consignments = context.spokes.flatMap((spoke, index) =>
        SOURCE_KINDS.filter((kind) => spoke.outputs.sources[kind] !== undefined).map((kind) => {
            const { parcels, expected } = lotOf(kind, {
                random: new Random(1 + index),
                accountId: spoke.account.id,
                region: spoke.account.region,
                count: RECORDS[kind],
                until: now.getTime(),
                bad,
                broken: BROKEN,
            });
            sent[kind] = sumOf([sent[kind] ?? NOTHING, expected]);
            return { spoke, kind, parcels };
        }),
    );
    await consignAll(context, consignments);
    return Object.fromEntries(
        Object.entries(sent).map(([kind, expected]) => [kind, { records: expected.records, expected }]),
    );
}

/** Sends files that AWS wrote; a file of an account that is no spoke goes through the first one, as one of its own. */
export async function sendFiles(
    context: DemoContext,
    found: AwsFiles,
    now: Date,
): Promise<{ sent: Sent; skipped: string[] }> {
    const sent: Partial<Record<SourceKind, { records: number }>> = {};
    const skipped = [...found.unknown];
    const counter = new RecordCounter();
    const filesOf = new Map<string, { spoke: Spoke; kind: SourceKind; files: AwsFile[] }>();
    for (const file of found.files) {
        const { kind } = file;
        try {
            const records = counter.count(kind, fs.readFileSync(file.path));
            sent[kind] = { records: (sent[kind]?.records ?? 0) + records };
        } catch (error) {
            skipped.push(`${file.path}: ${(error as Error).message}`);
            continue;
        }
        const spoke = spokeOf(context, file);
        const group = filesOf.get(`${spoke.account.id} ${kind}`) ?? { spoke, kind, files: [] };
        group.files.push(file);
        filesOf.set(`${spoke.account.id} ${kind}`, group);
    }
    const consignments = [...filesOf.values()].map(({ spoke, kind, files }) => ({
        spoke,
        kind,
        parcels: parcelsOf(spoke, files, now),
    }));
    await consignAll(context, consignments);
    return { sent, skipped };
}

/** Read when their turn comes. */
function* parcelsOf({ account }: Spoke, files: readonly AwsFile[], now: Date): Generator<Parcel> {
    for (const [index, file] of files.entries()) {
        const folder = file.hasFolder ? `AWSLogs/${account.id}/` : "";
        // Another object in another run, and for a file of the same name from another folder.
        const key = folder + file.key.replace(/([^/]+)$/, `${now.getTime()}-${index}-$1`);
        yield { to: "bucket", key, body: fs.readFileSync(file.path) };
    }
}

/** What goes to a function. */
interface Consignment {
    readonly spoke: Spoke;
    readonly kind: SourceKind;
    readonly parcels: Iterable<Parcel>;
}

async function consignAll(context: DemoContext, consignments: Consignment[]): Promise<void> {
    const worker = async () => {
        for (let next = consignments.shift(); next; next = consignments.shift()) {
            await consign(context, next);
        }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}

/** One after another: the local cloud starts a process for each call that comes while others run. */
async function consign(context: DemoContext, { spoke, kind, parcels }: Consignment): Promise<void> {
    const { account, outputs } = spoke;
    const deliverer = new Deliverer(settingsIn(context, account), account);
    const reader = await SourceFunction.of(context, spoke, kind);
    for (const parcel of parcels) {
        const calls = await reader!.calls();
        await deliverer.deliver(parcel, outputs.sources[kind]!);
        await reader!.called(calls + 1);
    }
}

/** Records of all kinds. */
export function totalOf(sent: Sent): number {
    return Object.values(sent).reduce((sum, { records }) => sum + records, 0);
}

function spokeOf(context: DemoContext, { kind, accountId, region }: AwsFile): Spoke {
    const spokes = context.spokes.filter(({ outputs }) => outputs.sources[kind]?.bucketName !== undefined);
    return (
        spokes.find(({ account }) => account.id === accountId) ??
        spokes.find(({ account }) => account.region === region) ??
        spokes[0]
    );
}
