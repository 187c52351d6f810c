import assert from "node:assert/strict";
import { openSearchVersion } from "./opensearch";
import { isUsablePulumi } from "./pulumi";

describe("tool versions", () => {
    it("picks the OpenSearch that the Java runs", () => {
        assert.deepEqual([17, 20, 21, 25].map(openSearchVersion), ["2.19.3", "2.19.3", "3.4.0", "3.4.0"]);
    });

    it("takes Pulumi 3 from the tested release on", () => {
        const versions = ["v3.259.0", "3.300.1\n", "v3.258.9", "v4.0.0", ""];
        assert.deepEqual(versions.map(isUsablePulumi), [true, true, false, false, false]);
    });
});
