import { ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface ServerProcess {
    /** For messages. */
    readonly name: string;
    readonly command: string;
    readonly args: readonly string[];
    /** Where it runs and its output goes; removed when it stops. */
    readonly folder: string;
    /** Beside this process's own. */
    readonly env?: Readonly<Record<string, string>>;
    /** Answers, whatever it says, once the server has started. */
    readonly url: string;
}

/**
 * Starts a server that others wrote and waits until it answers.
 * @returns what stops it
 * @throws Error with the end of its output when it does not start
 */
export async function startServerProcess(options: ServerProcess): Promise<() => Promise<void>> {
    const { name, command, args, folder, env, url } = options;
    const log = join(folder, "log");
    const output = openSync(log, "w");
    const server = spawn(command, args, {
        cwd: folder,
        env: { ...process.env, ...env },
        stdio: ["ignore", output, output],
    });
    closeSync(output);
    const stop = async (): Promise<void> => {
        await end(server);
        rmSync(folder, { recursive: true, force: true });
    };
    try {
        await answers(server, url);
    } catch (error) {
        const said = readFileSync(log, "utf8").slice(-2000);
        await stop();
        throw new Error(`${name} does not start: ${said}`, { cause: error });
    }
    return stop;
}

/** Writes a file of settings, which is YAML as well, that nobody else may read. */
export function writeSettings(folder: string, name: string, content: unknown): string {
    const file = join(folder, name);
    writeFileSync(file, JSON.stringify(content), { mode: 0o600 });
    return file;
}

async function answers(server: ChildProcess, url: string): Promise<void> {
    for (let attempt = 0; server.exitCode === null && server.signalCode === null; attempt++) {
        try {
            await (await fetch(url)).arrayBuffer();
            return;
        } catch (error) {
            if (attempt >= 300) {
                throw error;
            }
            await sleep(100);
        }
    }
    throw new Error(`it ended with ${server.exitCode ?? server.signalCode}`);
}

async function end(server: ChildProcess): Promise<void> {
    if (server.exitCode === null && server.signalCode === null) {
        server.kill();
        await once(server, "exit");
    }
}
