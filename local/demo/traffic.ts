import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { S3Client } from "@aws-sdk/client-s3";
import { LocalAccount } from "../accounts";
import { deliverEvents, deliverObject, wafKey } from "../traffic/deliver";
import { Random } from "../traffic/random";
import { flowLines } from "../traffic/vpcflow";
import { wafLines } from "../traffic/waf";
import { AwsFile, AwsFiles, flowHeader, LogKind, readLines } from "./awsFiles";
import { DemoContext, settingsIn, SpokeOutputs } from "./context";

/** Records sent, by kind. */
export type Sent = Record<LogKind, number>;

interface Spoke {
    readonly account: LocalAccount;
    readonly outputs: SpokeOutputs;
}

const WAF_OBJECTS = 4;
const WAF_RECORDS_PER_OBJECT = 2_500;
const FLOW_RECORDS = 20_000;
const BROKEN_PER_PART = 3;

/** Sends generated traffic into every spoke the way AWS delivers it. */
export async function sendGenerated(context: DemoContext, bad: readonly string[], now: Date): Promise<Sent> {
    const sent: Sent = { waf: 0, vpcflow: 0 };
    const until = now.getTime();
    for (const [index, spoke] of context.spokes.entries()) {
        const { account, outputs } = spoke;
        const random = new Random(1 + index);
        const s3 = new S3Client(settingsIn(context, account));
        for (let part = 0; part < WAF_OBJECTS; part++) {
            const lines = wafLines({
                random,
                accountId: account.id,
                region: account.region,
                count: WAF_RECORDS_PER_OBJECT,
                until,
                bad,
                broken: BROKEN_PER_PART,
            });
            await deliverObject(
                s3,
                outputs.wafLogBucket,
                wafKey(account.id, account.region, now, part),
                lines,
            );
            sent.waf += lines.length;
        }
        const lines = flowLines({
            random,
            accountId: account.id,
            count: FLOW_RECORDS,
            until,
            bad,
            broken: BROKEN_PER_PART,
        });
        await sendFlow(context, spoke, `eni-demo-${until}`, lines, until);
        sent.vpcflow += lines.length;
    }
    return sent;
}

/** The first flow log file's fields: spokes are deployed with them. */
export function flowFormatOf(files: AwsFiles): string | undefined {
    const first = files.files.find(({ kind }) => kind === "vpcflow");
    return first && flowHeader(readLines(first));
}

/** Sends files that AWS wrote; a file of an account that is no spoke goes through the first one. */
export async function sendFiles(
    context: DemoContext,
    found: AwsFiles,
    now: Date,
): Promise<{ sent: Sent; skipped: string[] }> {
    const sent: Sent = { waf: 0, vpcflow: 0 };
    const skipped = [...found.unknown];
    const format = flowFormatOf(found);
    for (const file of found.files) {
        const lines = linesOf(file, format, skipped);
        const spoke = spokeOf(context, file);
        if (lines.length === 0) {
            continue;
        }
        if (file.kind === "waf") {
            const s3 = new S3Client(settingsIn(context, spoke.account));
            const key = file.key.replace(/([^/]+)$/, `${now.getTime()}-$1`);
            await deliverObject(s3, spoke.outputs.wafLogBucket, key, lines);
        } else {
            const stream = `${file.key.split("/").pop()}-${now.getTime()}`.replace(/[:*]/g, "_");
            await sendFlow(context, spoke, stream, lines, now.getTime());
        }
        sent[file.kind] += lines.length;
    }
    return { sent, skipped };
}

function linesOf(file: AwsFile, format: string | undefined, skipped: string[]): string[] {
    let lines: string[];
    try {
        lines = readLines(file);
    } catch (error) {
        skipped.push(`${file.path}: ${(error as Error).message}`);
        return [];
    }
    if (file.kind === "waf") {
        return lines;
    }
    const header = flowHeader(lines);
    if (header !== undefined && header !== format) {
        skipped.push(`${file.path}: its fields differ from the first flow log file's`);
        return [];
    }
    return header === undefined ? lines : lines.slice(1);
}

function spokeOf(context: DemoContext, file: AwsFile): Spoke {
    const { spokes } = context;
    return (
        spokes.find(({ account }) => account.id === file.accountId) ??
        spokes.find(({ account }) => account.region === file.region) ??
        spokes[0]
    );
}

async function sendFlow(
    context: DemoContext,
    { account, outputs }: Spoke,
    stream: string,
    lines: readonly string[],
    time: number,
): Promise<void> {
    const logs = new CloudWatchLogsClient(settingsIn(context, account));
    await deliverEvents(logs, outputs.flowLogGroup, stream, lines, time);
}
