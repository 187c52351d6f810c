import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { choosePort } from "../engines/ports";
import { isRunning, launch, stop } from "../engines/processes";
import { readState, writeState } from "../engines/state";
import { LOCAL_DIR, REPO_DIR } from "../paths";

/** The MISP stand-in as a process of its own: it outlives the demo, as the schedule goes on. */
export interface MispProcess {
    readonly url: string;
    /** 40 characters, new at each start. */
    readonly key: string;
}

/** Starts the stand-in with a feed's indicators; one that runs is replaced, at the same port. */
export async function startMispProcess(feedText: string): Promise<MispProcess> {
    const last = readState().misp;
    if (isRunning(last)) {
        await stop(last);
    }
    const port = await choosePort("SYNTHETICSUN_MISP_PORT", last?.port);
    const key = randomBytes(20).toString("hex");
    const feed = path.join(LOCAL_DIR, "misp-feed.txt");
    fs.mkdirSync(LOCAL_DIR, { recursive: true });
    fs.writeFileSync(feed, feedText);
    const engine = await launch({
        name: "misp",
        program: process.execPath,
        args: [
            "-r",
            path.join(REPO_DIR, "node_modules", "ts-node", "register", "transpile-only"),
            path.join(__dirname, "main.ts"),
            "--port",
            String(port),
            "--feed",
            feed,
        ],
        env: { ...process.env, MISP_KEY: key },
        port,
        patience: 30,
    });
    writeState("misp", engine);
    return { url: `http://127.0.0.1:${port}`, key };
}
