import assert from "node:assert/strict";
import { ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { isSameProcess, processId, signal } from "./processId";

describe("processId", () => {
    let child: ChildProcess;
    beforeEach(async () => {
        child = spawn(process.execPath, ["-e", "console.log(1); setInterval(() => {}, 1000)"]);
        await once(child.stdout!, "data");
    });
    afterEach(() => child.kill("SIGKILL"));

    it("never signals another process that got the pid", async () => {
        const id = processId(child.pid!)!;
        assert.equal(signal({ pid: id.pid, started: `${id.started}0` }, "SIGKILL"), false);
        assert.ok(isSameProcess(id));
    });

    it("signals the very process, and knows when it is gone", async () => {
        const id = processId(child.pid!)!;
        const exit = once(child, "exit");
        assert.equal(signal(id, "SIGTERM"), true);
        await exit;
        assert.equal(isSameProcess(id), false);
        assert.equal(signal(id, "SIGTERM"), false);
    });

    it("has none for a pid that no process has", () => {
        assert.equal(processId(2 ** 30), undefined);
    });
});
