import { LocalWorkspace, PulumiCommand, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { anyPort } from "../engines/ports";
import { isHealthy } from "../engines/processes";
import { nodeBinary, REPO_DIR } from "../paths";
import { ensureMiniStack } from "../tools/ministack";
import { ensurePulumi } from "../tools/pulumi";
import { startProviders, type ProviderEnv, type Providers } from "./start";

const quiet = (): void => undefined;

async function healthy(endpoint: string): Promise<void> {
    for (let attempt = 0; attempt < 300; attempt += 1) {
        if (await isHealthy(`${endpoint}/_ministack/health`)) {
            return;
        }
        await sleep(100);
    }
    throw new Error("MiniStack does not start");
}

/** An empty MiniStack of a test's own, and a Pulumi home beside it. */
export class TestCloud {
    private constructor(
        readonly endpoint: string,
        readonly home: string,
        private readonly end: () => Promise<void>,
    ) {}

    static async start(): Promise<TestCloud> {
        const home = fs.mkdtempSync(path.join(os.tmpdir(), "provider-test-"));
        const modules = path.join(REPO_DIR, "node_modules");
        fs.symlinkSync(modules, path.join(home, "node_modules"));
        const port = await anyPort();
        const child = spawn(
            await ensureMiniStack(quiet),
            [path.join(REPO_DIR, "local/engines/ministack_main.py")],
            {
                stdio: ["ignore", fs.openSync(path.join(home, "ministack.log"), "w"), "ignore"],
                env: {
                    PATH: `${path.dirname(nodeBinary())}${path.delimiter}${process.env.PATH ?? ""}`,
                    HOME: home,
                    TMPDIR: home,
                    NODE_PATH: modules,
                    GATEWAY_PORT: String(port),
                    BIND_HOST: "127.0.0.1",
                    AUTH: "true",
                    MINISTACK_ACCOUNT_ID: "111111111111",
                    SFTP_ENABLED: "0",
                    IOT_MTLS_ENABLED: "0",
                },
            },
        );
        const end = async (): Promise<void> => {
            const gone = new Promise((resolve) => child.once("exit", resolve));
            if (child.exitCode === null) {
                child.kill("SIGTERM");
                await gone;
            }
            fs.rmSync(home, { recursive: true, force: true });
        };
        try {
            const endpoint = `http://127.0.0.1:${port}`;
            await healthy(endpoint);
            return new TestCloud(endpoint, home, end);
        } catch (error) {
            await end();
            throw error;
        }
    }

    stop(): Promise<void> {
        return this.end();
    }

    /** Client settings of an account's root. */
    client(
        account = "111111111111",
        region = "us-east-1",
    ): {
        endpoint: string;
        region: string;
        forcePathStyle: true;
        credentials: { accessKeyId: string; secretAccessKey: string };
    } {
        return {
            endpoint: this.endpoint,
            region,
            forcePathStyle: true,
            credentials: { accessKeyId: account, secretAccessKey: "local" },
        };
    }

    env(account = "111111111111"): ProviderEnv {
        return {
            AWS_ENDPOINT_URL: this.endpoint,
            AWS_ACCESS_KEY_ID: account,
            AWS_SECRET_ACCESS_KEY: "local",
        };
    }

    /** Runs one operation with providers of its own, as every stack operation has. */
    async operate<T>(
        name: string,
        program: PulumiFn,
        run: (stack: Stack) => Promise<T>,
        config: Record<string, string> = { "aws:region": "us-east-1" },
    ): Promise<T> {
        const providers: Providers = await startProviders(this.env(), { awsx: true });
        try {
            const workDir = path.join(this.home, name);
            fs.mkdirSync(path.join(this.home, "state"), { recursive: true });
            fs.mkdirSync(workDir, { recursive: true });
            const tool = await ensurePulumi(quiet);
            const stack = await LocalWorkspace.createOrSelectStack(
                { stackName: name, projectName: "provider-test", program },
                {
                    workDir,
                    pulumiHome: path.join(this.home, "pulumi"),
                    pulumiCommand: await PulumiCommand.get({ root: tool.root, skipVersionCheck: true }),
                    projectSettings: {
                        name: "provider-test",
                        runtime: "nodejs",
                        backend: { url: `file://${path.join(this.home, "state")}` },
                    },
                    envVars: {
                        PULUMI_CONFIG_PASSPHRASE: "local",
                        PULUMI_SKIP_UPDATE_CHECK: "1",
                        PULUMI_DEBUG_PROVIDERS: providers.debugProviders,
                    },
                },
            );
            const values = Object.entries(config).map(([key, value]) => [key, { value }]);
            await stack.setAllConfig(Object.fromEntries(values));
            return await run(stack);
        } finally {
            await providers.stop();
        }
    }
}
