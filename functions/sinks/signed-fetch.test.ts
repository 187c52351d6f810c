import assert from "node:assert/strict";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { signedHeaders } from "./signed-fetch";

describe("signedHeaders", () => {
    const now = new Date("2026-11-24T11:00:00.123Z");

    for (const token of [undefined, "session/token+=="]) {
        it(`signs as AWS's own signer does ${token ? "with" : "without"} a session token`, async () => {
            const env = {
                AWS_REGION: "eu-west-1",
                AWS_ACCESS_KEY_ID: "AKID",
                AWS_SECRET_ACCESS_KEY: "secret",
                AWS_SESSION_TOKEN: token,
            };
            const signer = new SignatureV4({
                service: "es",
                region: "eu-west-1",
                credentials: { accessKeyId: "AKID", secretAccessKey: "secret", sessionToken: token },
                sha256: Sha256,
            });
            const body = '{"index":{}}\n{"ä":1}\n';
            const expected = await signer.sign(
                {
                    method: "POST",
                    protocol: "https:",
                    hostname: "search.example",
                    path: "/_bulk",
                    headers: { host: "search.example", "content-type": "application/x-ndjson" },
                    body,
                },
                { signingDate: now },
            );
            const request = { method: "POST", url: "https://search.example/_bulk", body };
            const actual = signedHeaders({ ...request, contentType: "application/x-ndjson" }, env, now);
            assert.equal(actual.authorization, expected.headers.authorization);
            assert.equal(actual["x-amz-date"], expected.headers["x-amz-date"]);
        });
    }
});
