import assert from "node:assert/strict";
import { MemoryBucket } from "../bucket-testing";
import { encodeSnapshot, snapshotDigest } from "../indicators/snapshot";
import { Enrichments } from "./enrichments";
import { FakeClient } from "./testing";

function publish(s3: MemoryBucket, value: string): void {
    const seen = "2026-01-01T00:00:00Z";
    const bytes = encodeSnapshot([
        {
            type: "ipv4",
            value,
            feeds: ["f"],
            firstSeen: seen,
            lastSeen: seen,
            confidence: 50,
        },
    ]);
    const sha256 = snapshotDigest(bytes);
    s3.objects.set(`snapshots/${sha256}.bin`, bytes);
    s3.objects.set("current.json", Buffer.from(JSON.stringify({ key: `snapshots/${sha256}.bin`, sha256 })));
}

describe("Enrichments", () => {
    const { now } = Date;
    afterEach(() => {
        Date.now = now;
    });

    const make = (settings?: object, s3 = new MemoryBucket(), ec2 = new FakeClient()) =>
        new Enrichments(
            {
                SNAPSHOT_BUCKET: "s",
                AWS_REGION: "us-east-1",
                ENRICHMENT: settings && JSON.stringify(settings),
            },
            s3,
            () => ec2,
        );

    it("keeps what it has learned until the indicators change", async () => {
        const s3 = new MemoryBucket();
        publish(s3, "8.8.4.4");
        const enrichments = make(undefined, s3);
        const first = await enrichments.latest();
        assert.equal(first.indicators?.ip("8.8.4.4")?.value, "8.8.4.4");
        assert.equal(await enrichments.latest(), first);
        Date.now = () => now() + 3_600_000;
        assert.equal(await enrichments.latest(), first);
        publish(s3, "8.8.4.5");
        Date.now = () => now() + 7_200_000;
        const second = await enrichments.latest();
        assert.equal(second.indicators?.ip("8.8.4.4"), undefined);
        assert.equal(second.indicators?.ip("8.8.4.5")?.value, "8.8.4.5");
    });

    it("matches nothing, and says so, while no snapshot is published", async () => {
        const { indicators } = await make().latest();
        assert.equal(indicators?.ip("8.8.4.4"), undefined);
        assert.notEqual(indicators, undefined);
    });

    it("reads nothing for what is off", async () => {
        const s3 = new MemoryBucket();
        const ec2 = new FakeClient();
        const enrichment = await make({ indicators: false }, s3, ec2).latest();
        await enrichment.prepare();
        assert.deepEqual(
            [enrichment.indicators, enrichment.isLate, enrichment.keepOriginal],
            [undefined, false, false],
        );
        assert.deepEqual([s3.gets, ec2.inputs.length], [0, 0]);
    });

    it("asks for network interfaces when they are on", async () => {
        const ec2 = new FakeClient(() => ({ NetworkInterfaces: [] }));
        const enrichment = await make({ networkInterfaces: true }, undefined, ec2).latest();
        await enrichment.prepare();
        assert.equal(ec2.inputs.length, 1);
    });

    it("has resolvers only where they are asked for, and none that a database makes needless", async () => {
        const namesOf = async (settings: object) =>
            (await make(settings).latest()).resolvers.map(({ name }) => name);
        assert.deepEqual(await namesOf({}), []);
        assert.equal((await namesOf({ reverseDns: true })).length, 1);
        assert.equal((await namesOf({ ipApi: {} })).length, 1);
        assert.equal((await namesOf({ ipApi: {}, reverseDns: true })).length, 2);
        assert.deepEqual(await namesOf({ ipApi: {}, geo: true }), []);
        assert.deepEqual(await namesOf({ ipApi: false }), []);
    });
});
