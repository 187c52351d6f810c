import * as assert from "node:assert/strict";
import { readSettings } from "./context";

const ENV = { AWS_ENDPOINT_URL: "http://127.0.0.1:1", AWS_ACCESS_KEY_ID: "k", AWS_SECRET_ACCESS_KEY: "s" };

describe("readSettings", () => {
    it("decodes what arrives as JSON text", () => {
        const settings = readSettings(
            {
                region: "eu-west-1",
                assumeRoles: JSON.stringify([{ roleArn: "arn:r", externalId: "e" }]),
                allowedAccountIds: '["111111111111"]',
                defaultTags: '{"tags":{"a":"b"}}',
                endpoints: '[{"s3":"http://127.0.0.1:9"}]',
                skipMetadataApiCheck: "true",
            },
            ENV,
        );
        assert.deepEqual(
            [
                settings.region,
                settings.assumeRoles,
                settings.allowedAccountIds,
                settings.defaultTags,
                settings.endpoints,
            ],
            [
                "eu-west-1",
                [{ roleArn: "arn:r", externalId: "e" }],
                ["111111111111"],
                { a: "b" },
                { s3: "http://127.0.0.1:9" },
            ],
        );
        assert.deepEqual(settings.credentials, { accessKeyId: "k", secretAccessKey: "s" });
    });

    it("takes keys of the configuration before those of the environment", () => {
        const { credentials } = readSettings(
            { region: "r", accessKey: "own", secretKey: "x", token: "t" },
            ENV,
        );
        assert.deepEqual(credentials, { accessKeyId: "own", secretAccessKey: "x", sessionToken: "t" });
    });

    it("refuses unknown settings and never talks to AWS itself", () => {
        assert.throws(
            () => readSettings({ region: "r", customCaBundle: "x" }, ENV),
            /"customCaBundle" is not supported/,
        );
        assert.throws(
            () => readSettings({ region: "r" }, { ...ENV, AWS_ENDPOINT_URL: "" }),
            /AWS_ENDPOINT_URL/,
        );
        assert.throws(() => readSettings({}, ENV), /no region/);
    });
});
