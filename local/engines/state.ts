import * as fs from "node:fs";
import * as path from "node:path";
import { LOCAL_DIR } from "../paths";
import { ProcessId } from "../tools/processId";

/** One engine as it was last started. */
export interface EngineState {
    readonly port: number;
    readonly process: ProcessId;
}

export type EngineName = "ministack" | "opensearch" | "services" | "misp";
export type EnginesState = Partial<Record<EngineName, EngineState>>;

const FILE = path.join(LOCAL_DIR, "state.json");

/** What was started last; ports are remembered after a stop too. */
export function readState(): EnginesState {
    try {
        return JSON.parse(fs.readFileSync(FILE, "utf8")) as EnginesState;
    } catch {
        return {};
    }
}

export function writeState(name: EngineName, engine: EngineState): void {
    fs.mkdirSync(LOCAL_DIR, { recursive: true });
    const next = `${FILE}.new`;
    fs.writeFileSync(next, `${JSON.stringify({ ...readState(), [name]: engine }, null, 2)}\n`);
    fs.renameSync(next, FILE);
}
