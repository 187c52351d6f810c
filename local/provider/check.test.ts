import * as assert from "node:assert/strict";
import { check, logicalName, nameFor, resourceType } from "./check";
import { SIGNATURE } from "./properties";
import { allEntries, findEntry } from "./resources";
import { acceptedProperties } from "./resource";

const urn = (type: string, name = "thing"): string =>
    `urn:pulumi:dev::project::my:Component$${type}::${name}`;
const BUCKET = "aws:s3/bucket:Bucket";

describe("check", () => {
    it("reads type and name out of a URN", () => {
        assert.equal(resourceType(urn(BUCKET)), BUCKET);
        assert.equal(logicalName(urn(BUCKET, "a-b")), "a-b");
    });

    it("refuses a type it does not know, by name", async () => {
        const type = "aws:foo/bar:Bar";
        const { failures } = check(await findEntry(type), urn(type), {}, {});
        assert.deepEqual(failures, [
            { property: "", reason: "aws:foo/bar:Bar is not supported by the local cloud" },
        ]);
    });

    it("refuses a property it does not know, by name", async () => {
        const { failures } = check(
            await findEntry(BUCKET),
            urn(BUCKET),
            {},
            { acl: "private", forceDestroy: true },
        );
        assert.deepEqual(failures, [
            {
                property: "acl",
                reason: 'aws:s3/bucket:Bucket: property "acl" is not supported by the local cloud',
            },
        ]);
    });

    it("drops what the engine added for itself", async () => {
        const { inputs, failures } = check(
            await findEntry(BUCKET),
            urn(BUCKET),
            {},
            { __defaults: [], bucket: "b" },
        );
        assert.deepEqual([inputs, failures], [{ bucket: "b" }, []]);
    });

    it("names what has no name, and keeps the name", async () => {
        const entry = await findEntry(BUCKET);
        const { inputs } = check(entry, urn(BUCKET, "Lake"), {}, {});
        assert.match(String(inputs.bucket), /^lake-[0-9a-f]{7}$/);
        assert.equal(check(entry, urn(BUCKET, "Lake"), inputs, {}).inputs.bucket, inputs.bucket);
        assert.equal(check(entry, urn(BUCKET, "Lake"), inputs, { bucket: "own" }).inputs.bucket, "own");
    });

    it("keeps to a prefix, a suffix and a maximum length", () => {
        const auto = { property: "name", prefixProperty: "namePrefix", maxLength: 20, suffix: () => ".fifo" };
        assert.match(nameFor(auto, urn(BUCKET), {}, { namePrefix: "pre-" }), /^pre-[0-9a-f]{7}\.fifo$/);
        assert.equal(nameFor(auto, urn(BUCKET, "x".repeat(50)), {}, {}).length, 20);
    });

    it("knows for every type which inputs it takes", async () => {
        const entries = await allEntries();
        assert.equal(new Set(entries.map(({ type }) => type)).size, entries.length);
        for (const entry of entries) {
            const accepted = acceptedProperties(entry);
            assert.equal(new Set(accepted).size, accepted.length, `${entry.type} names an input twice`);
            assert.equal(SIGNATURE in Object.fromEntries(accepted.map((key) => [key, 1])), false);
            assert.equal(await findEntry(entry.type), entry);
        }
    });
});
