import * as path from "node:path";
import { parseArgs } from "node:util";
import { readState } from "../engines/state";
import { LOCAL_DIR } from "../paths";
import { startServices } from "./server";

/** Below what AWS allows for most of these calls, far above what a deployment needs. */
const CALLS_PER_SECOND = 20;

/** `main.ts --port N`: the stand-in as a process; SIGTERM ends it, and it writes its state before. */
async function main(): Promise<void> {
    const { values } = parseArgs({ options: { port: { type: "string", default: "0" } } });
    const services = await startServices({
        port: Number(values.port),
        // MiniStack starts after this, since its functions have to be told of it.
        awsEndpoint: () => `http://127.0.0.1:${readState().ministack?.port}`,
        folder: path.join(LOCAL_DIR, "services"),
        callsPerSecond: CALLS_PER_SECOND,
    });
    const stop = () => void services.close().then(() => process.exit(0));
    process.once("SIGTERM", stop);
    process.once("SIGINT", stop);
}

main().catch((error: Error) => {
    console.error(`services: ${error.message}`);
    process.exitCode = 1;
});
