import assert from "node:assert/strict";
import fc from "fast-check";
import { failure, MemoryBucket } from "../bucket-testing";
import { IndicatorMatch } from "../indicators/indicator";
import { guardDutyPlace } from "./guardduty";
import { enforceSets } from "./guardduty-lists";
import { GuardDutySet, SetState } from "./guardduty-sets";
import { ListFiles } from "./list-files";
import { blockable, changes, indicator, indicatorLists, inRankOrder, noPause } from "./testing";

interface FakeSet {
    location: string;
    status: string;
    /** Looks that it takes to settle. */
    looks: number;
    entries: string[];
}

/** GuardDuty's sets: reads the file when told to activate, and refuses updates while it does. */
class FakeGuardDuty {
    readonly sets = new Map<string, FakeSet>();
    updates = 0;
    refuse?: string;
    fault: () => void = () => undefined;

    constructor(
        ids: readonly string[],
        private readonly bucket: MemoryBucket,
    ) {
        for (const id of ids) {
            this.sets.set(id, { location: "s3://other/file.txt", status: "INACTIVE", looks: 0, entries: [] });
        }
    }

    send = (async ({ input }: { input: Record<string, unknown> }): Promise<unknown> => {
        const set = this.sets.get(String(input.ThreatIntelSetId ?? input.ThreatEntitySetId));
        assert.ok(set);
        if (input.Activate === undefined) {
            if (set.looks-- <= 0 && set.status === "ACTIVATING") {
                set.status = this.refuse ? "ERROR" : "ACTIVE";
            }
            return { Location: set.location, Status: set.status, ErrorDetails: this.refuse };
        }
        this.fault();
        if (set.status === "ACTIVATING") {
            throw failure("BadRequestException");
        }
        this.updates++;
        if (input.Activate === false) {
            Object.assign(set, { status: "INACTIVE", entries: [] });
            return {};
        }
        assert.equal(input.ExpectedBucketOwner, "111122223333");
        const location = String(input.Location);
        const entries = (this.bucket.text(location.replace("s3://lists/", "")) ?? "")
            .split("\n")
            .filter(Boolean);
        assert.ok(entries.length > 0, "GuardDuty takes no empty list");
        Object.assign(set, { location, status: "ACTIVATING", looks: 2, entries });
        return {};
    }) as never;

    held(id: string): string[] {
        const set = this.sets.get(id);
        return set?.status === "ACTIVE" ? set.entries : [];
    }
}

function account(settings: { intel?: string[]; entity?: string[]; entityLimit?: number }) {
    const bucket = new MemoryBucket();
    const { intel = [], entity = [], entityLimit } = settings;
    const client = new FakeGuardDuty([...intel, ...entity], bucket);
    const place = guardDutyPlace({
        client,
        detectorId: "d1",
        accountId: "111122223333",
        files: new ListFiles({ send: bucket.send }, "lists"),
        settings: { threatIntelSets: intel, threatEntitySets: entity, entityLimit },
        pause: noPause,
    });
    const run = (indicators: IndicatorMatch[]) => place.enforce(blockable(indicators));
    return { bucket, client, run };
}

