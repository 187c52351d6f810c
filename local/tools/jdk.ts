import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { ToolError } from "./error";
import { isExecutable, run, which } from "./run";

/** A Java installation. */
export interface Jdk {
    readonly home: string;
    readonly major: number;
}

const OLDEST = 17;
/** OpenSearch 3.4 was run on this one; a newer one is taken only if there is no other. */
const NEWEST_TRIED = 25;

/** @returns 25 for "25.0.1", 8 for "1.8.0_402"; undefined when it is no Java version */
export function javaMajor(version: string): number | undefined {
    const [, first, second] = /^(\d+)(?:\.(\d+))?/.exec(version) ?? [];
    return first === undefined ? undefined : Number(first === "1" ? second : first);
}

/** Homes of Java where systems put them; the folders need not exist. */
export function jdkCandidates(env: NodeJS.ProcessEnv = process.env): string[] {
    const fromPath = which("java", env);
    return [
        ...(env.JAVA_HOME ? [env.JAVA_HOME] : []),
        ...(fromPath ? [dirname(dirname(realpathSync(fromPath)))] : []),
        ...children("/usr/lib/jvm"),
        ...children("/Library/Java/JavaVirtualMachines").map((it) => join(it, "Contents", "Home")),
        ...["/opt/homebrew/opt", "/usr/local/opt"].flatMap((folder) =>
            children(folder)
                .filter((it) => /openjdk(@\d+)?$/.test(it))
                .map((it) => join(it, "libexec", "openjdk.jdk", "Contents", "Home")),
        ),
        ...children(join(homedir(), ".sdkman", "candidates", "java")),
    ];
}

/** @returns the Java to run OpenSearch on; @throws ToolError when none is new enough */
export async function ensureJdk(candidates: readonly string[] = jdkCandidates()): Promise<Jdk> {
    const homes = [...new Set(candidates.filter((home) => isExecutable(join(home, "bin", "java"))))];
    const found = (await Promise.all(homes.map(inspect))).filter((jdk) => jdk !== undefined);
    const usable = found.filter((jdk) => jdk.major >= OLDEST).sort((a, b) => rank(b) - rank(a));
    if (usable.length > 0) {
        return usable[0];
    }
    const best = Math.max(0, ...found.map((jdk) => jdk.major));
    const what = best > 0 ? `only Java ${best} found` : "no JDK";
    throw new ToolError(`${what}: install JDK 17 or newer (21 or newer for OpenSearch 3), or set JAVA_HOME.`);
}

function rank({ major }: Jdk): number {
    return major <= NEWEST_TRIED ? major : 1 / major;
}

async function inspect(home: string): Promise<Jdk | undefined> {
    const version = releaseVersion(home) ?? (await runningVersion(home));
    const major = version === undefined ? undefined : javaMajor(version);
    return major === undefined ? undefined : { home, major };
}

/** A JDK says its version in a file, which is faster than to start it. */
function releaseVersion(home: string): string | undefined {
    const file = join(home, "release");
    return existsSync(file) ? /^JAVA_VERSION="([^"]+)"/m.exec(readFileSync(file, "utf8"))?.[1] : undefined;
}

async function runningVersion(home: string): Promise<string | undefined> {
    const { stderr } = await run(join(home, "bin", "java"), ["-version"], { timeoutMs: 20_000 });
    return /version "([^"]+)"/.exec(stderr)?.[1];
}

function children(folder: string): string[] {
    try {
        return readdirSync(folder)
            .filter((name) => !name.startsWith("."))
            .map((name) => join(folder, name));
    } catch {
        return [];
    }
}
