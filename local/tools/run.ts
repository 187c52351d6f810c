import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** What a command did. `code` is 127 when there is no such command. */
export interface RunResult {
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
}

interface RunOptions {
    readonly cwd?: string;
    readonly env?: NodeJS.ProcessEnv;
    /** Kills the command after so long. */
    readonly timeoutMs?: number;
}

/** Runs a command to its end, never throws. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return new Promise((resolve) => {
        const { cwd, env, timeoutMs: timeout } = options;
        const child = spawn(command, args, { cwd, env, timeout, stdio: ["ignore", "pipe", "pipe"] });
        let stdout = "";
        let stderr = "";
        child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
        child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
        child.once("error", (error) => resolve({ code: 127, stdout, stderr: error.message }));
        child.once("close", (code) => resolve({ code: code ?? 1, stdout, stderr }));
    });
}

/** @returns the first executable of that name on PATH */
export function which(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
    return (env.PATH ?? "")
        .split(delimiter)
        .filter((folder) => folder !== "")
        .map((folder) => join(folder, name))
        .find(isExecutable);
}

export function isExecutable(file: string): boolean {
    try {
        accessSync(file, constants.X_OK);
        return true;
    } catch {
        return false;
    }
}

/** @returns the last line with text in it: where most tools say what went wrong */
export function lastLine(text: string): string {
    return text.trimEnd().split("\n").at(-1)?.trim() ?? "";
}