describe("GuardDuty", () => {
    it("writes the file, then points the set to it, once, and removes the old one", async () => {
        const { bucket, client, run } = account({ intel: ["set1"] });
        const first = await run(["9.9.9.1", "9.9.8.0/24", "2a00::1"].map((value) => indicator(value)));
        assert.deepEqual([changes(first), first.unfit], [[2, 0, 0], { ipv6: 1 }]);
        assert.deepEqual(client.held("set1"), ["9.9.8.0/24", "9.9.9.1"]);
        const [key] = [...bucket.objects.keys()];
        assert.match(key, /^guardduty\/set1-[0-9a-f]{16}\.txt$/);
        const second = await run([indicator("9.9.9.1")]);
        assert.deepEqual(changes(second), [0, 1, 1]);
        assert.equal(bucket.objects.size, 1);
        const { writes } = bucket;
        assert.deepEqual(changes(await run([indicator("9.9.9.1")])), [0, 0, 1]);
        assert.deepEqual([bucket.writes, client.updates], [writes, 2]);
    });

    it("switches a set off that has nothing to hold", async () => {
        const { client, run } = account({ intel: ["set1"] });
        await run([indicator("9.9.9.1")]);
        assert.deepEqual(changes(await run([])), [0, 1, 0]);
        assert.equal(client.sets.get("set1")?.status, "INACTIVE");
        const { updates } = client;
        await run([]);
        assert.equal(client.updates, updates);
    });

    it("activates again what is in error or was switched off by hand", async () => {
        const { client, run } = account({ intel: ["set1"] });
        await run([indicator("9.9.9.1")]);
        for (const status of ["ERROR", "INACTIVE"]) {
            Object.assign(client.sets.get("set1") ?? {}, { status, entries: [] });
            await run([indicator("9.9.9.1")]);
            assert.deepEqual(client.held("set1"), ["9.9.9.1"], status);
        }
    });

    it("says why GuardDuty refuses a list, and still fills the other sets", async () => {
        const { client, run } = account({ entity: ["e1"], entityLimit: 5 });
        client.refuse = "the file cannot be read";
        await assert.rejects(run([indicator("evil.example")]), /refuses list e1 .*the file cannot be read/);
        client.refuse = undefined;
        await run([indicator("evil.example")]);
        assert.deepEqual(client.held("e1"), ["evil.example"]);
    });

    it("names a set that was deleted", async () => {
        const { client, run } = account({ intel: ["set1"] });
        Object.assign(client.sets.get("set1") ?? {}, { status: "DELETED" });
        await assert.rejects(run([indicator("9.9.9.1")]), /list set1 was deleted: deploy again/);
    });

    it("takes no more than six threat intel sets", () => {
        assert.throws(
            () => account({ intel: ["1", "2", "3", "4", "5", "6", "7"] }),
            /6 threat intel sets at most/,
        );
    });

    it("holds exactly the best entities, whatever it held, wherever a run ended, then writes nothing", async () => {
        const cuts = fc.integer({ min: 0, max: 6 });
        await fc.assert(
            fc.asyncProperty(indicatorLists, indicatorLists, cuts, async (before, after, cut) => {
                const { bucket, client, run } = account({ entity: ["e1", "e2"], entityLimit: 4 });
                await run(before);
                let left = cut;
                bucket.fault = client.fault = () => {
                    if (left-- <= 0) {
                        throw failure("Interrupted");
                    }
                };
                await run(after).catch((error: Error) => assert.match(error.message, /Interrupted/));
                bucket.fault = client.fault = () => undefined;
                const report = await run(after);
                const fit = inRankOrder(after).filter(
                    ({ type, value }) => type !== "url" && !/[_:]/.test(value) && !value.endsWith("/0"),
                );
                const held = [...client.held("e1"), ...client.held("e2")];
                const expected = fit.slice(0, 8).map(({ value }) => value);
                assert.deepEqual(held.sort(), expected.sort());
                assert.equal(report.leftOut, fit.length - held.length);
                const state = [bucket.writes, client.updates];
                assert.deepEqual(changes(await run(after)), [0, 0, held.length]);
                assert.deepEqual([bucket.writes, client.updates], state);
            }),
        );
    });
});

describe("enforceSets", () => {
    it("leaves a list alone that takes long to activate, and does not remove files meanwhile", async () => {
        const bucket = new MemoryBucket();
        const state: SetState = { location: "s3://lists/old.txt", status: "ACTIVE" };
        let now = state;
        const set: GuardDutySet = {
            id: "slow",
            get: async () => now,
            activate: async (location) => {
                now = { location, status: "ACTIVATING" };
            },
            deactivate: async () => assert.fail("not asked for"),
        };
        const options = { files: new ListFiles({ send: bucket.send }, "lists"), pause: noPause };
        bucket.objects.set("guardduty/slow-0000000000000000.txt", Buffer.from("9.9.9.9\n"));
        await enforceSets(options, [set], ["9.9.9.1"], 10);
        assert.equal(now.status, "ACTIVATING");
        const { writes } = bucket;
        assert.deepEqual(await enforceSets(options, [set], ["9.9.9.1"], 10), {
            added: 0,
            removed: 0,
            unchanged: 1,
        });
        assert.deepEqual([bucket.writes, bucket.objects.size], [writes, 2]);
    });
});
