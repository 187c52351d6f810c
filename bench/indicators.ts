import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nodeBinary } from "../local/paths";
import { dataDir } from "./generate";
import { CompileResult } from "./indicators-compile";
import { LookupResult } from "./indicators-lookups";
import { plainText } from "./indicators-plain";

/** Runs a script as a process of its own, so that its time and memory are its own. */
function child<T>(script: string, args: readonly string[], flags: readonly string[] = []): T {
    const loader = [...flags, "-r", "ts-node/register/transpile-only", join(__dirname, script)];
    const stdio: ["ignore", "pipe", "inherit"] = ["ignore", "pipe", "inherit"];
    return JSON.parse(execFileSync(nodeBinary(), [...loader, ...args], { stdio, encoding: "utf8" })) as T;
}

interface Row {
    readonly name: string;
    readonly ours: string;
    readonly plain: string;
    readonly ratio: string;
    readonly goal: string;
}

const million = (perSecond: number) => `${(perSecond / 1e6).toFixed(1)} M/s`;
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

const RATES: readonly (readonly [keyof LookupResult["perSecond"], string, string])[] = [
    ["ipv4Misses", "IPv4 by number, misses", "≥ 10 M/s"],
    ["ipv4Logs", "IPv4 by number, 1 in 50 hits", "≥ 10 M/s"],
    ["ipv4Hits", "IPv4 by number, all hits", ""],
    ["ipv4TextLogs", "IPv4 as text, 1 in 50 hits", ""],
    ["domainMisses", "domains, misses", "≥ 1 M/s"],
    ["domainHits", "domains, hits", "≥ 1 M/s"],
];

function rows(compiled: CompileResult, ours: LookupResult, plain: LookupResult): readonly Row[] {
    return [
        {
            name: "compile (to generating them)",
            ours: `${compiled.seconds.toFixed(1)} s`,
            plain: `${compiled.generating.toFixed(1)} s`,
            ratio: (compiled.seconds / compiled.generating).toFixed(2),
            goal: "< 30 s",
        },
        {
            name: "  memory, whole process",
            ours: megabytes(compiled.peakBytes),
            plain: "",
            ratio: "",
            goal: "< 512 MB",
        },
        {
            name: "load",
            ours: `${ours.loadMs.toFixed(0)} ms`,
            plain: `${plain.loadMs.toFixed(0)} ms`,
            ratio: (plain.loadMs / ours.loadMs).toFixed(1),
            goal: "< 150 ms",
        },
        {
            name: "  memory",
            ours: megabytes(ours.bytes),
            plain: megabytes(plain.bytes),
            ratio: (plain.bytes / ours.bytes).toFixed(1),
            goal: "< 40 MB",
        },
        ...RATES.map(([kind, name, goal]) => ({
            name,
            ours: million(ours.perSecond[kind]),
            plain: million(plain.perSecond[kind]),
            ratio: (ours.perSecond[kind] / plain.perSecond[kind]).toFixed(2),
            goal,
        })),
    ];
}

/**
 * Compiles 1,000,000 addresses, 100,000 networks and 1,000,000 domains into a snapshot, loads it and looks up. The
 * baseline is what sets of JavaScript do, for compiling what making the indicators up takes alone.
 */
export function benchIndicators(
    say: (line: string) => void,
    print: (cells: readonly string[]) => void,
): void {
    const dir = dataDir();
    mkdirSync(dir, { recursive: true });
    const file = join(dir, "lookups.snapshot");
    const texts = join(dir, "lookups.txt");
    say("Compiling 2,100,000 indicators …");
    const compiled = child<CompileResult>("indicators-compile.ts", [file]);
    say("Measuring look-ups …");
    const ours = child<LookupResult>("indicators-lookups.ts", ["snapshot", file], ["--expose-gc"]);
    say("Measuring the baseline …");
    writeFileSync(texts, plainText(readFileSync(file)), "latin1");
    const plain = child<LookupResult>("indicators-lookups.ts", ["plain", texts], ["--expose-gc"]);
    const size = `${compiled.indicators.toLocaleString("en-US")} in ${megabytes(compiled.fileBytes)}`;
    print([size, "snapshot", "plain sets", "ratio", "goal"]);
    for (const row of rows(compiled, ours, plain)) {
        print([row.name, row.ours, row.plain, row.ratio, row.goal]);
    }
}
