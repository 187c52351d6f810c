import { spawn, type ChildProcess } from "node:child_process";
import * as path from "node:path";

export interface ProviderEnv {
    AWS_ENDPOINT_URL: string;
    AWS_ACCESS_KEY_ID: string;
    AWS_SECRET_ACCESS_KEY: string;
    AWS_SESSION_TOKEN?: string;
    AWS_REGION?: string;
}

export interface Providers {
    /** The value of PULUMI_DEBUG_PROVIDERS. */
    debugProviders: string;
    stop(): Promise<void>;
}

const START_LIMIT_MS = 30_000;

/** Resolves with the port the process prints first; rejects when it ends before or says nothing. */
function portOf(child: ChildProcess, name: string): Promise<string> {
    return new Promise((resolve, reject) => {
        let out = "";
        let err = "";
        const timer = setTimeout(
            () => reject(new Error(`${name} provider did not start: ${err}`)),
            START_LIMIT_MS,
        );
        child.stderr?.on("data", (chunk: Buffer) => {
            err = (err + chunk.toString()).slice(-4000);
        });
        child.stdout?.on("data", (chunk: Buffer) => {
            out += chunk.toString();
            const port = /^(\d+)\r?\n/.exec(out)?.[1];
            if (port) {
                clearTimeout(timer);
                resolve(port);
            }
        });
        child.once("error", reject);
        child.once("exit", (code) => {
            clearTimeout(timer);
            reject(new Error(`${name} provider ended with ${code}: ${err}`));
        });
    });
}

function stopped(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) {
        return Promise.resolve();
    }
    return new Promise((resolve) => {
        const timer = setTimeout(() => child.kill("SIGKILL"), 3000);
        child.once("exit", () => {
            clearTimeout(timer);
            resolve();
        });
        child.kill("SIGTERM");
    });
}

/** Only what a provider needs: nothing of the caller's AWS configuration gets in. */
function childEnv(env: ProviderEnv): NodeJS.ProcessEnv {
    const kept = Object.entries(process.env).filter(([key]) => !/^(AWS_|PULUMI_)/.test(key));
    return {
        ...Object.fromEntries(kept),
        ...env,
        TS_NODE_TRANSPILE_ONLY: "true",
        SYNTHETICSUN_PROVIDER_ENDS_WITH_PARENT: "1",
    };
}

/** Starts the local providers of one stack operation. */
export async function startProviders(env: ProviderEnv, opts: { awsx?: boolean } = {}): Promise<Providers> {
    const names = ["aws", ...(opts.awsx ? ["awsx"] : [])];
    const children = names.map((name) =>
        spawn(
            process.execPath,
            ["-r", "ts-node/register/transpile-only", path.join(__dirname, `main-${name}.ts`)],
            { cwd: path.resolve(__dirname, "../.."), env: childEnv(env), stdio: ["pipe", "pipe", "pipe"] },
        ),
    );
    const stop = async (): Promise<void> => {
        await Promise.all(children.map(stopped));
    };
    try {
        const ports = await Promise.all(children.map((child, index) => portOf(child, names[index])));
        return { debugProviders: names.map((name, index) => `${name}:${ports[index]}`).join(","), stop };
    } catch (error) {
        await stop();
        throw error;
    }
}
