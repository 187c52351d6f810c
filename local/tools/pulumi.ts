import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheDir } from "../paths";
import { writeAnalyzer } from "./analyzer";
import { Progress, ToolError } from "./error";
import { withLock } from "./lock";
import { buildPulumi, downloadPulumi } from "./pulumiInstall";
import { isExecutable, run, which } from "./run";

export { analyzerPath } from "./analyzer";

/** The engine. */
export interface PulumiTool {
    readonly binary: string;
    /** Folder whose `bin` holds the binary, as the Automation API wants it. */
    readonly root: string;
    /** Without it only the Automation API runs Node programs, not `pulumi up`. */
    readonly hasLanguageHost: boolean;
}

/** Release of the engine that this project is tested on. */
export const PULUMI_VERSION = "3.259.0";
const OLDEST_MINOR = 259;

/** @returns true for "v3.259.0" and later releases of 3 */
export function isUsablePulumi(version: string): boolean {
    const [, major, minor] = /^v?(\d+)\.(\d+)\./.exec(version.trim()) ?? [];
    return major === "3" && Number(minor) >= OLDEST_MINOR;
}

/** @returns the engine of PATH or cache, else downloads it, else builds it; and sees to the policy analyzer */
export async function ensurePulumi(progress: Progress): Promise<PulumiTool> {
    writeAnalyzer();
    return (await onPath()) ?? cached() ?? (await install(progress));
}

async function onPath(): Promise<PulumiTool | undefined> {
    const found = which("pulumi");
    if (!found) {
        return undefined;
    }
    const { stdout } = await run(found, ["version"], {
        env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "1" },
    });
    // Where a package manager only links to it, the language host lies beside the real file.
    const tool = [found, realpathSync(found)].map(describe).find((it) => it.hasLanguageHost);
    const inBin = tool && existsSync(join(tool.root, "bin", "pulumi"));
    return isUsablePulumi(stdout) && inBin ? tool : undefined;
}

function cached(): PulumiTool | undefined {
    const binary = join(cacheDir(), `pulumi-${PULUMI_VERSION}`, "bin", "pulumi");
    return isExecutable(binary) ? describe(binary) : undefined;
}

function describe(binary: string): PulumiTool {
    const folder = dirname(binary);
    return {
        binary,
        root: dirname(folder),
        hasLanguageHost: isExecutable(join(folder, "pulumi-language-nodejs")),
    };
}

function install(progress: Progress): Promise<PulumiTool> {
    const home = join(cacheDir(), `pulumi-${PULUMI_VERSION}`);
    return withLock(`${home}.lock`, async () => {
        const installed = cached();
        if (installed) {
            return installed;
        }
        const why = await downloadPulumi(PULUMI_VERSION, home, progress);
        if (why !== undefined) {
            await buildPulumi(PULUMI_VERSION, home, why, progress);
        }
        const tool = cached();
        if (!tool) {
            throw new ToolError(
                `Pulumi ${PULUMI_VERSION} is not where it was put: remove ${home} and start again.`,
            );
        }
        return tool;
    });
}
