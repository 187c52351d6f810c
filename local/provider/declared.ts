import * as fs from "node:fs";
import * as path from "node:path";
import { localDir } from "../paths";
import type { Props } from "./properties";
import type { ResourceEntry } from "./resource";

const file = (): string => path.join(localDir(), "declared.json");

function known(): string[] {
    try {
        return JSON.parse(fs.readFileSync(file(), "utf8")) as string[];
    } catch {
        return [];
    }
}

/** Notes, in .local/declared.json, what a program asked for and the emulator cannot be told. */
export function noteDeclared(entry: ResourceEntry, inputs: Props): void {
    const names = (entry.declaredOnly ?? [])
        .filter((property) => inputs[property] !== undefined)
        .map((property) => `${entry.type}.${property}`);
    const before = known();
    const all = [...new Set([...before, ...names])].sort();
    if (all.length === before.length) {
        return;
    }
    fs.mkdirSync(path.dirname(file()), { recursive: true });
    const draft = `${file()}.${process.pid}`;
    fs.writeFileSync(draft, `${JSON.stringify(all, null, 4)}\n`);
    fs.renameSync(draft, file());
}
