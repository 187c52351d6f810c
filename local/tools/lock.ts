import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isSameProcess, ProcessId, processId } from "./processId";

const POLL_MS = 200;

/** Runs `work` while no other process holds the lock file; a dead process' lock counts for nothing. */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
    mkdirSync(dirname(file), { recursive: true });
    while (!take(file)) {
        const holder = read(file);
        if (holder && !isSameProcess(holder)) {
            rmSync(file, { force: true });
        } else {
            await sleep(POLL_MS);
        }
    }
    try {
        return await work();
    } finally {
        rmSync(file, { force: true });
    }
}

function take(file: string): boolean {
    try {
        writeFileSync(file, JSON.stringify(processId(process.pid)), { flag: "wx" });
        return true;
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EEXIST") {
            return false;
        }
        throw error;
    }
}

/** @returns undefined while the holder is still writing it, or when it is gone */
function read(file: string): ProcessId | undefined {
    try {
        return JSON.parse(readFileSync(file, "utf8")) as ProcessId;
    } catch {
        return undefined;
    }
}
