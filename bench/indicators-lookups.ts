import { readFileSync } from "node:fs";
import { formatIPv4 } from "../functions/indicators/address";
import { Snapshot } from "../functions/indicators/snapshot";
import { cpuSeconds } from "./indicators-time";
import { PlainLookups } from "./indicators-plain";
import { domainAt, ipv4At, SIZES } from "./indicators-set";

/** What is measured. */
export interface IndicatorLookups {
    ipv4(address: number): unknown;
    ip(text: string): unknown;
    domain(name: string): unknown;
}

/** Look-ups a second, by kind. */
export const KINDS = [
    "ipv4Misses",
    "ipv4Logs",
    "ipv4Hits",
    "ipv4TextLogs",
    "domainMisses",
    "domainHits",
] as const;

export interface LookupResult {
    readonly loadMs: number;
    /** Memory that is held afterwards and was not before. */
    readonly bytes: number;
    readonly perSecond: Readonly<Record<(typeof KINDS)[number], number>>;
}

const PROBES = 1 << 18;
const ROUNDS = 15;
/** Loads after the first. */
const LOADS = 4;
/** In logs one address in fifty is an indicator. */
const LOG_HITS = 50;

function held(): number {
    (global.gc as NodeJS.GCFunction)();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
}

function median(values: readonly number[]): number {
    return [...values].sort((a, b) => a - b)[values.length >> 1];
}

function probes<T>(of: (index: number) => T): T[] {
    return Array.from({ length: PROBES }, (_, i) => of(i));
}

/** @returns look-ups a second, the median of the rounds after one to warm up */
function rate<T>(items: readonly T[], look: (item: T) => unknown, hits: (found: number) => boolean): number {
    const seconds: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
        const begin = cpuSeconds();
        let found = 0;
        for (const item of items) {
            found += look(item) === undefined ? 0 : 1;
        }
        seconds.push(cpuSeconds() - begin);
        if (!hits(found)) {
            throw new Error(`${found} of ${items.length} look-ups found something`);
        }
    }
    return items.length / median(seconds.slice(1));
}

/** Text as a parser makes it: in one piece, not a tree of the pieces it was put together from. */
const flat = (text: string) => Buffer.from(text, "latin1").toString("latin1");

function measure(lookups: IndicatorLookups): LookupResult["perSecond"] {
    const spread = (i: number) => Math.imul(i, 0x85ebca6b) >>> 0;
    const hit = (i: number) => ipv4At(spread(i) % SIZES.ipv4);
    // Half of all addresses are in no network of the set; what is, is found and counted as a miss all the same.
    const miss = (i: number) => ipv4At(SIZES.ipv4 + (spread(i) % 1_000_000_000));
    const asInLogs = (i: number) => (i % LOG_HITS === 0 ? hit(i) : miss(i));
    const name = (index: number, i: number) => flat(`${i % 2 === 0 ? "www." : ""}${domainAt(index)}`);
    const few = (found: number) => found < PROBES / 10;
    const all = (found: number) => found === PROBES;
    const none = (found: number) => found === 0;
    const domainMisses = probes((i) => name(SIZES.domain + (spread(i) % 600_000), i));
    const domainHits = probes((i) => name(spread(i) % SIZES.domain, i));
    return {
        ipv4Misses: rate(probes(miss), (address) => lookups.ipv4(address), few),
        ipv4Logs: rate(probes(asInLogs), (address) => lookups.ipv4(address), few),
        ipv4Hits: rate(probes(hit), (address) => lookups.ipv4(address), all),
        ipv4TextLogs: rate(
            probes((i) => flat(formatIPv4(asInLogs(i)))),
            (text) => lookups.ip(text),
            few,
        ),
        domainMisses: rate(domainMisses, (text) => lookups.domain(text), none),
        domainHits: rate(domainHits, (text) => lookups.domain(text), all),
    };
}

/** @param load makes the look-ups of the file, which counts as memory where they keep it */
function run<T>(read: () => T, load: (input: T) => IndicatorLookups): LookupResult {
    const loaded = () => {
        const input = read();
        const begin = cpuSeconds();
        const lookups = load(input);
        return { lookups, ms: (cpuSeconds() - begin) * 1000 };
    };
    const before = held();
    const first = loaded();
    const bytes = held() - before;
    const times = Array.from({ length: LOADS }, () => loaded().ms);
    return { loadMs: median([first.ms, ...times]), bytes, perSecond: measure(first.lookups) };
}

/** A process of its own: `indicators-lookups.ts snapshot|plain FILE`, answers one line, a `LookupResult`. */
function main(side: string, path: string): void {
    const result =
        side === "plain"
            ? run(
                  () => readFileSync(path, "latin1"),
                  (texts) => new PlainLookups(texts),
              )
            : run(
                  () => readFileSync(path),
                  (file) => Snapshot.decode(file),
              );
    process.stdout.write(`${JSON.stringify(result)}\n`);
}

if (require.main === module) {
    main(process.argv[2], process.argv[3]);
}
