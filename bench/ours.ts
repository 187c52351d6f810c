import { createReadStream, createWriteStream, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Enrichment } from "../functions/enrichment/enrichment";
import { geoFromFiles } from "../functions/enrichment/geo-loader";
import { Snapshot } from "../functions/indicators/snapshot";
import { processBatch, Sink } from "../functions/pipeline";
import { isSourceKind, sourceOf } from "../functions/sources/registry";
import { serveRounds } from "./rounds";

/** Bytes read from a file at once. */
const READ = 1 << 16;

/**
 * Our side, a process of its own (see `serveRounds`): `ours.ts KIND --indicators FILE [--mmdb FILE]… [--out FILE] FILE…`.
 * With `--out` there is one round only, whose documents are written to that file.
 */
async function main(): Promise<void> {
    const { values, positionals } = parseArgs({
        allowPositionals: true,
        options: {
            indicators: { type: "string", default: "" },
            mmdb: { type: "string", multiple: true, default: [] },
            out: { type: "string" },
        },
    });
    const [kind, ...files] = positionals;
    if (!isSourceKind(kind)) {
        throw new Error(`unknown source "${kind}"`);
    }
    const source = sourceOf(kind);
    const enrichment = new Enrichment({
        indicators: Snapshot.decode(readFileSync(values.indicators)),
        addresses: [geoFromFiles(values.mmdb)],
    });
    const round = async (write: (lines: Buffer) => void) => {
        const done = { records: 0, bytes: 0 };
        const sink: Sink = {
            documents: (lines) => {
                done.bytes += lines.length;
                write(lines);
            },
            quarantine: (line) => {
                throw new Error(`a record is quarantined: ${line}`);
            },
            close: async () => undefined,
        };
        for (const file of files) {
            const context = { accountId: "222222222222", region: "us-east-1", origin: file, version: "1" };
            const input = createReadStream(file, { highWaterMark: READ });
            done.records += (await processBatch(source, input, context, enrichment, sink)).documents;
        }
        return done;
    };
    if (values.out === undefined) {
        await serveRounds(() => round(() => undefined));
        return;
    }
    const stream = createWriteStream(values.out);
    await round((lines) => stream.write(Buffer.from(lines)));
    stream.end();
}

main().catch((error: unknown) => {
    process.stderr.write(`ours: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
});
