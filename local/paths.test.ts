import assert from "node:assert/strict";
import { homedir } from "node:os";
import { join } from "node:path";
import { cacheDir, localDir, REPO_DIR } from "./paths";

describe("paths", () => {
    it("keeps the local cloud in the clone unless told otherwise", () => {
        assert.equal(localDir({}), join(REPO_DIR, ".local"));
        assert.equal(localDir({ SYNTHETICSUN_LOCAL_DIR: "/x/y" }), "/x/y");
    });

    it("finds the cache folder of each system", () => {
        assert.equal(cacheDir({ XDG_CACHE_HOME: "/c" }, "linux"), "/c/syntheticsun");
        assert.equal(cacheDir({}, "linux"), join(homedir(), ".cache", "syntheticsun"));
        assert.equal(cacheDir({}, "darwin"), join(homedir(), "Library", "Caches", "syntheticsun"));
    });

    it("ignores a relative XDG_CACHE_HOME, as its specification says", () => {
        assert.equal(cacheDir({ XDG_CACHE_HOME: "c" }, "linux"), join(homedir(), ".cache", "syntheticsun"));
    });
});
