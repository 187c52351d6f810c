import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDir } from "../paths";
import { Progress, ToolError } from "./error";
import { withLock } from "./lock";
import { ensurePython } from "./python";
import { lastLine, run } from "./run";

/** Release of MiniStack that this project is tested on. */
export const MINISTACK_VERSION = "1.5.33";

/** @returns the Python of a virtual environment that has MiniStack, made if need be */
export async function ensureMiniStack(progress: Progress): Promise<string> {
    const home = join(cacheDir(), `ministack-${MINISTACK_VERSION}`);
    const python = join(home, "bin", "python");
    const stamp = join(home, "complete");
    const complete = () => existsSync(stamp) && existsSync(python);
    if (!complete()) {
        await withLock(`${home}.lock`, async () => {
            if (!complete()) {
                await install(home, python, progress);
                writeFileSync(stamp, `${MINISTACK_VERSION}\n`);
            }
        });
    }
    return python;
}

async function install(home: string, python: string, progress: Progress): Promise<void> {
    const base = await ensurePython();
    rmSync(home, { recursive: true, force: true });
    progress(`Python ${base.version}: making a virtual environment`);
    const venv = await run(base.binary, ["-m", "venv", home]);
    if (venv.code !== 0) {
        const hint = "install the system's python3-venv package";
        throw new ToolError(`Python ${base.version} cannot make a virtual environment: ${hint}.`);
    }
    progress(`Installing MiniStack ${MINISTACK_VERSION} (pip)`);
    const args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"];
    const pip = await run(python, [...args, `ministack==${MINISTACK_VERSION}`]);
    if (pip.code !== 0) {
        const error = pip.stderr.split("\n").find((line) => line.startsWith("ERROR")) ?? lastLine(pip.stderr);
        const text = error.replace(/https?:\/\/\S+/g, "the index");
        throw new ToolError(`pip cannot install MiniStack (${text}): check the network and pip's index.`);
    }
}
