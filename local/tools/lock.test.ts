import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { withLock } from "./lock";

describe("lock", () => {
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "lock-"))));
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    it("lets one at a time in, and is gone afterwards", async () => {
        const file = join(folder, "a.lock");
        let inside = 0;
        const work = async (): Promise<void> => {
            assert.equal(++inside, 1);
            await sleep(20);
            inside--;
        };
        await Promise.all([withLock(file, work), withLock(file, work), withLock(file, work)]);
        assert.equal(existsSync(file), false);
    });

    it("is let go of when the work fails", async () => {
        const file = join(folder, "a.lock");
        await assert.rejects(
            withLock(file, () => Promise.reject(new Error("no"))),
            /no/,
        );
        assert.equal(await withLock(file, () => Promise.resolve(1)), 1);
    });

    it("takes no notice of a dead process' lock", async () => {
        const file = join(folder, "a.lock");
        writeFileSync(file, JSON.stringify({ pid: process.pid, started: "another time" }));
        assert.equal(await withLock(file, () => Promise.resolve(1)), 1);
    });
});
