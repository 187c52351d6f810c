import * as path from "node:path";
import { REPO_DIR } from "../paths";
import { isRunning, Launch } from "./processes";
import { readState } from "./state";

/** The SDK's names of the services that the stand-in speaks: it looks for `AWS_ENDPOINT_URL_` and the name. */
const SERVICES = ["GUARDDUTY", "ROUTE53RESOLVER", "NETWORK_FIREWALL", "SECURITYHUB"];

/** How the stand-in for services that no emulator has is started. */
export function servicesLaunch(port: number): Launch {
    return {
        name: "services",
        program: process.execPath,
        args: [
            "-r",
            path.join(REPO_DIR, "node_modules", "ts-node", "register", "transpile-only"),
            path.join(REPO_DIR, "local", "services", "main.ts"),
            "--port",
            String(port),
        ],
        port,
        patience: 60,
        env: {
            PATH: process.env.PATH,
            HOME: process.env.HOME,
            LANG: "C.UTF-8",
            SYNTHETICSUN_LOCAL_DIR: process.env.SYNTHETICSUN_LOCAL_DIR,
        },
    };
}

/** Environment by which the AWS SDK finds the stand-in. */
export function servicesEnvironment(port: number): Record<string, string> {
    return Object.fromEntries(SERVICES.map((name) => [`AWS_ENDPOINT_URL_${name}`, endpointAt(port)]));
}

/** Where the stand-in answers; undefined while it does not run. */
export function servicesEndpoint(): string | undefined {
    const engine = readState().services;
    return isRunning(engine) ? endpointAt(engine.port) : undefined;
}

function endpointAt(port: number): string {
    return `http://127.0.0.1:${port}`;
}
