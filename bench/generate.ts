import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { IndicatorMatch } from "../functions/indicators/indicator";
import { encodeSnapshot, SNAPSHOT_VERSION } from "../functions/indicators/snapshot";
import { localDir, REPO_DIR } from "../local/paths";
import { Random } from "../local/traffic/random";
import { albLine } from "./traffic/alb";
import { Clients, distinctClients, indicatorAddresses, zipfClients } from "./traffic/clients";
import { cloudtrailRecord } from "./traffic/cloudtrail";
import { VPCFLOW_HEADER, vpcflowLine } from "./traffic/vpcflow";
import { wafLine } from "./traffic/waf";

/** A kind of log, or one of the variants in which no client comes twice. */
export const LOGS = ["alb", "vpcflow", "waf", "cloudtrail", "alb-distinct", "vpcflow-distinct"] as const;
export type Log = (typeof LOGS)[number];

export interface GeneratedLog {
    /** Gzip files, as AWS delivers them. */
    readonly files: readonly string[];
    readonly records: number;
    /** Uncompressed. */
    readonly bytes: number;
}

/** What both sides look up; files. */
export interface GeneratedLookups {
    /** 1,000,000 indicators, as our functions load them. */
    readonly snapshot: string;
    /** The same as sorted addresses, 32 bits each, little-endian. */
    readonly addresses: string;
    /** JSON: English names of countries by code. */
    readonly countries: string;
}

interface Shape {
    readonly files: number;
    readonly recordsPerFile: number;
    readonly record: (random: Random, client: string, time: number) => string;
    readonly file: (records: readonly string[]) => string;
}

const FEED = "bench";
const FIRST_SEEN = "2026-01-01T00:00:00.000Z";
const LAST_SEEN = "2026-11-01T00:00:00.000Z";
const BEGIN = Date.UTC(2026, 10, 24, 12);
/** Time that a file covers. */
const FILE_MS = 300_000;

const lines = (records: readonly string[]) => `${records.join("\n")}\n`;

const SHAPES: Readonly<Record<string, Shape>> = {
    alb: { files: 6, recordsPerFile: 50_000, record: albLine, file: lines },
    vpcflow: {
        files: 6,
        recordsPerFile: 100_000,
        record: vpcflowLine,
        file: (records) => `${VPCFLOW_HEADER}\n${lines(records)}`,
    },
    waf: { files: 10, recordsPerFile: 10_000, record: wafLine, file: lines },
    cloudtrail: {
        files: 100,
        recordsPerFile: 1000,
        record: cloudtrailRecord,
        file: (records) => `{"Records":[${records.join(",")}]}`,
    },
};

/** Folder of the generated files; another one when the code that makes them changes. */
export function dataDir(): string {
    const hash = createHash("sha256");
    const traffic = join(__dirname, "traffic");
    const sources = readdirSync(traffic)
        .sort()
        .map((name) => join(traffic, name));
    for (const source of [__filename, join(REPO_DIR, "local/traffic/random.ts"), ...sources]) {
        hash.update(readFileSync(source));
    }
    return join(localDir(), "bench", hash.digest("hex").slice(0, 12));
}

/** The files of a log, written at the first call and the same on every machine. */
export function generateLog(log: Log, say: (line: string) => void): GeneratedLog {
    const dir = join(dataDir(), log);
    const manifest = join(dir, "manifest.json");
    if (!existsSync(manifest)) {
        say(`Writing the records of ${log} …`);
        rmSync(dir, { recursive: true, force: true });
        mkdirSync(dir, { recursive: true });
        writeFileSync(manifest, JSON.stringify(writeLog(log, dir)));
    }
    return JSON.parse(readFileSync(manifest, "utf8")) as GeneratedLog;
}

function writeLog(log: Log, dir: string): GeneratedLog {
    const [kind, variant] = log.split("-");
    const { files, recordsPerFile, record, file } = SHAPES[kind];
    const random = new Random(7);
    const client: Clients = variant === "distinct" ? distinctClients() : zipfClients(random);
    const written: string[] = [];
    let bytes = 0;
    for (let index = 0; index < files; index++) {
        const step = FILE_MS / recordsPerFile;
        const records = Array.from({ length: recordsPerFile }, (_, i) =>
            record(random, client(), Math.floor(BEGIN + index * FILE_MS + i * step)),
        );
        const content = Buffer.from(file(records));
        bytes += content.length;
        const path = join(dir, `${String(index).padStart(3, "0")}.gz`);
        writeFileSync(path, gzipSync(content));
        written.push(path);
    }
    return { files: written, records: files * recordsPerFile, bytes };
}

/** Indicators and names for both sides, written at the first call. */
export function generateLookups(say: (line: string) => void): GeneratedLookups {
    const dir = dataDir();
    const snapshot = join(dir, `indicators.v${SNAPSHOT_VERSION}.snapshot`);
    const addresses = join(dir, "indicators.ipv4");
    const countries = join(dir, "countries.json");
    if (!existsSync(snapshot)) {
        say("Writing 1,000,000 indicators …");
        mkdirSync(dir, { recursive: true });
        writeFileSync(countries, JSON.stringify(countryNames()));
        const numbers = indicatorAddresses();
        writeFileSync(addresses, numbers);
        writeFileSync(`${snapshot}.part`, encodeSnapshot(Array.from(numbers, indicator)));
        renameSync(`${snapshot}.part`, snapshot);
    }
    return { snapshot, addresses, countries };
}

function countryNames(): Readonly<Record<string, string>> {
    const names = new Intl.DisplayNames(["en"], { type: "region", fallback: "none" });
    const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
    const codes = letters.flatMap((first) => letters.map((second) => first + second));
    return Object.fromEntries(codes.map((code) => [code, names.of(code)]).filter(([, name]) => name));
}

function indicator(address: number): IndicatorMatch {
    return {
        type: "ipv4",
        value: [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join("."),
        feeds: [FEED],
        firstSeen: FIRST_SEEN,
        lastSeen: LAST_SEEN,
        confidence: 80,
    };
}
