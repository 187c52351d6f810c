import { spawn } from "node:child_process";
import { join } from "node:path";
import { cacheDir } from "../local/paths";

const MANIFEST = join(__dirname, "vrl", "Cargo.toml");
const LAST_LINES = 15;

/**
 * Builds the native side with cargo, in a folder of the user's cache: some minutes the first time, nothing after that.
 * @param say takes progress, line by line
 * @param isLive a line of progress replaces the one before, so there may be many
 * @returns the program's path
 * @throws Error when cargo is missing or fails; the message says what to do
 */
export async function buildVrl(say: (line: string) => void, isLive: boolean): Promise<string> {
    const target = join(cacheDir(), "bench-vrl");
    const args = ["build", "--release", "--locked", "--manifest-path", MANIFEST, "--target-dir", target];
    const begun = Date.now();
    const output: string[] = [];
    let crates = 0;
    const show = () => {
        const seconds = Math.round((Date.now() - begun) / 1000);
        say(`Building the VRL program (cargo; minutes, the first time) … ${crates} crates, ${seconds} s`);
    };
    const ticker = setInterval(show, isLive ? 1000 : 60_000);
    try {
        const code = await new Promise<number | null>((done, fail) => {
            const child = spawn("cargo", args, { stdio: ["ignore", "ignore", "pipe"] });
            child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
                output.push(...chunk.split("\n").filter(Boolean));
                crates = output.filter((line) => /^\s*Compiling /.test(line)).length;
            });
            child.once("error", fail);
            child.once("close", done);
        });
        if (code !== 0) {
            throw new Error(`${output.slice(-LAST_LINES).join("\n")}\ncargo failed: see the lines above.`);
        }
    } catch (error) {
        throw (error as NodeJS.ErrnoException).code === "ENOENT"
            ? new Error("cargo is missing: install Rust (https://rustup.rs), or leave --vrl out.")
            : error;
    } finally {
        clearInterval(ticker);
    }
    return join(target, "release", "vrl-bench");
}
