import assert from "node:assert/strict";
import { tlsVersion } from "./tls-version";

describe("tlsVersion", () => {
    it("reads how AWS's services write it", () => {
        assert.deepEqual(tlsVersion("TLSv1.2"), { version: "1.2", version_protocol: "tls" });
        assert.deepEqual(tlsVersion("TLSV1.3"), { version: "1.3", version_protocol: "tls" });
        assert.deepEqual(tlsVersion("tlsv12"), { version: "1.2", version_protocol: "tls" });
        assert.deepEqual(tlsVersion("TLSv1"), { version: "1", version_protocol: "tls" });
        assert.deepEqual(tlsVersion("SSLv3"), { version: "3", version_protocol: "ssl" });
    });

    it("says nothing of anything else", () => {
        for (const text of [undefined, "", "-", "QUIC", "TLSv1.2.3", "tlsv"]) {
            assert.deepEqual(tlsVersion(text), {});
        }
    });
});
