import { Progress, ToolError } from "../tools/error";
import { ensureMiniStack } from "../tools/ministack";
import { ensureOpenSearch } from "../tools/opensearch";
import { signal } from "../tools/processId";
import { release } from "./guard";
import { healthUrl } from "./health";
import { ministackLaunch } from "./ministack";
import { openSearchLaunch } from "./opensearch";
import { choosePort } from "./ports";
import { isHealthy, isRunning, Launch, launch, stop } from "./processes";
import { servicesLaunch } from "./services";
import { EngineName, readState, writeState } from "./state";

/** A local cloud that runs. */
export interface Cloud {
    readonly awsEndpoint: string;
    readonly openSearchEndpoint: string;
    /** GuardDuty, Route 53 Resolver, Network Firewall, Security Hub. */
    readonly servicesEndpoint: string;
}

export interface StartOptions {
    /** The engines live on after this process; else they end with it, however it ends. */
    readonly detached: boolean;
}

/** Starts what does not run yet; engines that run and are healthy are used. @throws ToolError in one line */
export async function startEngines(options: StartOptions, say: Progress): Promise<Cloud> {
    const [openSearchPort, servicesPort] = await Promise.all([
        startOpenSearch(say),
        startServices(say),
        ensureMiniStack(say),
    ]);
    const awsPort = await startMinistack(openSearchPort, servicesPort, say);
    if (options.detached) {
        release();
    }
    return {
        awsEndpoint: endpointAt(awsPort),
        openSearchEndpoint: endpointAt(openSearchPort),
        servicesEndpoint: endpointAt(servicesPort),
    };
}

/** Ends every engine, MiniStack first so that nothing writes to OpenSearch any more. */
export async function stopEngines(): Promise<EngineName[]> {
    const stopped: EngineName[] = [];
    const state = readState();
    for (const name of ["misp", "ministack", "services", "opensearch"] as const) {
        const engine = state[name];
        if (isRunning(engine)) {
            await stop(engine);
            stopped.push(name);
        }
    }
    return stopped;
}

/** Ends OpenSearch at once, as a crash would. */
export function killOpenSearch(): void {
    const engine = readState().opensearch;
    if (!engine || !signal(engine.process, "SIGKILL")) {
        throw new ToolError("OpenSearch does not run");
    }
}

/** Starts OpenSearch alone, at the port it had. @returns the port */
export async function startOpenSearch(say: Progress): Promise<number> {
    const tool = await ensureOpenSearch(say);
    return start("opensearch", "SYNTHETICSUN_OPENSEARCH_PORT", "OpenSearch", say, (port) =>
        openSearchLaunch(tool, port),
    );
}

/** Starts the stand-in. Functions know its port from MiniStack's environment: at another port, MiniStack goes first. */
async function startServices(say: Progress): Promise<number> {
    const { services: last, ministack } = readState();
    const title = "the stand-in for further services";
    const port = await start("services", "SYNTHETICSUN_SERVICES_PORT", title, say, servicesLaunch);
    if (port !== last?.port && isRunning(ministack)) {
        await stop(ministack);
    }
    return port;
}

async function startMinistack(openSearchPort: number, servicesPort: number, say: Progress): Promise<number> {
    const python = await ensureMiniStack(say);
    return start("ministack", "SYNTHETICSUN_MINISTACK_PORT", "MiniStack", say, (port) =>
        ministackLaunch(python, port, { openSearchPort, servicesPort }),
    );
}

async function start(
    name: EngineName,
    variable: string,
    title: string,
    say: Progress,
    prepare: (port: number) => Launch,
): Promise<number> {
    const last = readState()[name];
    if (isRunning(last)) {
        if (await isHealthy(healthUrl(name, last.port))) {
            return last.port;
        }
        await stop(last);
    }
    const port = await choosePort(variable, last?.port);
    say(`starting ${title} on port ${port}`);
    writeState(name, await launch(prepare(port)));
    return port;
}

function endpointAt(port: number): string {
    return `http://127.0.0.1:${port}`;
}

export { release as letEnginesLiveOn } from "./guard";
