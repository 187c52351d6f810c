import { ChildProcess, spawn } from "node:child_process";

/** Ends what it was told of when its standard input closes: when this process is gone, however it went. */
const GUARD = `
const pids = new Set();
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
let text = "";
process.stdin.on("data", (chunk) => {
    text += chunk;
    for (let at; (at = text.indexOf("\\n")) >= 0; text = text.slice(at + 1)) {
        const line = text.slice(0, at);
        if (line === "release") { pids.clear(); process.exit(0); }
        pids.add(Number(line));
    }
});
process.stdin.on("end", () => {
    for (const pid of pids) { try { process.kill(pid, "SIGTERM"); } catch {} }
});
`;

let keeper: ChildProcess | undefined;

/** Has a process ended when this one is, even by SIGKILL, unless it is released before. */
export function guard(pid: number): void {
    if (!keeper) {
        keeper = spawn(process.execPath, ["-e", GUARD], {
            stdio: ["pipe", "ignore", "ignore"],
            detached: true,
        });
        keeper.unref();
        (keeper.stdin as unknown as { unref(): void }).unref();
        keeper.stdin!.on("error", () => undefined);
    }
    keeper.stdin!.write(`${pid}\n`);
}

/** Lets what was guarded live on after this process. */
export function release(): void {
    keeper?.stdin?.end("release\n");
    keeper = undefined;
}
