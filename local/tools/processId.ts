import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** A process for good: the system gives a pid to another process sooner or later, its start time with it never. */
export interface ProcessId {
    readonly pid: number;
    readonly started: string;
}

/** @returns undefined when no such process runs */
export function processId(pid: number): ProcessId | undefined {
    const started = process.platform === "linux" ? startedLinux(pid) : startedElsewhere(pid);
    return started === undefined ? undefined : { pid, started };
}

/** @returns true while that very process runs, not merely one with its pid */
export function isSameProcess(id: ProcessId): boolean {
    return processId(id.pid)?.started === id.started;
}

/** Sends a signal to that very process, or to its group. @returns false when it no longer runs */
export function signal(id: ProcessId, name: NodeJS.Signals, group = false): boolean {
    if (!isSameProcess(id)) {
        return false;
    }
    try {
        return process.kill(group ? -id.pid : id.pid, name);
    } catch {
        return false;
    }
}

function startedLinux(pid: number): string | undefined {
    try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        // The command's name stands in parentheses and may hold blanks and parentheses itself.
        const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        return fields[0] === "Z" ? undefined : fields[19];
    } catch {
        return undefined;
    }
}

function startedElsewhere(pid: number): string | undefined {
    try {
        const env = { ...process.env, LC_ALL: "C" };
        const args = ["-o", "stat=,lstart=", "-p", String(pid)];
        const text = execFileSync("ps", args, { env, stdio: ["ignore", "pipe", "ignore"] })
            .toString()
            .trim();
        const [state, ...started] = text.split(/\s+/);
        return state === undefined || state.startsWith("Z") ? undefined : started.join(" ");
    } catch {
        return undefined;
    }
}
