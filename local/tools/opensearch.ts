import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDir } from "../paths";
import { digest, download, downloadText, reason } from "./download";
import { Progress, ToolError } from "./error";
import { ensureJdk, Jdk } from "./jdk";
import { withLock } from "./lock";
import { ensurePython } from "./python";
import { lastLine, run, which } from "./run";

/** An unpacked OpenSearch and the Java it runs on. */
export interface OpenSearchTool {
    readonly home: string;
    readonly version: string;
    readonly jdk: Jdk;
}

const GROUP = "org.opensearch.distribution.integ-test-zip";
const CENTRAL = "https://repo.maven.apache.org/maven2";
const QUIET = ["-q", "-B", "-Dtransitive=false"];

/** @returns the release that runs on that Java */
export function openSearchVersion(jdkMajor: number): string {
    return jdkMajor >= 21 ? "3.4.0" : "2.19.3";
}

/** @returns OpenSearch's minimal build, downloaded from Maven Central if need be */
export async function ensureOpenSearch(progress: Progress): Promise<OpenSearchTool> {
    const jdk = await ensureJdk();
    const version = openSearchVersion(jdk.major);
    const home = join(cacheDir(), `opensearch-${version}`);
    if (!existsSync(home)) {
        await withLock(`${home}.lock`, async () => {
            if (!existsSync(home)) {
                await install(version, home, progress);
            }
        });
    }
    return { home, version, jdk };
}

async function install(version: string, home: string, progress: Progress): Promise<void> {
    const python = await ensurePython();
    const work = `${home}.part`;
    rmSync(work, { recursive: true, force: true });
    mkdirSync(work, { recursive: true });
    try {
        const zip = join(work, "opensearch.zip");
        await fetchZip(version, zip, progress);
        progress(`Unpacking OpenSearch ${version}`);
        const unzip = await run(python.binary, ["-m", "zipfile", "-e", zip, work]);
        if (unzip.code !== 0) {
            throw new ToolError(`OpenSearch ${version} cannot be unpacked: ${lastLine(unzip.stderr)}`);
        }
        const unpacked = join(work, `opensearch-${version}`);
        const bin = join(unpacked, "bin");
        readdirSync(bin).forEach((name) => chmodSync(join(bin, name), 0o755));
        renameSync(unpacked, home);
    } finally {
        rmSync(work, { recursive: true, force: true });
    }
}

async function fetchZip(version: string, zip: string, progress: Progress): Promise<void> {
    const path = `${GROUP.replaceAll(".", "/")}/opensearch/${version}/opensearch-${version}.zip`;
    const url = `${CENTRAL}/${path}`;
    try {
        await download(url, zip, (percent) => progress(`Downloading OpenSearch ${version}: ${percent} %`));
        await verify(url, zip);
    } catch (error) {
        if (error instanceof ToolError) {
            throw error;
        }
        const hint = "check the network (or put mvn on PATH, which is tried next)";
        if (!(await fetchWithMaven(version, path, zip, progress))) {
            throw new ToolError(`OpenSearch ${version} cannot be downloaded (${reason(error)}): ${hint}.`);
        }
    }
}

/** Checks the file against the digest that lies beside it. */
async function verify(url: string, zip: string): Promise<void> {
    for (const algorithm of ["sha512", "sha1"] as const) {
        const expected = (await downloadText(`${url}.${algorithm}`))?.trim().split(/\s+/)[0];
        if (expected) {
            if ((await digest(zip, algorithm)) !== expected.toLowerCase()) {
                throw new ToolError("OpenSearch's download does not match its checksum: start again.");
            }
            return;
        }
    }
}

/** Maven knows mirrors and proxies that this process does not. @returns false when it could not get it */
async function fetchWithMaven(
    version: string,
    path: string,
    zip: string,
    progress: Progress,
): Promise<boolean> {
    const mvn = which("mvn");
    if (!mvn) {
        return false;
    }
    progress(`Downloading OpenSearch ${version} with Maven`);
    const repository = `${zip}.m2`;
    const artifact = `-Dartifact=${GROUP}:opensearch:${version}:zip`;
    const { code } = await run(mvn, [
        ...QUIET,
        "dependency:get",
        artifact,
        `-Dmaven.repo.local=${repository}`,
    ]);
    const file = join(repository, path);
    if (code !== 0 || !existsSync(file)) {
        return false;
    }
    await copyFile(file, zip);
    return true;
}
