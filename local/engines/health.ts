import { EngineName } from "./state";

const PATHS: Readonly<Record<EngineName, string>> = {
    ministack: "/_ministack/health",
    opensearch: "/_cluster/health",
    services: "/_services/health",
    misp: "/users/heartbeat",
};

/** What answers 200 when an engine is ready. */
export function healthUrl(name: EngineName, port: number): string {
    return `http://127.0.0.1:${port}${PATHS[name]}`;
}
