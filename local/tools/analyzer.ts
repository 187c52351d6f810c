import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { localDir, nodeBinary } from "../paths";

/** Program that the engine calls for a policy pack in Node when it has no language host. */
export function analyzerPath(): string {
    return join(localDir(), "bin", "pulumi-analyzer-policy-nodejs");
}

/** Writes that program: it hands the pack to the SDK's own runner, as the official one does. */
export function writeAnalyzer(): void {
    const runner = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
    const lines = [
        "#!/bin/sh",
        "export TS_NODE_TRANSPILE_ONLY=1",
        `PATH=${quote(dirname(nodeBinary()))}:"$PATH"`,
        `exec ${quote(nodeBinary())} ${quote(runner)} "$@"`,
    ];
    const file = analyzerPath();
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${lines.join("\n")}\n`);
    chmodSync(file, 0o755);
}

/** A word of the shell. */
function quote(text: string): string {
    return `'${text.replaceAll("'", `'\\''`)}'`;
}
