import { createHash } from "node:crypto";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDir } from "../paths";
import { Progress, ToolError } from "./error";
import { withLock } from "./lock";
import { ensurePython } from "./python";
import { lastLine, run } from "./run";

/**
 * Packages of Python in a virtual environment of their own, in the cache; made if need be. Other requirements are
 * another environment.
 * @param name what people know it by, with its version: `MiniStack 1.5.33`
 * @param requirements as pip takes them, pinned: `ministack==1.5.33`
 * @returns the environment's Python; its commands lie beside it
 * @throws ToolError when it cannot be made
 */
export async function ensurePythonPackages(
    name: string,
    requirements: readonly string[],
    progress: Progress,
): Promise<string> {
    const hash = createHash("sha256").update(requirements.join("\n")).digest("hex").slice(0, 8);
    const folder = `${name.toLowerCase().replace(/[^a-z0-9.]+/g, "-")}-${hash}`;
    const home = join(cacheDir(), folder);
    const python = join(home, "bin", "python");
    const stamp = join(home, "complete");
    const complete = () => existsSync(stamp) && existsSync(python);
    if (!complete()) {
        await withLock(`${home}.lock`, async () => {
            if (!complete()) {
                await makeEnvironment(home, progress);
                await install(python, name, requirements, progress);
                writeFileSync(stamp, `${requirements.join("\n")}\n`);
            }
        });
    }
    return python;
}

async function makeEnvironment(home: string, progress: Progress): Promise<void> {
    const base = await ensurePython();
    rmSync(home, { recursive: true, force: true });
    progress(`Python ${base.version}: making a virtual environment`);
    const venv = await run(base.binary, ["-m", "venv", home]);
    if (venv.code !== 0) {
        const hint = "install the system's python3-venv package";
        throw new ToolError(`Python ${base.version} cannot make a virtual environment: ${hint}.`);
    }
}

async function install(
    python: string,
    name: string,
    requirements: readonly string[],
    progress: Progress,
): Promise<void> {
    progress(`Installing ${name} (pip)`);
    const args = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"];
    const pip = await run(python, [...args, ...requirements]);
    if (pip.code !== 0) {
        const error = pip.stderr.split("\n").find((line) => line.startsWith("ERROR")) ?? lastLine(pip.stderr);
        const text = error.replace(/https?:\/\/\S+/g, "the index");
        throw new ToolError(`pip cannot install ${name} (${text}): check the network and pip's index.`);
    }
}
