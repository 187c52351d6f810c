import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { download, reason } from "./download";
import { Progress, ToolError } from "./error";
import { lastLine, run, which } from "./run";

const RELEASES = "https://get.pulumi.com/releases/sdk";
const MODULE = "github.com/pulumi/pulumi";

/** Official release, with the language host. @returns why it could not be had, undefined when it is there */
export async function downloadPulumi(
    version: string,
    home: string,
    progress: Progress,
): Promise<string | undefined> {
    const work = freshFolder(`${home}.part`);
    const archive = join(work, "pulumi.tar.gz");
    try {
        const url = `${RELEASES}/pulumi-v${version}-${process.platform}-${process.arch}.tar.gz`;
        await download(url, archive, (percent) => progress(`Downloading Pulumi ${version}: ${percent} %`));
        const tar = await run("tar", ["-xzf", archive, "-C", work]);
        if (tar.code !== 0) {
            return `tar: ${lastLine(tar.stderr)}`;
        }
        mkdirSync(home, { recursive: true });
        rmSync(join(home, "bin"), { recursive: true, force: true });
        renameSync(join(work, "pulumi"), join(home, "bin"));
        progress(`Pulumi ${version}: official release`);
        return undefined;
    } catch (error) {
        return reason(error);
    } finally {
        rmSync(work, { recursive: true, force: true });
    }
}

/** Builds the engine from the Go module proxy: no language host, which the Automation API does without. */
export async function buildPulumi(
    version: string,
    home: string,
    why: string,
    progress: Progress,
): Promise<void> {
    const go = which("go");
    if (!go) {
        const hint = "install Pulumi, or Go 1.26 or newer to build it";
        throw new ToolError(`Pulumi ${version} cannot be downloaded (${why}) and there is no Go: ${hint}.`);
    }
    const work = freshFolder(`${home}.part`);
    const begun = Date.now();
    const say = (what: string): void => {
        const seconds = Math.round((Date.now() - begun) / 1000);
        progress(`${what} (no official release: ${why}; minutes the first time): ${seconds} s`);
    };
    let what = "Pulumi: getting Go modules";
    const ticker = setInterval(() => say(what), 1000);
    try {
        writeFileSync(join(work, "go.mod"), "module scratch\n\ngo 1.25\n");
        await runGo(go, work, version, ["get", `${MODULE}/pkg/v3/cmd/pulumi@v${version}`]);
        what = `Building Pulumi ${version} with Go`;
        const stamp = `${MODULE}/sdk/v3/go/common/version.Version=v${version}`;
        const flags = ["-ldflags", `-s -w -X ${stamp}`];
        const target = `${MODULE}/pkg/v3/cmd/pulumi`;
        await runGo(go, work, version, ["build", ...flags, "-o", join(work, "pulumi"), target]);
        mkdirSync(join(home, "bin"), { recursive: true });
        renameSync(join(work, "pulumi"), join(home, "bin", "pulumi"));
        progress(`Pulumi ${version}: built with Go in ${Math.round((Date.now() - begun) / 1000)} s`);
    } finally {
        clearInterval(ticker);
        rmSync(work, { recursive: true, force: true });
    }
}

async function runGo(go: string, cwd: string, version: string, args: readonly string[]): Promise<void> {
    const { code, stderr } = await run(go, args, { cwd, env: { ...process.env, GOFLAGS: "-mod=mod" } });
    if (code !== 0) {
        const text = lastLine(stderr).replace(/https?:\/\/\S+/g, "the module proxy");
        throw new ToolError(`Pulumi ${version} cannot be built with Go (${text}): install Pulumi instead.`);
    }
}

function freshFolder(folder: string): string {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    return folder;
}
