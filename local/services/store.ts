import * as fs from "node:fs";
import * as path from "node:path";

const WRITE_AFTER = 300;

/** State of each service, account and region: in memory, and in one file each. */
export class Store {
    private readonly states = new Map<string, object>();
    private readonly changed = new Set<string>();
    private timer?: NodeJS.Timeout;

    /** @param folder where the files are; without one nothing is kept */
    constructor(private readonly folder?: string) {}

    /** @param name what becomes the file's name */
    get<S extends object>(name: string, initial: () => S): S {
        const state = this.states.get(name) ?? this.read(name) ?? initial();
        this.states.set(name, state);
        return state as S;
    }

    /** A state was changed: it is written soon, together with what else changes meanwhile. */
    touch(name: string): void {
        if (this.folder) {
            this.changed.add(name);
            this.timer ??= setTimeout(() => this.flush(), WRITE_AFTER);
        }
    }

    /** Writes what has changed. */
    flush(): void {
        clearTimeout(this.timer);
        this.timer = undefined;
        for (const name of this.changed) {
            const file = this.file(name);
            fs.mkdirSync(path.dirname(file), { recursive: true });
            fs.writeFileSync(`${file}.new`, JSON.stringify(this.states.get(name)));
            fs.renameSync(`${file}.new`, file);
        }
        this.changed.clear();
    }

    private read(name: string): object | undefined {
        const file = this.file(name);
        return this.folder && fs.existsSync(file)
            ? (JSON.parse(fs.readFileSync(file, "utf8")) as object)
            : undefined;
    }

    private file(name: string): string {
        return path.join(this.folder ?? "", `${name}.json`);
    }
}
