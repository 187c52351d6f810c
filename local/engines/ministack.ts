import * as fs from "node:fs";
import * as path from "node:path";
import { HUB } from "../accounts";
import { LOCAL_DIR, REPO_DIR } from "../paths";
import { Launch } from "./processes";
import { servicesEnvironment } from "./services";

/** How MiniStack is started: IAM enforced, from a clean environment, since all of it leaks into functions. */
export function ministackLaunch(
    python: string,
    port: number,
    { openSearchPort, servicesPort }: { readonly openSearchPort: number; readonly servicesPort: number },
): Launch {
    const temporary = path.join(LOCAL_DIR, "tmp");
    const data = path.join(LOCAL_DIR, "ministack");
    const modules = path.join(REPO_DIR, "node_modules");
    fs.mkdirSync(temporary, { recursive: true });
    fs.mkdirSync(path.join(data, "s3"), { recursive: true });
    // Functions find the AWS SDK, as in Lambda's runtime.
    const link = path.join(temporary, "node_modules");
    fs.rmSync(link, { force: true });
    fs.symlinkSync(modules, link);
    return {
        name: "ministack",
        program: python,
        args: [path.join(__dirname, "ministack_main.py")],
        port,
        patience: 30,
        env: {
            PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env.PATH ?? ""}`,
            HOME: temporary,
            LANG: "C.UTF-8",
            GATEWAY_PORT: String(port),
            BIND_HOST: "127.0.0.1",
            AUTH: "true",
            MINISTACK_ACCOUNT_ID: HUB.id,
            MINISTACK_OPENSEARCH_ENDPOINT: `127.0.0.1:${openSearchPort}`,
            SFTP_ENABLED: "0",
            IOT_MTLS_ENABLED: "0",
            NODE_PATH: modules,
            ...servicesEnvironment(servicesPort),
            TMPDIR: temporary,
            PERSIST_STATE: "1",
            STATE_DIR: data,
            S3_PERSIST: "1",
            S3_DATA_DIR: path.join(data, "s3"),
        },
    };
}
