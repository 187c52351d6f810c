import * as fs from "node:fs";
import * as path from "node:path";
import { Listr } from "listr2";
import { seedAccounts } from "./accounts";
import { startEngines, stopEngines } from "./engines";
import { healthUrl } from "./engines/health";
import { isHealthy, isRunning } from "./engines/processes";
import { EngineName, EngineState, readState } from "./engines/state";
import { LOCAL_DIR } from "./paths";
import { ensurePulumi } from "./tools/pulumi";

const HELP = `The local cloud: MiniStack for AWS with IAM enforced, a stand-in for services that it lacks (GuardDuty,
DNS Firewall, Network Firewall, Security Hub) with IAM not enforced, a real OpenSearch, the Pulumi CLI.

Usage: npm run local -- up | down | status | reset

  up       start what does not run yet; set up what is missing
  down     stop every engine; data stay in .local
  status   ports, processes and health; settings that are declared only, because the emulator does not hold them
  reset    stop every engine and delete all data in .local (not the tools in the cache folder)`;

const NEEDED: readonly EngineName[] = ["ministack", "services", "opensearch"];
const COMMANDS: Readonly<Record<string, () => Promise<number>>> = { up, down, status, reset };

async function up(): Promise<number> {
    const tasks = new Listr([
        {
            title: "MiniStack, further services and OpenSearch",
            task: async (_, task) => {
                const cloud = await startEngines({ detached: true }, (text) => (task.output = text));
                await seedAccounts(cloud.awsEndpoint);
                task.title =
                    `MiniStack at ${cloud.awsEndpoint}, further services at ${cloud.servicesEndpoint}, ` +
                    `OpenSearch at ${cloud.openSearchEndpoint}`;
            },
        },
        {
            title: "Pulumi CLI",
            task: async (_, task) => {
                await ensurePulumi((text) => (task.output = text));
            },
        },
    ]);
    await tasks.run();
    return 0;
}

async function down(): Promise<number> {
    const stopped = await stopEngines();
    console.log(stopped.length > 0 ? `stopped ${stopped.join(", ")}` : "nothing was running");
    return 0;
}

/** @returns 0 when all engines that functions need run, else 1 */
async function status(): Promise<number> {
    const state = readState();
    for (const name of [...NEEDED, "misp"] as const) {
        const engine = state[name];
        console.log(`${name.padEnd(12)}${isRunning(engine) ? await describe(name, engine) : "stopped"}`);
    }
    console.log(
        "\nservices: GuardDuty, DNS Firewall, Network Firewall, Security Hub; IAM is not enforced there",
    );
    const declared = declaredOnly();
    if (declared.length > 0) {
        console.log("\ndeclared only: kept in the stack's state, held by no emulator, so not tested here");
        declared.forEach((line) => console.log(`  ${line}`));
    }
    return NEEDED.every((name) => isRunning(state[name])) ? 0 : 1;
}

async function describe(name: EngineName, { port, process: { pid } }: EngineState): Promise<string> {
    const health = (await isHealthy(healthUrl(name, port))) ? "healthy" : "does not answer";
    return `running   http://127.0.0.1:${port}   process ${pid}   ${health}`;
}

async function reset(): Promise<number> {
    await down();
    fs.rmSync(LOCAL_DIR, { recursive: true, force: true });
    console.log("data deleted");
    return 0;
}

function declaredOnly(): string[] {
    try {
        return JSON.parse(fs.readFileSync(path.join(LOCAL_DIR, "declared.json"), "utf8")) as string[];
    } catch {
        return [];
    }
}

async function main([name, ...rest]: readonly string[]): Promise<number> {
    if (name === "--help" || name === "help") {
        console.log(HELP);
        return 0;
    }
    const command = COMMANDS[name ?? ""];
    if (!command || rest.length > 0) {
        console.error(HELP);
        return 2;
    }
    try {
        return await command();
    } catch (error) {
        console.error((error as Error).message);
        return 1;
    }
}

void main(process.argv.slice(2)).then((code) => process.exit(code));
