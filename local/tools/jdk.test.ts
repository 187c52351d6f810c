import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ToolError } from "./error";
import { ensureJdk, javaMajor } from "./jdk";

describe("jdk", () => {
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "jdk-"))));
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    /** A home with a `java` that prints its version, and a release file if wanted. */
    function home(version: string, release = true): string {
        const path = join(folder, version);
        mkdirSync(join(path, "bin"), { recursive: true });
        const java = join(path, "bin", "java");
        writeFileSync(java, `#!/bin/sh\necho 'openjdk version "${version}"' >&2\n`);
        chmodSync(java, 0o755);
        if (release) {
            writeFileSync(join(path, "release"), `IMPLEMENTOR="X"\nJAVA_VERSION="${version}"\n`);
        }
        return path;
    }

    it("reads versions old and new", () => {
        const versions = ["1.8.0_402", "17.0.15", "25", "21-ea", "x"];
        assert.deepEqual(versions.map(javaMajor), [8, 17, 25, 21, undefined]);
    });

    it("takes the newest that was tried, and a newer one only when there is no other", async () => {
        const [java17, java25, java27] = [home("17.0.1"), home("25.0.1"), home("27")];
        assert.deepEqual(await ensureJdk([java17, java27, java25]), { home: java25, major: 25 });
        assert.deepEqual(await ensureJdk([java27]), { home: java27, major: 27 });
    });

    it("asks java itself where there is no release file", async () => {
        assert.equal((await ensureJdk([home("21.0.2", false)])).major, 21);
    });

    it("says what to install when there is none, or only an old one", async () => {
        await assert.rejects(ensureJdk([join(folder, "none")]), (error: unknown) => {
            assert.ok(error instanceof ToolError);
            assert.match(error.message, /^no JDK: install JDK 17 or newer .*JAVA_HOME\.$/);
            return true;
        });
        await assert.rejects(ensureJdk([home("11.0.2")]), /^ToolError: only Java 11 found: install JDK 17/);
    });
});
