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

    it("are the same for the same delivery and others for a new version, and for what continues it", () => {
        assert.deepEqual(lakeKeys("aws.waf", CONTEXT, DATE), KEYS);
        assert.deepEqual(lakeKeys("aws.waf", CONTEXT, DATE, 0), KEYS);
        const keys = [
            KEYS,
            lakeKeys("aws.waf", { ...CONTEXT, version: "e2" }, DATE),
            lakeKeys("aws.waf", CONTEXT, DATE, 1),
            lakeKeys("aws.waf", CONTEXT, DATE, 12),
            lakeKeys("aws.waf", { ...CONTEXT, version: "e11" }, DATE, 2),
        ];
        assert.equal(new Set(keys.map(({ documentsKey }) => documentsKey)).size, keys.length);
        assert.ok(keys.every(({ documentsKey }) => parseLakeKey(documentsKey) !== undefined));
    });
});

describe("lakeSink", () => {
    const s3 = mockClient(S3Client);
    after(() => s3.restore());
    beforeEach(() => s3.reset());
    const puts = () => s3.commandCalls(PutObjectCommand).map(({ args }) => args[0].input);
    const textOf = (input: { Body?: unknown }) => gunzipSync(input.Body as Buffer).toString();
    const sink = (more: object = {}) =>
        lakeSink({ s3: s3 as unknown as S3Client, bucket: "lake", ...KEYS, ...more });

    it("puts nothing for nothing", async () => {
        await sink().close();
        assert.deepEqual(puts(), []);
    });

    it("puts documents and quarantine lines apart, under the hub's key", async () => {
        const lake = sink({ kmsKeyId: "arn:key" });
        const bytes = Buffer.from('{"a":1}\n{"ä":2}\n');
        await lake.documents(bytes);
        // The bytes are the caller's again.
        bytes.fill(0);
        await lake.quarantine('{"reason":"x"}');
        await lake.documents(Buffer.from('{"a":3}\n'));
        await lake.close();
        const [documents, quarantine] = puts();
        assert.equal(textOf(documents), '{"a":1}\n{"ä":2}\n{"a":3}\n');
        assert.equal(textOf(quarantine), '{"reason":"x"}\n');
        assert.deepEqual([documents.Key, quarantine.Key], [KEYS.documentsKey, KEYS.quarantineKey]);
        assert.deepEqual([documents.ServerSideEncryption, documents.SSEKMSKeyId], ["aws:kms", "arn:key"]);
        assert.equal(documents.ContentEncoding, undefined);
    });

    it("leaves encryption to the bucket where no key is given", async () => {
        const lake = sink();
        await lake.documents(Buffer.from("{}\n"));
        await lake.close();
        assert.deepEqual([puts()[0].ServerSideEncryption, puts()[0].SSEKMSKeyId], [undefined, undefined]);
    });

    it("cuts large output into parts at lines, the same however it came, and loses no line", async () => {
        const lines = Array.from(
            { length: 3000 },
            (_, index) => `${index}:${randomBytes(index % 50 === 0 ? 30_000 : 750).toString("base64")}\n`,
        );
        const whole = Buffer.from(lines.join(""));
        const ends = [...whole.entries()].filter(([, byte]) => byte === 10).map(([at]) => at + 1);
        const runs: string[][] = [];
        // Lines at once: one, some, and all.
        for (const size of [1, 7, 1000, 1000, 3000]) {
            s3.resetHistory();
            const lake = sink({ partBytes: 500_000 });
            for (let from = 0; from < ends.length; from += size) {
                const begin = from === 0 ? 0 : ends[from - 1];
                const bytes = Buffer.from(
                    whole.subarray(begin, ends[Math.min(from + size, ends.length) - 1]),
                );
                await lake.documents(bytes);
                bytes.fill(0);
            }
            await lake.close();
            const inputs = puts();
            assert.ok(inputs.length >= 3, `${inputs.length} parts`);
            assert.deepEqual(
                inputs.map(({ Key }) => Key),
                inputs.map((_, part) => partKey(KEYS.documentsKey, part)),
            );
            inputs.forEach((input) => assert.ok(textOf(input).endsWith("\n")));
            assert.ok(inputs.map(textOf).join("") === whole.toString());
            runs.push(inputs.map(({ Body }) => (Body as Buffer).toString("base64")));
        }
        runs.forEach((run) => assert.ok(run.join() === runs[0].join(), "parts differ"));
    }).timeout(60_000);

    it("passes a fault of S3 on", async () => {
        s3.on(PutObjectCommand).rejects(new Error("SlowDown"));
        const lake = sink();
        await lake.documents(Buffer.from("{}\n"));
        await assert.rejects(lake.close(), /SlowDown/);
    });
});
