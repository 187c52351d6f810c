import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensurePython, isUsablePython } from "./python";

describe("python", () => {
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "python-"))));
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    function python(version: string): string {
        const file = join(folder, `python-${version}`);
        writeFileSync(file, `#!/bin/sh\necho ${version}\necho "$0"\n`);
        chmodSync(file, 0o755);
        return file;
    }

    it("compares versions as numbers", () => {
        const versions = ["3.9.2", "3.10.0", "3.13.1", "2.7.18", "4.0.0"];
        assert.deepEqual(versions.map(isUsablePython), [false, true, true, false, false]);
    });

    it("takes the first that is new enough", async () => {
        const [old, good] = [python("3.9.2"), python("3.11.7")];
        assert.deepEqual(await ensurePython(["/none", old, good]), { binary: good, version: "3.11.7" });
    });

    it("says what to do when there is none, or only an old one", async () => {
        await assert.rejects(ensurePython(["/none"]), /^ToolError: no Python >= 3\.10: install Python 3\.10/);
        await assert.rejects(
            ensurePython([python("3.8.1")]),
            /no Python >= 3\.10 \(found 3\.8\.1\): install/,
        );
    });
});
