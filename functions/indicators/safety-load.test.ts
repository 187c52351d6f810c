import assert from "node:assert/strict";
import { FakeClient, quiet } from "../handlers/testing";
import { loadSafety } from "./safety-load";
import { IndicatorSettings } from "./settings";

const settings: IndicatorSettings = {
    feeds: [],
    allowList: ["corp.com"],
    warningLists: ["safety/known-good.json"],
    guard: { share: 0.5, minimum: 10 },
    widest: { ipv4: 8, ipv6: 19 },
    allowDocumentation: false,
};

/** A bucket that answers listings, too. */
function bucketOf(objects: Readonly<Record<string, string>>): FakeClient {
    return new FakeClient((input, name) => {
        if (name === "ListObjectsV2Command") {
            const keys = Object.keys(objects).filter((key) => key.startsWith(String(input.Prefix)));
            return { Contents: keys.map((Key) => ({ Key })) };
        }
        const text = objects[String(input.Key)];
        if (text === undefined) {
            throw Object.assign(new Error("gone"), { name: "NoSuchKey" });
        }
        const bytes = async () => Buffer.from(text);
        return { Body: { transformToByteArray: bytes, transformToString: async () => text } };
    });
}

const knownGood = JSON.stringify({ name: "resolvers", type: "cidr", list: ["9.9.9.9"] });
const reason = async (value: string, lakeObjects: Readonly<Record<string, string>>) => {
    const safety = await loadSafety(settings, {
        s3: bucketOf({ "safety/known-good.json": knownGood }),
        bucket: "snapshots",
        lake: { s3: bucketOf(lakeObjects), bucket: "lake" },
    });
    return safety.refusal({ type: "ipv4", value });
};

describe("loadSafety", () => {
    quiet();
    const own = {
        "addresses/222222222222/us-east-1.json": '{"at":"2026-11-24T00:00:00Z","addresses":["52.1.2.3"]}',
        "addresses/333333333333/eu-west-1.json": "<html>",
        "addresses/444444444444/eu-west-1.json": JSON.stringify({ addresses: ["8.0.0.0/8", "52.1.2.9", 7] }),
        "addresses/555555555555/eu-west-1.json": JSON.stringify({ addresses: Array(5001).fill("52.1.2.8") }),
        "logs/addresses.json": '{"addresses":["52.1.2.7"]}',
    };

    it("knows the addresses that each account names, a broken list costing the others nothing", async () => {
        assert.equal(await reason("52.1.2.3", own), "the organization's own address");
        assert.equal(await reason("52.1.2.9", own), "the organization's own address");
        assert.equal(await reason("52.1.2.7", own), undefined);
    });

    it("believes no account that names whole networks, or far too much", async () => {
        assert.equal(await reason("8.8.8.8", own), undefined);
        assert.equal(await reason("52.1.2.8", own), undefined);
    });

    it("knows the warning lists, and fails when one is missing", async () => {
        assert.equal(await reason("9.9.9.9", {}), 'on warning list "resolvers"');
        await assert.rejects(
            loadSafety(settings, { s3: bucketOf({}), bucket: "snapshots" }),
            /safety\/known-good\.json is missing: deploy/,
        );
    });
});
