import assert from "node:assert/strict";
import { ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { REPO_DIR } from "../local/paths";
import { isSameProcess, ProcessId } from "../local/tools/processId";

interface Saved {
    readonly port: number;
    readonly process: ProcessId;
}

/** Engines of their own: the folder is read when a module is loaded, so each step is a process of its own. */
describe("engines", function () {
    this.timeout(300_000);
    let folder: string;
    before(() => (folder = mkdtempSync(join(tmpdir(), "engines-"))));
    after(async () => {
        await script("await engines.stopEngines()");
        rmSync(folder, { recursive: true, force: true });
    });

    function begin(body: string): ChildProcess {
        const source = `const engines = require("./local/engines"); const say = () => {};
            (async () => { ${body} })().catch((error) => { console.error(error); process.exit(1); });`;
        const argv = ["-r", "ts-node/register/transpile-only", "-e", source];
        const env = { ...process.env, SYNTHETICSUN_LOCAL_DIR: folder };
        return spawn(process.execPath, argv, { cwd: REPO_DIR, env, stdio: ["ignore", "pipe", "inherit"] });
    }

    async function script(body: string): Promise<void> {
        const child = begin(body);
        child.stdout!.resume();
        const [code] = (await once(child, "exit")) as [number];
        assert.equal(code, 0);
    }

    type Engines = Record<"ministack" | "opensearch" | "services", Saved>;

    const saved = (): Engines => JSON.parse(readFileSync(join(folder, "state.json"), "utf8")) as Engines;

    const ids = (): ProcessId[] => Object.values(saved()).map(({ process }) => process);

    async function healthy(): Promise<boolean> {
        const { ministack, opensearch, services } = saved();
        const urls = [
            `http://127.0.0.1:${ministack.port}/_ministack/health`,
            `http://127.0.0.1:${opensearch.port}/_cluster/health`,
            `http://127.0.0.1:${services.port}/_services/health`,
        ];
        const answers = await Promise.allSettled(urls.map((url) => fetch(url)));
        return answers.every((answer) => answer.status === "fulfilled" && answer.value.ok);
    }

    async function allGone(processes: readonly ProcessId[]): Promise<boolean> {
        for (let waited = 0; processes.some(isSameProcess) && waited < 30_000; waited += 100) {
            await sleep(100);
        }
        return !processes.some(isSameProcess);
    }

    it("start, outlive the process that started them, and are used again", async () => {
        await script("await engines.startEngines({ detached: true }, say)");
        assert.ok(await healthy());
        const first = saved();
        await script("await engines.startEngines({ detached: true }, say)");
        assert.deepEqual(saved(), first);
    });

    it("OpenSearch comes back at its port after a crash, MiniStack is left alone", async () => {
        const before = saved();
        const crashing = before.opensearch.process;
        await script("engines.killOpenSearch()");
        assert.ok(await allGone([crashing]));
        assert.equal(await healthy(), false);
        await script("await engines.startEngines({ detached: true }, say)");
        assert.ok(await healthy());
        assert.equal(saved().opensearch.port, before.opensearch.port);
        assert.equal(saved().ministack.process.pid, before.ministack.process.pid);
    });

    it("stop with no process left", async () => {
        const running = ids();
        await script("await engines.stopEngines()");
        assert.ok(await allGone(running));
    });

    it("end with the process that started them, however it ends", async () => {
        const child = begin(
            "await engines.startEngines({ detached: false }, say); console.log('up'); setInterval(say, 1000)",
        );
        await once(createInterface(child.stdout!), "line");
        const running = ids();
        child.kill("SIGKILL");
        assert.equal(running.length, 3);
        assert.ok(await allGone(running));
    });
});
