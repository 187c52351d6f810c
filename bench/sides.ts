import { join } from "node:path";
import { nodeBinary } from "../local/paths";
import { GEO_DATABASES } from "./databases";
import { GeneratedLookups, Log } from "./generate";

/** A program that does the work; `worker.ts` runs it round by round. */
export interface Side {
    readonly name: string;
    readonly command: string;
    readonly args: readonly string[];
}

const PLACES = GEO_DATABASES.flatMap((database) => ["--mmdb", database]);

/** A variant of a log is of the same kind. */
const kindOf = (log: Log) => log.split("-")[0];

function node(name: string, script: string, args: readonly string[]): Side {
    const loader = ["-r", "ts-node/register/transpile-only", join(__dirname, script)];
    return { name, command: nodeBinary(), args: [...loader, ...args] };
}

/** The pipeline, as in a function. */
export function ourSide(log: Log, files: readonly string[], lookups: GeneratedLookups): Side {
    return node("our side", "ours.ts", [kindOf(log), "--indicators", lookups.snapshot, ...PLACES, ...files]);
}

/** The plain decoder, which enriches nothing. */
export function plainSide(log: Log, files: readonly string[]): Side {
    return node("the plain decoder", "plain.ts", [kindOf(log), ...files]);
}

/** @param command what `buildVrl` answered */
export function vrlSide(
    command: string,
    log: Log,
    files: readonly string[],
    { addresses, countries }: GeneratedLookups,
): Side {
    const kind = kindOf(log);
    const program = join(__dirname, "vrl", "programs", `${kind}.vrl`);
    const lookups = ["--indicators", addresses, "--countries", countries, ...PLACES];
    return { name: "the VRL program", command, args: [kind, "--program", program, ...lookups, ...files] };
}
