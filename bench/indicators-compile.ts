import { writeFileSync } from "node:fs";
import { SnapshotBuilder } from "../functions/indicators/snapshot-builder";
import { cpuSeconds } from "./indicators-time";
import { indicatorSet } from "./indicators-set";

/** What compiling took; of a process that does nothing else but make up the indicators. */
export interface CompileResult {
    readonly indicators: number;
    readonly seconds: number;
    /** Of it, what making the indicators up alone took. */
    readonly generating: number;
    /** Resident memory at its highest. */
    readonly peakBytes: number;
    readonly fileBytes: number;
}

/** A process of its own: `indicators-compile.ts FILE`, answers one line, a `CompileResult`. */
function main(path: string): void {
    const begin = cpuSeconds();
    const builder = new SnapshotBuilder();
    for (const entry of indicatorSet()) {
        builder.add(entry);
    }
    const indicators = builder.size;
    const file = builder.finish();
    const seconds = cpuSeconds() - begin;
    const peakBytes = process.resourceUsage().maxRSS * 1024;
    writeFileSync(path, file);
    const again = cpuSeconds();
    let length = 0;
    for (const { value } of indicatorSet()) {
        length += value.length;
    }
    const generating = length > 0 ? cpuSeconds() - again : 0;
    const result: CompileResult = { indicators, seconds, generating, peakBytes, fileBytes: file.length };
    process.stdout.write(`${JSON.stringify(result)}\n`);
}

main(process.argv[2]);
