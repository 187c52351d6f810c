import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LOCAL_DIR } from "../paths";
import { ToolError } from "../tools/error";
import { isSameProcess, processId, signal } from "../tools/processId";
import { guard } from "./guard";
import { healthUrl } from "./health";
import { EngineName, EngineState } from "./state";

export interface Launch {
    readonly name: EngineName;
    readonly program: string;
    readonly args: readonly string[];
    readonly env: NodeJS.ProcessEnv;
    readonly port: number;
    /** Seconds to wait for it. */
    readonly patience: number;
}

/** Starts an engine in its own session and waits until it is healthy. @throws ToolError with the log's last lines */
export async function launch(what: Launch): Promise<EngineState> {
    const log = logFile(what.name);
    fs.mkdirSync(path.dirname(log), { recursive: true });
    const out = fs.openSync(log, "w");
    const child = spawn(what.program, [...what.args], {
        env: what.env,
        stdio: ["ignore", out, out],
        detached: true,
    });
    fs.closeSync(out);
    let ended: string | undefined;
    child.once("error", (error) => (ended = error.message));
    child.once("exit", (code, signal) => (ended = `it ended with ${signal ?? `code ${code}`}`));
    child.unref();
    if (child.pid === undefined) {
        await sleep(50);
        throw new ToolError(`cannot start ${what.name}: ${ended ?? what.program}`);
    }
    guard(child.pid);
    const deadline = Date.now() + what.patience * 1000;
    while (!(await isHealthy(healthUrl(what.name, what.port)))) {
        if (ended !== undefined || Date.now() > deadline) {
            const reason = ended ?? `not ready after ${what.patience} s`;
            await stop(engineState(what.port, child.pid));
            throw new ToolError(`cannot start ${what.name}: ${reason}\n${lastLines(log)}`);
        }
        await sleep(100);
    }
    return engineState(what.port, child.pid);
}

function engineState(port: number, pid: number): EngineState {
    return { port, process: processId(pid) ?? { pid, started: "" } };
}

/** True while the process that was started is there, and not another one that got its number. */
export function isRunning(engine: EngineState | undefined): engine is EngineState {
    return engine !== undefined && isSameProcess(engine.process);
}

/** Ends an engine: asks first, so that it writes its state, and insists after 20 s. */
export async function stop(engine: EngineState): Promise<void> {
    signal(engine.process, "SIGTERM");
    for (let waited = 0; isRunning(engine); waited += 100) {
        if (waited === 20_000) {
            signal(engine.process, "SIGKILL");
        }
        await sleep(100);
    }
}

export async function isHealthy(url: string): Promise<boolean> {
    try {
        return (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok;
    } catch {
        return false;
    }
}

function logFile(name: EngineName): string {
    return path.join(LOCAL_DIR, "logs", `${name}.log`);
}

function lastLines(file: string): string {
    return fs.readFileSync(file, "utf8").trim().split("\n").slice(-8).join("\n");
}
