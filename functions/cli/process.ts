import { createReadStream, createWriteStream, openSync, statSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { Enrichment } from "../enrichment/enrichment";
import { GeoEnricher } from "../enrichment/geo";
import { geoFromFiles } from "../enrichment/geo-loader";
import { MmdbError } from "../enrichment/mmdb";
import { ReverseDns } from "../enrichment/reverse-dns";
import { readTextIndicators } from "../feeds/text-indicators";
import { gunzipIfNeeded } from "../gunzip";
import { IndicatorMatch } from "../indicators/indicator";
import { encodeSnapshot, Snapshot } from "../indicators/snapshot";
import { processBatch } from "../pipeline";
import { StreamSink } from "../sinks/stream";
import { isSourceKind, kinds, sourceOf } from "../sources/registry";
import { DeliveryContext, LogSource } from "../sources/source";

const HELP = `Parses log files, matches them against feeds and writes ECS documents as NDJSON to standard output.

  npm run -s process -- --source ${kinds.join("|")} [options] FILE…

  --source KIND       kind of the logs
  --format "FIELDS"   fields of VPC flow logs without a header line, "version account-id …"
  --feed FILE         indicators, one a line; may be given several times
  --geo FILE          mmdb database of places or networks; may be given several times
  --reverse-dns       looks addresses up in the DNS, which tells others what you are interested in
  --original          text logs keep their line in event.original
  --quarantine FILE   where records go that do not parse (default: standard error)
  --help              this text

Files may be gzip. The last line on standard error counts the records. Exit code 2: bad usage.
`;

/** The caller asked for something that cannot be done; the message is one line. */
class UsageError extends Error {}

interface Options {
    readonly source: LogSource;
    readonly files: readonly string[];
    readonly feeds: readonly string[];
    readonly geo: readonly string[];
    readonly reverseDns: boolean;
    readonly original: boolean;
    readonly quarantine: string | undefined;
}

function optionsOf(args: readonly string[]): Options | undefined {
    const { values, positionals } = parseArgs({
        args: [...args],
        allowPositionals: true,
        options: {
            source: { type: "string" },
            format: { type: "string" },
            feed: { type: "string", multiple: true },
            geo: { type: "string", multiple: true },
            "reverse-dns": { type: "boolean" },
            original: { type: "boolean" },
            quarantine: { type: "string" },
            help: { type: "boolean", short: "h" },
        },
    });
    if (values.help) {
        return undefined;
    }
    if (values.source === undefined || !isSourceKind(values.source)) {
        const given =
            values.source === undefined ? "--source is missing" : `unknown source "${values.source}"`;
        throw new UsageError(`${given}; known are ${kinds.join(", ")}`);
    }
    if (positionals.length === 0) {
        throw new UsageError("no files given");
    }
    return {
        source: sourceOf(values.source, { format: values.format }),
        files: positionals,
        feeds: values.feed ?? [],
        geo: values.geo ?? [],
        reverseDns: values["reverse-dns"] ?? false,
        original: values.original ?? false,
        quarantine: values.quarantine,
    };
}

/** @returns size in bytes and modification time */
function statFile(path: string, what: string): { size: number; mtime: Date } {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) {
        throw new UsageError(`${what} not found: ${path}`);
    }
    if (stat.isDirectory()) {
        throw new UsageError(`${what} is a directory: ${path}`);
    }
    return stat;
}

/** The feed's time is its file's, so that a second run writes the same bytes. */
async function readFeeds(paths: readonly string[]): Promise<Snapshot | undefined> {
    const indicators: IndicatorMatch[] = [];
    for (const path of paths) {
        const { mtime } = statFile(path, "feed");
        const bytes = gunzipIfNeeded(createReadStream(path));
        const list = await readTextIndicators(bytes, { feed: basename(path), seen: mtime });
        if (list.indicators.length === 0) {
            throw new UsageError(`no indicator in feed ${path}`);
        }
        const { length } = list.invalid;
        if (length > 0) {
            process.stderr.write(`${length} value(s) of feed ${path} are no indicator: ${list.invalid[0]}\n`);
        }
        list.indicators.forEach((indicator) => indicators.push(indicator));
    }
    return paths.length === 0 ? undefined : Snapshot.decode(encodeSnapshot(indicators));
}

/** Account and region as AWS lays out its log buckets; empty where the path does not tell. */
function contextOf(path: string, { size, mtime }: { size: number; mtime: Date }): DeliveryContext {
    const match = /(?:^|\/)AWSLogs\/(?:o-[a-z0-9]+\/)?(\d{12})\/[^/]+\/([a-z0-9-]+)\//i.exec(path);
    const accountId = match?.[1] ?? "";
    return {
        accountId,
        region: match?.[2] ?? "",
        origin: path,
        version: String(size),
        time: mtime.getTime(),
    };
}

function quarantineStream(path: string | undefined) {
    if (path === undefined) {
        return process.stderr;
    }
    try {
        return createWriteStream(path, { fd: openSync(path, "w") });
    } catch (error) {
        throw new UsageError(`cannot write ${path}: ${(error as Error).message}`);
    }
}

function databasesOf(paths: readonly string[]): GeoEnricher {
    paths.forEach((path) => statFile(path, "database"));
    try {
        return geoFromFiles(paths);
    } catch (error) {
        throw error instanceof MmdbError ? new UsageError(error.message) : error;
    }
}

async function enrichmentOf({ feeds, geo, reverseDns, original }: Options): Promise<Enrichment> {
    return new Enrichment({
        indicators: await readFeeds(feeds),
        addresses: geo.length > 0 ? [databasesOf(geo)] : [],
        resolvers: reverseDns ? [new ReverseDns()] : [],
        keepOriginal: original,
    });
}

async function run(options: Options): Promise<void> {
    const { source, files, quarantine } = options;
    const stats = files.map((file) => statFile(file, "file"));
    const enrichment = await enrichmentOf(options);
    const sink = new StreamSink(process.stdout, quarantineStream(quarantine));
    const total = { in: 0, documents: 0, quarantined: 0, skipped: 0 };
    for (const [index, file] of files.entries()) {
        const input = createReadStream(file, { highWaterMark: 1024 * 1024 });
        const context = contextOf(file, stats[index]);
        const report = await processBatch(source, input, context, enrichment, sink);
        for (const key of ["in", "documents", "quarantined", "skipped"] as const) {
            total[key] += report[key];
        }
    }
    await sink.close();
    process.stderr.write(`${JSON.stringify(total)}\n`);
}

/**
 * @param args command line without the program
 * @returns exit code: 0 done, 1 a fault, 2 bad usage
 */
export async function main(args: readonly string[]): Promise<number> {
    let options: Options | undefined;
    try {
        options = optionsOf(args);
        if (!options) {
            process.stdout.write(HELP);
            return 0;
        }
        await run(options);
        return 0;
    } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        // The reader has seen enough: `process … | head`.
        if (code === "EPIPE") {
            return 0;
        }
        process.stderr.write(`process: ${message.split("\n")[0]}\n`);
        return options === undefined || error instanceof UsageError ? 2 : 1;
    }
}

if (require.main === module) {
    void main(process.argv.slice(2)).then((code) => {
        process.exitCode = code;
    });
}
