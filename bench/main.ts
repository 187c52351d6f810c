import { indicatorEnricher } from "../functions/enrichment/indicators";
import { Indicator } from "../functions/indicators/indicator";
import { encodeSnapshot, Snapshot } from "../functions/indicators/snapshot";
import { processBatch, Sink } from "../functions/pipeline";
import { sourceOf, SourceKind } from "../functions/sources/registry";
import { Random } from "../local/traffic/random";
import { flowLines } from "../local/traffic/vpcflow";
import { wafLines } from "../local/traffic/waf";

const CONTEXT = { accountId: "222222222222", region: "us-east-1", origin: "bench", version: "1" };
const UNTIL = Date.UTC(2026, 0, 1);
const INDICATORS = 100_000;
const ROUNDS = 3;

/** A sink that keeps nothing: the pipeline is measured, not a disk. */
const nowhere: Sink = {
    document: () => undefined,
    quarantine: () => undefined,
    close: async () => undefined,
};

function lines(kind: SourceKind): string[] {
    const shared = { random: new Random(7), accountId: CONTEXT.accountId, until: UNTIL, bad: [], broken: 0 };
    return kind === "waf"
        ? wafLines({ ...shared, region: CONTEXT.region, count: 40_000 })
        : flowLines({ ...shared, count: 200_000 });
}

function snapshot(): Snapshot {
    const random = new Random(11);
    const indicators: Indicator[] = Array.from({ length: INDICATORS }, () => ({
        type: "ipv4",
        value: random.ipv4(),
        feeds: ["bench"],
        firstSeen: "2026-01-01T00:00:00.000Z",
        lastSeen: "2026-01-01T00:00:00.000Z",
        expiresAt: 2_000_000_000,
        confidence: 80,
    }));
    return Snapshot.decode(encodeSnapshot(indicators));
}

/** The plain way, in the same run: split or parse each line, an object, and JSON. @returns bytes, so that it is used */
function baseline(kind: SourceKind, text: string): number {
    let bytes = 0;
    for (const line of text.split("\n")) {
        const fields =
            kind === "waf"
                ? (JSON.parse(line) as unknown)
                : /^(\S+) (\S+) (\S+) (\S+) (\S+) (.*)$/.exec(line);
        bytes += JSON.stringify(fields).length;
    }
    return bytes;
}

/** CPU seconds of the best of some rounds. */
async function cpuSeconds(run: () => Promise<unknown> | unknown): Promise<number> {
    let best = Infinity;
    for (let round = 0; round < ROUNDS; round++) {
        const begin = process.cpuUsage();
        await run();
        const { user, system } = process.cpuUsage(begin);
        best = Math.min(best, (user + system) / 1e6);
    }
    return best;
}

async function main(): Promise<void> {
    const enricher = indicatorEnricher(snapshot());
    console.log("source      records/CPU s   plain parse + stringify   ratio");
    for (const kind of ["vpcflow", "waf"] as const) {
        const all = lines(kind);
        const text = all.join("\n");
        const bytes = Buffer.from(`${text}\n`);
        const chunks = async function* () {
            for (let at = 0; at < bytes.length; at += 1 << 20) {
                yield bytes.subarray(at, at + (1 << 20));
            }
        };
        const ours = await cpuSeconds(() =>
            processBatch(sourceOf(kind), chunks(), CONTEXT, [enricher], nowhere),
        );
        const plain = await cpuSeconds(() => baseline(kind, text));
        const rate = (seconds: number) => Math.round(all.length / seconds).toLocaleString("en-US");
        console.log(
            `${kind.padEnd(12)}${rate(ours).padStart(13)}${rate(plain).padStart(26)}${(plain / ours).toFixed(2).padStart(8)}`,
        );
    }
}

void main();
