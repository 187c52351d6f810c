import * as assert from "node:assert/strict";
import { diff } from "./diff";
import { equal, plain, SIGNATURE, UNKNOWN } from "./properties";
import type { ResourceEntry } from "./resource";

const entry: ResourceEntry = {
    type: "aws:test/thing:Thing",
    properties: ["name", "policy", "size"],
    declaredOnly: ["color"],
    replaceOn: ["name"],
    autoName: { property: "name" },
    tagged: true,
    create: async () => ({ id: "x", outs: {} }),
    update: async () => undefined,
    read: async () => undefined,
    delete: async () => undefined,
};

describe("diff", () => {
    it("sees no change where there is none", () => {
        const inputs = { name: "a", tags: { x: "1" }, policy: '{"a": 1}' };
        assert.deepEqual(diff(entry, inputs, { ...inputs, policy: '{"a":1}' }).changed, []);
    });

    it("updates for a change, a new and a removed property", () => {
        const { changed, replaces } = diff(entry, { size: 1, color: "red" }, { size: 2, policy: "p" });
        assert.deepEqual(changed.sort(), ["color", "policy", "size"]);
        assert.deepEqual(replaces, []);
    });

    it("replaces for a name", () => {
        assert.deepEqual(diff(entry, { name: "a" }, { name: "b" }).replaces, ["name"]);
    });

    it("replaces when the region is another", () => {
        const where = { oldRegion: "us-east-1", region: "eu-west-1" };
        assert.deepEqual(diff(entry, {}, {}, where).replaces, ["region"]);
        assert.deepEqual(diff(entry, {}, {}, { ...where, region: "us-east-1" }).changed, []);
    });

    it("replaces what has no update, but not for what is only declared", () => {
        const fixed = { ...entry, update: undefined };
        assert.deepEqual(diff(fixed, { size: 1 }, { size: 2 }).replaces, ["size"]);
        assert.deepEqual(diff(fixed, { color: "red" }, { color: "blue" }).replaces, []);
    });

    it("deletes first where a fixed name would clash", () => {
        const replaced = { ...entry, replaceOn: ["name", "size"] };
        const size = (name: string): boolean =>
            diff(replaced, { name, size: 1 }, { name, size: 2 }).deleteBeforeReplace;
        assert.equal(size("fixed"), true);
        assert.equal(size("thing-0a1b2c3"), false);
    });

    it("takes an unknown for a change", () => {
        assert.deepEqual(diff(entry, { size: 1 }, { size: UNKNOWN }).changed, ["size"]);
        assert.deepEqual(diff(entry, { tags: { a: "1" } }, { tags: { a: UNKNOWN } }).changed, ["tags"]);
    });
});

describe("properties", () => {
    it("compares archives by their hash", () => {
        const archive = (hash: string, more: object = {}): object => ({ [SIGNATURE]: "0def", hash, ...more });
        assert.equal(equal(archive("1"), archive("1", { assets: {} })), true);
        assert.equal(equal(archive("1"), archive("2")), false);
    });

    it("unwraps secrets, outputs and resources, and drops nulls", () => {
        const secret = { [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270", value: { password: "p" } };
        const output = { [SIGNATURE]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", value: 1 };
        const unknown = { [SIGNATURE]: "d0e6a833031e9bbcd3f4e8bde6ca49a4" };
        const resource = { [SIGNATURE]: "5cf8f73096256a8f31e491e813e4eb8e", urn: "u", id: "i" };
        assert.deepEqual(plain({ secret, list: [output, unknown, resource], none: null }), {
            secret: { password: "p" },
            list: [1, UNKNOWN, "i"],
        });
    });
});
