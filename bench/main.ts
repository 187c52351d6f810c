import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { differences } from "./check";
import { GEO_DATABASES } from "./databases";
import { generateLog, generateLookups, GeneratedLookups, Log, LOGS } from "./generate";
import { benchIndicators } from "./indicators";
import { Round } from "./rounds";
import { ourSide, plainSide, vrlSide } from "./sides";
import { buildVrl } from "./vrl-build";
import { Worker } from "./worker";

const HELP = `Measures how many records the pipeline does in a second of CPU time: gzip in, enriched ECS documents out, with
places of addresses and 1,000,000 indicators looked up.

  npm run bench [-- options]

  --vrl           compare with the same work in VRL (Rust), built by cargo at the first time; left out, with a plain
                  decoder in JavaScript that enriches nothing
  --check         instead of measuring, compare the documents of VRL with ours
  --indicators    instead, measure the snapshot of indicators: compiling, loading and looking up
  --source LOG    only this one, may be given several times: ${LOGS.join(", ")}
  --rounds N      rounds of each side, of which the median counts (default: 5)
  --help          this text

Exit code 2: bad usage.
`;

/** Least ratio to VRL that is wished for. */
const GOALS: Readonly<Record<Log, number>> = {
    alb: 2,
    vpcflow: 2.5,
    waf: 1.5,
    cloudtrail: 2.5,
    "alb-distinct": 1,
    "vpcflow-distinct": 1,
};

/** The caller asked for something that cannot be done; the message is one line. */
class UsageError extends Error {}

interface Options {
    readonly vrl: boolean;
    readonly check: boolean;
    readonly indicators: boolean;
    readonly logs: readonly Log[];
    readonly rounds: number;
}

function optionsOf(args: readonly string[]): Options | undefined {
    const { values } = parseArgs({
        args: [...args],
        options: {
            vrl: { type: "boolean", default: false },
            check: { type: "boolean", default: false },
            indicators: { type: "boolean", default: false },
            source: { type: "string", multiple: true, default: [] },
            rounds: { type: "string", default: "5" },
            help: { type: "boolean", short: "h", default: false },
        },
    });
    const unknown = values.source.find((name) => !LOGS.some((log) => log === name));
    if (unknown !== undefined) {
        throw new UsageError(`unknown source "${unknown}"; known are ${LOGS.join(", ")}`);
    }
    if (!/^[1-9]\d{0,2}$/.test(values.rounds)) {
        throw new UsageError(`--rounds wants a number from 1 to 999, not "${values.rounds}"`);
    }
    const logs = LOGS.filter((log) => values.source.length === 0 || values.source.includes(log));
    const { vrl, check, indicators, help } = values;
    return help ? undefined : { vrl, check, indicators, logs, rounds: Number(values.rounds) };
}

const isLive = process.stderr.isTTY;

/** Tells progress on standard error; on a terminal each line replaces the one before. */
function say(line: string): void {
    process.stderr.write(isLive ? `\r\x1b[K${line}` : `${line}\n`);
}

/** Takes the last line of progress away. */
function clear(): void {
    process.stderr.write(isLive ? "\r\x1b[K" : "");
}

function median(rounds: readonly Round[]): Round {
    return [...rounds].sort((a, b) => a.cpuSeconds - b.cpuSeconds)[rounds.length >> 1];
}

/** Rounds of both sides in turn, so that what else the machine does hits both; the first of each warms it up. */
async function measure(log: Log, sides: readonly Worker[], rounds: number): Promise<readonly Round[]> {
    const done: Round[][] = sides.map(() => []);
    for (let round = 0; round <= rounds; round++) {
        if (isLive || round === 0) {
            say(`Measuring ${log} …${round === 0 ? "" : ` round ${round} of ${rounds}`}`);
        }
        for (const [index, side] of sides.entries()) {
            const result = await side.round();
            if (round > 0) {
                done[index].push(result);
            }
        }
    }
    await Promise.all(sides.map((side) => side.close()));
    const [ours, theirs] = done.map(median);
    if (ours.records !== theirs.records) {
        throw new Error(`${log}: ${ours.records} records of ours, ${theirs.records} of the baseline's`);
    }
    return [ours, theirs];
}

/** Width of each column. */
const COLUMNS = [18, 12, 12, 8, 8, 14];
const INDICATOR_COLUMNS = [31, 12, 12, 8, 12];

function print(cells: readonly string[], columns = COLUMNS): void {
    clear();
    const line = cells.map((cell, i) => (i === 0 ? cell.padEnd(columns[i]) : cell.padStart(columns[i])));
    process.stdout.write(`${line.join("").trimEnd()}\n`);
}

function rate({ records, cpuSeconds }: Round): number {
    return records / cpuSeconds;
}

async function run({ vrl, check, logs, rounds }: Options): Promise<void> {
    const missing = GEO_DATABASES.find((database) => !existsSync(database));
    if (missing !== undefined) {
        throw new Error(`${missing} is missing: run npm ci`);
    }
    const program = vrl || check ? await buildVrl(say, isLive) : undefined;
    const lookups = generateLookups(say);
    if (check && program !== undefined) {
        checkAll(logs, program, lookups);
        return;
    }
    clear();
    process.stdout.write(
        `Records in a second of CPU time, ${cpus()[0]?.model.trim()}, median of ${rounds}:\n`,
    );
    print(["source", "ours", program ? "VRL" : "plain", "ratio", program ? "goal" : "", "documents"]);
    for (const log of logs) {
        const { files } = generateLog(log, say);
        const theirs = program ? vrlSide(program, log, files, lookups) : plainSide(log, files);
        const sides = [ourSide(log, files, lookups), theirs].map((side) => new Worker(side));
        const medians = await measure(log, sides, rounds);
        const [ourRate, theirRate] = medians.map(rate);
        print([
            log,
            ...[ourRate, theirRate].map((it) => Math.round(it).toLocaleString("en-US")),
            (ourRate / theirRate).toFixed(2),
            program ? `≥ ${GOALS[log].toFixed(1)}` : "",
            `${Math.round(medians[0].bytes / 1e6)} MB`,
        ]);
    }
}

/** Compares the documents of the first file of each log. */
function checkAll(logs: readonly Log[], program: string, lookups: GeneratedLookups): void {
    for (const log of logs) {
        const files = generateLog(log, say).files.slice(0, 1);
        say(`Comparing the documents of ${log} …`);
        const found = differences(ourSide(log, files, lookups), vrlSide(program, log, files, lookups));
        clear();
        process.stdout.write(`${log}: ${found.length === 0 ? "the same documents" : "documents differ"}\n`);
        for (const { field, documents, ours, theirs } of found) {
            const values = `ours ${JSON.stringify(ours)}, VRL's ${JSON.stringify(theirs)}`;
            process.stdout.write(`  ${field} in ${documents} documents: ${values}\n`);
        }
    }
}

async function main(args: readonly string[]): Promise<number> {
    try {
        const options = optionsOf(args);
        if (options === undefined) {
            process.stdout.write(HELP);
            return 0;
        }
        if (options.indicators) {
            benchIndicators(say, (cells) => print(cells, INDICATOR_COLUMNS));
        } else {
            await run(options);
        }
        return 0;
    } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        const isUsage = error instanceof UsageError || code?.startsWith("ERR_PARSE_ARGS") === true;
        clear();
        process.stderr.write(`bench: ${message}\n`);
        return isUsage ? 2 : 1;
    }
}

void main(process.argv.slice(2)).then((code) => process.exit(code));
