import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { lakeSink } from "./lake";
import { lakeKeys, parseLakeKey, partKey } from "./lake-keys";

const CONTEXT = { accountId: "222222222222", region: "eu-west-1", origin: "a/b.gz", version: "e1" };
const DATE = new Date("2026-11-24T23:59:59Z");
const KEYS = lakeKeys("aws.waf", CONTEXT, DATE);

describe("lake keys", () => {
    it("name data set, account, region and day, and are read back", () => {
        assert.match(
            KEYS.documentsKey,
            /^logs\/aws\.waf\/222222222222\/eu-west-1\/2026\/11\/24\/[0-9a-f]{32}\.ndjson\.gz$/,
        );
        assert.equal(KEYS.quarantineKey, KEYS.documentsKey.replace("logs/", "quarantine/"));
        const { id, ...rest } = parseLakeKey(partKey(KEYS.documentsKey, 12)) ?? {};
        const expected = { kind: "logs", dataset: "aws.waf", accountId: "222222222222", region: "eu-west-1" };
        assert.deepEqual(rest, { ...expected, date: "2026-11-24", part: 12 });
        assert.equal(id?.length, 32);
        assert.equal(parseLakeKey("quarantine/index/logs/x"), undefined);
    });

    it("are the same for the same delivery and others for a new version", () => {
        assert.deepEqual(lakeKeys("aws.waf", CONTEXT, DATE), KEYS);
        assert.notDeepEqual(lakeKeys("aws.waf", { ...CONTEXT, version: "e2" }, DATE), KEYS);
    });
});

describe("lakeSink", () => {
    const s3 = mockClient(S3Client);
    after(() => s3.restore());
    beforeEach(() => s3.reset());
    const puts = () => s3.commandCalls(PutObjectCommand).map(({ args }) => args[0].input);
    const linesOf = (input: { Body?: unknown }) =>
        gunzipSync(input.Body as Buffer)
            .toString()
            .split("\n");
    const sink = (more: object = {}) =>
        lakeSink({ s3: s3 as unknown as S3Client, bucket: "lake", ...KEYS, ...more });

    it("puts nothing for nothing", async () => {
        await sink().close();
        assert.deepEqual(puts(), []);
    });

    it("puts documents and quarantine lines apart, under the hub's key", async () => {
        const lake = sink({ kmsKeyId: "arn:key" });
        await lake.document('{"a":1}');
        await lake.document('{"ä":2}');
        await lake.quarantine('{"reason":"x"}');
        await lake.close();
        const [documents, quarantine] = puts();
        assert.deepEqual(linesOf(documents), ['{"a":1}', '{"ä":2}', ""]);
        assert.deepEqual(linesOf(quarantine), ['{"reason":"x"}', ""]);
        assert.deepEqual([documents.Key, quarantine.Key], [KEYS.documentsKey, KEYS.quarantineKey]);
        assert.deepEqual([documents.ServerSideEncryption, documents.SSEKMSKeyId], ["aws:kms", "arn:key"]);
        assert.equal(documents.ContentEncoding, undefined);
    });

    it("cuts large output into parts, the same at each run, and loses no line", async () => {
        const lines = Array.from(
            { length: 3000 },
            (_, index) => `${index}:${randomBytes(750).toString("base64")}`,
        );
        const runs: string[][] = [];
        for (let run = 0; run < 2; run++) {
            s3.resetHistory();
            const lake = sink({ partBytes: 500_000 });
            for (const line of lines) {
                await lake.document(line);
            }
            await lake.close();
            const inputs = puts();
            assert.ok(inputs.length >= 3, `${inputs.length} parts`);
            assert.equal(inputs[1].Key, partKey(KEYS.documentsKey, 1));
            assert.deepEqual(
                inputs.flatMap((input) => linesOf(input).slice(0, -1)),
                lines,
            );
            runs.push(inputs.map(({ Body }) => (Body as Buffer).toString("base64")));
        }
        assert.deepEqual(runs[0], runs[1]);
    });
});
