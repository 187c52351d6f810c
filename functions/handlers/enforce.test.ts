import assert from "node:assert/strict";
import { MemoryBucket } from "../bucket-testing";
import { EnforcementReport } from "../enforcement/enforcement-report";
import { IndicatorMatch } from "../indicators/indicator";
import { encodeSnapshot, snapshotDigest } from "../indicators/snapshot";
import { createHandler } from "./enforce";
import { FakeClient, quiet, sqsEvent } from "./testing";

const NOW = "2026-11-24T12:00:00.000Z";
const ENV = {
    SNAPSHOT_BUCKET: "snapshots",
    ACCOUNT_ID: "111122223333",
    AWS_REGION: "eu-west-1",
    LAKE_BUCKET: "lake",
    LAKE_KMS_KEY: "arn:key",
    PLACES_BUCKET: "own",
};
const PLACES = JSON.stringify([
    { place: "network-firewall", suricataGroupArn: "arn:rules", action: "drop" },
    { place: "waf", scope: "REGIONAL", ipv4Sets: [{ id: "i", name: "n" }], ipv6Sets: [] },
]);
const ENVELOPE = { Message: JSON.stringify({ version: "v", key: "k" }) };

function indicator(value: string): IndicatorMatch {
    return { type: "ipv4", value, feeds: ["misp"], confidence: 80, firstSeen: NOW, lastSeen: NOW };
}

function publish(s3: MemoryBucket, values: string[], version = "v1"): string {
    const bytes = encodeSnapshot(values.map(indicator));
    const sha256 = snapshotDigest(bytes);
    const key = `snapshots/${sha256.slice(0, 16)}.bin`;
    s3.objects.set(key, bytes);
    s3.objects.set("current.json", Buffer.from(JSON.stringify({ sha256, version, key, counts: {} })));
    return sha256;
}

function spoke(places = PLACES) {
    const snapshots = new MemoryBucket();
    const lake = new MemoryBucket();
    let held: unknown = [];
    const waf = new FakeClient((input, name) => {
        if (name === "GetIPSetCommand") {
            return { IPSet: { Addresses: held }, LockToken: "1" };
        }
        held = input.Addresses;
        return {};
    });
    let down = false;
    let rules = "";
    const networkFirewall = new FakeClient((input, name) => {
        if (down) {
            throw new Error("rule group arn:rules is gone");
        }
        if (name === "UpdateRuleGroupCommand") {
            rules = (input.RuleGroup as { RulesSource: { RulesString: string } }).RulesSource.RulesString;
        }
        return { UpdateToken: "1", RuleGroup: { RulesSource: { RulesString: rules } } };
    });
    const own = new MemoryBucket();
    if (places !== "") {
        own.objects.set("settings/places.json", Buffer.from(places));
    }
    const none = new FakeClient(() => assert.fail("not configured"));
    const clients = {
        snapshots,
        lake,
        s3: own,
        waf: () => waf,
        guardDuty: none,
        resolver: none,
        networkFirewall,
        pause: async () => undefined,
    };
    const report = () => {
        const body = lake.objects.get("enforcement/111122223333/eu-west-1.json");
        return body && (JSON.parse(body.toString()) as EnforcementReport);
    };
    return {
        snapshots,
        lake,
        waf,
        report,
        held: () => held,
        rules: () => rules,
        breakFirewall: (broken: boolean) => (down = broken),
        run: createHandler(ENV, clients),
    };
}

describe("enforce", () => {
    quiet();

    it("enforces once for a batch, reports to the lake, and answers malformed messages as failed", async () => {
        const { snapshots, lake, waf, report, held, rules, run } = spoke();
        const sha256 = publish(snapshots, ["8.8.4.4"]);
        const answer = await run(sqsEvent(ENVELOPE, "junk", ENVELOPE));
        assert.deepEqual(answer, { batchItemFailures: [{ itemIdentifier: "m1" }] });
        assert.equal(waf.inputs.length, 2, "one look, one update");
        assert.deepEqual(held(), ["8.8.4.4/32"]);
        assert.match(rules(), /^drop ip any any <> 8\.8\.4\.4 any/);
        const written = report();
        assert.deepEqual([written?.version, written?.sha256, written?.failed], ["v1", sha256, []]);
        assert.deepEqual(
            written?.places.map(({ place, added, room }) => [place, added, room]),
            [
                ["network-firewall", 1, { rules: 30_000 }],
                ["waf", 1, { ipv4: 10_000, ipv6: 0 }],
            ],
        );
        assert.equal(lake.puts[0].SSEKMSKeyId, "arn:key");
    });

    it("lets no failing place stop the others, and has the messages sent again", async () => {
        const { snapshots, report, held, rules, breakFirewall, run } = spoke();
        publish(snapshots, ["8.8.4.4"]);
        breakFirewall(true);
        const answer = await run(sqsEvent(ENVELOPE));
        assert.deepEqual(answer, { batchItemFailures: [{ itemIdentifier: "m0" }] });
        assert.deepEqual(held(), ["8.8.4.4/32"]);
        assert.deepEqual(report()?.failed, [
            { place: "network-firewall", error: "rule group arn:rules is gone" },
        ]);
        breakFirewall(false);
        assert.deepEqual(await run(sqsEvent(ENVELOPE)), { batchItemFailures: [] });
        assert.match(rules(), /8\.8\.4\.4/);
        assert.deepEqual(report()?.failed, []);
    });

    it("enforces on a schedule, too, and fails aloud then", async () => {
        const { snapshots, held, breakFirewall, run } = spoke();
        publish(snapshots, ["8.8.4.4"]);
        await run({ source: "aws.scheduler" } as never);
        assert.deepEqual(held(), ["8.8.4.4/32"]);
        breakFirewall(true);
        await assert.rejects(run({}), /network-firewall: rule group arn:rules is gone/);
    });

    it("takes away what a later snapshot no longer names", async () => {
        const { snapshots, held, rules, run } = spoke();
        publish(snapshots, ["8.8.4.4", "8.8.4.5"]);
        await run({});
        publish(snapshots, ["8.8.4.5"], "v2");
        await run({});
        assert.deepEqual(held(), ["8.8.4.5/32"]);
        assert.doesNotMatch(rules(), /8\.8\.4\.4 /);
    });

    it("unblocks nothing when there is no snapshot", async () => {
        const { waf, report, run } = spoke();
        assert.equal((await run(sqsEvent(ENVELOPE))).batchItemFailures.length, 1);
        assert.deepEqual([waf.inputs.length, report()], [0, undefined]);
    });

    it("names a setting that is wrong", async () => {
        const withPlaces = (places: string) => {
            const { snapshots, run } = spoke(places);
            publish(snapshots, ["8.8.4.4"]);
            return run({});
        };
        await assert.rejects(withPlaces("[1]"), /place 0 of settings\/places\.json must be one of/);
        await assert.rejects(withPlaces(""), /settings\/places\.json is missing: deploy the spoke again/);
        assert.throws(
            () => createHandler({ ...ENV, LAKE_BUCKET: "" }),
            /variable (LAKE_BUCKET|SNAPSHOT_REGION) is not set/,
        );
    });
});
