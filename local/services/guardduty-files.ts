import { isIPv4 } from "node:net";
import { isHostName } from "./host-name";
import { ListFile } from "./list-reader";

/** Threat intel sets are of addresses, threat entity sets of addresses and domains. */
export type SetKind = "intel" | "entity";

const MAX_LINES = 250_000;

/** @returns why GuardDuty cannot use a list, undefined for one that it can */
export function checkSetFile(kind: SetKind, file: ListFile): string | undefined {
    if ("problem" in file) {
        return file.problem;
    }
    const { lines } = file;
    if (lines.length === 0 || lines.length > MAX_LINES) {
        return `the list has ${lines.length} lines: 1 to ${MAX_LINES} are allowed`;
    }
    const wrong = lines.findIndex((line) => !isNetwork(line) && !(kind === "entity" && isHostName(line)));
    return wrong < 0 ? undefined : `line ${wrong + 1} of the list is not of the format TXT`;
}

/** An IPv4 address or network. */
function isNetwork(line: string): boolean {
    const [, address, prefix] = /^([^/]+)(?:\/(\d{1,2}))?$/.exec(line) ?? [];
    return isIPv4(address ?? "") && (prefix === undefined || (Number(prefix) >= 1 && Number(prefix) <= 32));
}
