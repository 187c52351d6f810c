import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { anyPort } from "../../local/engines/ports";
import { ensurePythonPackages } from "../../local/tools/pythonPackages";
import { startServerProcess } from "./server-process";

const VERSION = "5.2.5";

export interface Moto {
    readonly endpoint: string;
    stop(): Promise<void>;
}

/** Starts moto's server on a free port: its WAF knows lock tokens, which MiniStack's does not. */
export async function startMoto(): Promise<Moto> {
    const requirement = `moto[server,wafv2]==${VERSION}`;
    const python = await ensurePythonPackages(`moto ${VERSION}`, [requirement], () => undefined);
    const port = await anyPort();
    const endpoint = `http://127.0.0.1:${port}`;
    const stop = await startServerProcess({
        name: "moto",
        command: join(dirname(python), "moto_server"),
        args: ["-H", "127.0.0.1", "-p", String(port)],
        folder: mkdtempSync(join(tmpdir(), "moto-")),
        url: `${endpoint}/moto-api/data.json`,
    });
    return { endpoint, stop };
}
