import { ToolError } from "./error";
import { run } from "./run";

/** A Python interpreter. */
export interface Python {
    readonly binary: string;
    readonly version: string;
}

const COMMANDS = ["python3.13", "python3.12", "python3.11", "python3.10", "python3"];
const OLDEST: readonly [number, number] = [3, 10];

/** @returns true for "3.10.4" and newer */
export function isUsablePython(version: string): boolean {
    const [major, minor] = version.split(".").map(Number);
    return major === OLDEST[0] && minor >= OLDEST[1];
}

/** @returns the first Python that is new enough; @throws ToolError when there is none */
export async function ensurePython(commands: readonly string[] = COMMANDS): Promise<Python> {
    let newest: string | undefined;
    for (const command of commands) {
        const script = "import platform, sys; print(platform.python_version()); print(sys.executable)";
        const { code, stdout } = await run(command, ["-c", script], { timeoutMs: 20_000 });
        const [version, binary] = stdout.trim().split("\n");
        if (code === 0 && version && isUsablePython(version)) {
            return { binary: binary || command, version };
        }
        newest ??= code === 0 ? version : undefined;
    }
    const found = newest ? ` (found ${newest})` : "";
    throw new ToolError(`no Python >= 3.10${found}: install Python 3.10 or newer and put python3 on PATH.`);
}
