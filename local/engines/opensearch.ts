import * as fs from "node:fs";
import * as path from "node:path";
import { LOCAL_DIR } from "../paths";
import { OpenSearchTool } from "../tools/opensearch";
import { Launch } from "./processes";

/**
 * OpenSearch refuses to run as root. Where root is all there is (a container, a CI machine), its check is passed by
 * leaving out the native library that it asks; the server listens on the loopback alone.
 */
const AS_ROOT = "-Djna.nosys=true -Djna.nounpack=true -Djna.boot.library.path=/nonexistent";

/** How OpenSearch is started: one node, on the loopback, data and settings in the clone. */
export function openSearchLaunch({ home, jdk }: OpenSearchTool, port: number): Launch {
    const base = path.join(LOCAL_DIR, "opensearch");
    const config = path.join(base, "config");
    const temporary = path.join(base, "tmp");
    fs.rmSync(temporary, { recursive: true, force: true });
    fs.mkdirSync(temporary, { recursive: true });
    fs.mkdirSync(path.join(base, "logs"), { recursive: true });
    fs.rmSync(config, { recursive: true, force: true });
    fs.cpSync(path.join(home, "config"), config, { recursive: true });
    const options = path.join(config, "jvm.options");
    fs.writeFileSync(options, withoutLogFiles(fs.readFileSync(options, "utf8")));
    fs.writeFileSync(path.join(config, "opensearch.yml"), settings(base, port));
    return {
        name: "opensearch",
        program: path.join(home, "bin", "opensearch"),
        args: [],
        port,
        patience: 120,
        env: {
            PATH: process.env.PATH,
            HOME: base,
            LANG: "C.UTF-8",
            OPENSEARCH_PATH_CONF: config,
            // Not among the options of jvm.options: those cannot hold a blank, a clone's path may.
            JDK_JAVA_OPTIONS: `-Djava.io.tmpdir="${temporary}"`,
            OPENSEARCH_TMPDIR: temporary,
            OPENSEARCH_JAVA_OPTS: `-Xms512m -Xmx512m ${process.getuid?.() === 0 ? AS_ROOT : ""}`.trim(),
            OPENSEARCH_JAVA_HOME: jdk.home,
        },
    };
}

function settings(base: string, port: number): string {
    return [
        "cluster.name: syntheticsun-local",
        "discovery.type: single-node",
        "network.host: 127.0.0.1",
        `http.port: ${port}`,
        // The transport is not used by one node; it must not meet another one's.
        "transport.port: 0",
        `path.data: ${JSON.stringify(path.join(base, "data"))}`,
        `path.logs: ${JSON.stringify(path.join(base, "logs"))}`,
        "action.auto_create_index: true",
        "cluster.routing.allocation.disk.threshold_enabled: false",
        "",
    ].join("\n");
}

/** The shipped options log garbage collection into the server's own folder, which clones share. */
function withoutLogFiles(options: string): string {
    return options
        .split("\n")
        .filter((line) => !/logs\/|HeapDumpPath|java\.io\.tmpdir/.test(line))
        .join("\n");
}
