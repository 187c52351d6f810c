import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { attributesFromFeed, startMisp } from "./server";

/**
 * `main.ts --port N --feed FILE [--feed FILE …]`: the MISP stand-in as a process; SIGTERM ends it.
 * The key comes from `--key` or from the environment's MISP_KEY, which no list of processes shows.
 */
async function main(): Promise<void> {
    const { values } = parseArgs({
        options: {
            port: { type: "string", default: "0" },
            key: { type: "string" },
            feed: { type: "string", multiple: true, default: [] },
        },
    });
    const key = values.key ?? process.env.MISP_KEY;
    if (!key || !/^\d+$/.test(values.port)) {
        throw new Error(
            "usage: main.ts --key KEY (or MISP_KEY in the environment) [--port NUMBER] [--feed FILE …]",
        );
    }
    const attributes = values.feed.flatMap((file) => attributesFromFeed(readFileSync(file, "utf8")));
    const misp = await startMisp({ key, attributes, port: Number(values.port) });
    console.log(JSON.stringify({ event: "misp-ready", url: misp.url, attributes: attributes.length }));
    const stop = () => void misp.close().then(() => process.exit(0));
    process.once("SIGTERM", stop);
    process.once("SIGINT", stop);
}

main().catch((error: Error) => {
    console.error(`misp: ${error.message}`);
    process.exitCode = 1;
});
