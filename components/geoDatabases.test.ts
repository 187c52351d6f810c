import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { GeoDatabases, GeoFiles } from "./geoDatabases";
import { deploy } from "./testing";

const OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2";

describe("GeoDatabases", () => {
    let folder: string;
    before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "geo-"))));
    after(() => fs.rmSync(folder, { recursive: true }));

    const upload = (files: GeoFiles) =>
        deploy(() => {
            new GeoDatabases("g", { bucketName: "snapshots", kmsKeyArn: "arn:key", files });
        });

    it("uploads each file under the name that functions look for, encrypted", async () => {
        const file = path.join(folder, "some.mmdb");
        fs.writeFileSync(file, "mmdb");
        const made = await upload({ city: file, asnIpv6: file });
        const keys = made.names(OBJECT).map((name) => made.inputs(OBJECT, name).key);
        assert.deepEqual(keys, ["geo/asn-ipv6.mmdb", "geo/city.mmdb"]);
        for (const name of made.names(OBJECT)) {
            const { bucket, kmsKeyId } = made.inputs(OBJECT, name);
            assert.deepEqual([bucket, kmsKeyId], ["snapshots", "arn:key"]);
        }
    });

    it("uploads nothing when there is none", async () => {
        assert.deepEqual((await upload({})).names(OBJECT), []);
    });

    it("names the setting whose file is not there", async () => {
        await assert.rejects(
            upload({ asn: path.join(folder, "none.mmdb") }),
            /syntheticsun:geo\.asn: .*none\.mmdb/,
        );
        await assert.rejects(upload({ asn: folder }), /syntheticsun:geo\.asn/);
    });
});
