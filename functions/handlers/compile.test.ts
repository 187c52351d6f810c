import assert from "node:assert/strict";
import { FakeCloud } from "../indicators/cloud-testing";
import { CurrentSnapshot } from "../indicators/current";
import { FeedList, FeedState, stateKey } from "../indicators/feed-list";
import { FeedListWriter, ListedIndicator } from "../indicators/feed-list-file";
import { normalizeIndicator } from "../indicators/normalize";
import { Override, putOverride } from "../indicators/overrides";
import { IndicatorSettings, SETTINGS_KEY } from "../indicators/settings";
import { Snapshot } from "../indicators/snapshot";
import { CompileEvent, createHandler } from "./compile";
import { quiet } from "./testing";

const ENV = {
    IOC_TABLE: "ioc",
    OVERRIDES_TABLE: "overrides",
    SNAPSHOT_BUCKET: "snapshots",
    PUBLISHED_TOPIC: "arn:topic",
    LAKE_BUCKET: "lake",
};
const START = Date.parse("2026-11-24T12:00:00Z");
const HOUR = 3_600_000;

/** A hub with feeds, in memory. */
class Hub {
    readonly cloud = new FakeCloud();
    private hours = 0;
    private lists = 0;

    constructor(...feeds: string[]) {
        this.configure(feeds);
    }

    configure(feeds: readonly string[], more: Partial<IndicatorSettings> = {}): void {
        const definitions = feeds.map((name) => ({
            name,
            protocol: "text" as const,
            url: "https://feed.example/",
            confidence: 50,
            ttlDays: 8,
        }));
        const settings: IndicatorSettings = {
            feeds: definitions,
            allowList: [],
            warningLists: [],
            guard: { share: 0.5, minimum: 20 },
            widest: { ipv4: 8, ipv6: 19 },
            allowDocumentation: true,
            ...more,
        };
        this.cloud.bucket.put(SETTINGS_KEY, settings);
    }

    wait(hours: number): void {
        this.hours += hours;
    }

    get now(): Date {
        return new Date(START + this.hours * HOUR);
    }

    /** What the collector leaves behind after a pass. */
    async list(
        feed: string,
        values: readonly string[],
        { pass = "full", ...more }: Partial<ListedIndicator> & { pass?: FeedList["pass"] } = {},
    ): Promise<void> {
        const at = this.now.toISOString();
        const run = `${at}-${String(++this.lists).padStart(8, "0")}`;
        const writer = new FeedListWriter({ s3: this.cloud.s3, bucket: "snapshots", feed, run });
        for (const value of values) {
            const normal = normalizeIndicator(value);
            assert.ok(normal, value);
            await writer.add({ ...normal, confidence: 50, ...more });
        }
        const counts = { read: values.length, indicators: values.length, refused: {}, invalid: 0 };
        const list: FeedList = { run, pass, at, counts, ...(await writer.finish()) };
        const key = stateKey(feed);
        const { good, partials } = this.cloud.bucket.objects.has(key)
            ? this.cloud.bucket.json<FeedState>(key)
            : { good: undefined, partials: [] };
        const state =
            pass === "full" ? { good: list, partials: [] } : { good, partials: [...partials, list] };
        const last = { at, outcome: "collected" as const, seconds: 1 };
        this.cloud.bucket.put(key, { feed, ...state, last } satisfies FeedState);
    }

    async override(value: string, action: Override["action"], until?: string): Promise<void> {
        const at = this.now.toISOString();
        const override = { value, at, action, reason: "known", by: "arn:ana", ...(until && { until }) };
        await putOverride(this.cloud.dynamo, "overrides", override);
    }

    compile(event: CompileEvent = {}) {
        const { dynamo, s3, sns } = this.cloud;
        return createHandler(ENV, { dynamo, s3, lake: s3, sns, now: () => this.now })(event);
    }

    get current(): CurrentSnapshot {
        return this.cloud.bucket.json("current.json");
    }

    get snapshot(): Snapshot {
        return Snapshot.decode(this.cloud.bucket.objects.get(this.current.key) ?? Buffer.alloc(0));
    }

    /** Values of the snapshot in force, sorted. */
    get inForce(): string[] {
        const { snapshot } = this;
        return [...snapshot.addresses(), ...snapshot.names()].map(({ value }) => value).sort();
    }

    get inTable(): string[] {
        return [...this.cloud.table("ioc").keys()].sort();
    }

    get versionsTold(): unknown[] {
        return this.cloud.messages.map((message) => (JSON.parse(message) as { version: unknown }).version);
    }
}

function addresses(count: number, net = "9.9"): string[] {
    return Array.from({ length: count }, (_, i) => `${net}.${i >> 8}.${i & 255}`);
}

describe("compile", () => {
    quiet();

    it("leaves one entry that names both feeds for a value that two report", async () => {
        const hub = new Hub("abuse", "misp");
        await hub.list("misp", ["8.8.4.4", "evil.example"], { confidence: 80 });
        await hub.compile();
        hub.wait(1);
        await hub.list("abuse", ["8.8.4.4"], { confidence: 20 });
        const report = await hub.compile();
        assert.deepEqual(report.merged, { abuse: { added: 1, removed: 0, unchanged: 0 } });
        assert.deepEqual(hub.inTable, ["8.8.4.4", "evil.example"]);
        const { feeds, firstSeen, lastSeen, confidence } = hub.snapshot.ip("8.8.4.4") ?? {};
        assert.deepEqual([feeds, confidence], [["abuse", "misp"], 80]);
        assert.deepEqual([firstSeen, lastSeen], ["2026-11-24T12:00:00.000Z", "2026-11-24T13:00:00.000Z"]);
    });

    it("tells the spokes what is in force, and the manifest how the feeds are", async () => {
        const hub = new Hub("misp", "silent");
        await hub.list("misp", ["8.8.4.4"]);
        const { version, key, sha256, counts, published } = await hub.compile();
        assert.equal(published, true);
        assert.deepEqual(JSON.parse(hub.cloud.messages[0]), { version, key, sha256, counts });
        assert.equal(hub.current.sha256, hub.snapshot.digest);
        assert.deepEqual(hub.current.feeds, [
            {
                name: "misp",
                indicators: 1,
                lastSuccess: "2026-11-24T12:00:00.000Z",
                lastOutcome: "collected",
            },
            { name: "silent", indicators: 0 },
        ]);
    });

    it("writes nothing to the table and publishes nothing when the same lists come again", async () => {
        const hub = new Hub("misp");
        await hub.list("misp", addresses(60));
        const first = await hub.compile();
        assert.deepEqual([first.written, first.deleted, first.cost?.writeUnits], [60, 0, 60]);
        hub.wait(4);
        await hub.list("misp", addresses(60));
        const second = await hub.compile();
        assert.deepEqual([second.written, second.deleted, second.cost?.writeUnits], [0, 0, 0]);
        assert.deepEqual(second.merged, { misp: { added: 0, removed: 0, unchanged: 60 } });
        assert.equal(second.published, false);
        assert.equal(hub.cloud.messages.length, 1);
        assert.equal(hub.current.feeds[0].lastSuccess, "2026-11-24T16:00:00.000Z", "but feeds are well");
    });

    it("removes what a full list lacks and what a partial one takes back, and nothing else", async () => {
        const hub = new Hub("abuse", "misp");
        await hub.list("misp", ["8.8.4.4", "8.8.4.5", "8.8.4.6"]);
        await hub.list("abuse", ["8.8.4.4"]);
        await hub.compile();
        hub.wait(1);
        await hub.list("misp", ["8.8.4.6"]);
        await hub.list("misp", ["8.8.4.7"], { pass: "partial" });
        const report = await hub.compile();
        assert.deepEqual(report.merged, { misp: { added: 1, removed: 2, unchanged: 1 } });
        assert.deepEqual(hub.inTable, ["8.8.4.4", "8.8.4.6", "8.8.4.7"]);
        assert.deepEqual(hub.inForce, hub.inTable);
        assert.deepEqual(hub.snapshot.ip("8.8.4.4")?.feeds, ["abuse"]);
        await hub.list("misp", ["8.8.4.7"], { pass: "partial", revoked: true });
        await hub.compile();
        assert.deepEqual(hub.inForce, ["8.8.4.4", "8.8.4.6"]);
    });

    it("lets entries that no feed was seen to have for their life go from table and snapshot", async () => {
        const hub = new Hub("misp", "old");
        await hub.list("old", ["8.8.4.4"]);
        hub.wait(24);
        await hub.list("misp", ["8.8.4.5"]);
        await hub.compile();
        assert.deepEqual(hub.inForce, ["8.8.4.4", "8.8.4.5"]);
        hub.wait(7 * 24);
        const report = await hub.compile();
        assert.equal(report.deleted, 1);
        assert.deepEqual([hub.inForce, hub.inTable], [["8.8.4.5"], ["8.8.4.5"]]);
    });

    it("takes the words of a feed that is not configured any more out, and in again should it return", async () => {
        const hub = new Hub("misp", "other");
        await hub.list("misp", addresses(60));
        await hub.list("other", ["8.8.4.4"]);
        await hub.compile();
        hub.configure(["other"]);
        assert.equal((await hub.compile()).published, true);
        assert.deepEqual(hub.inForce, ["8.8.4.4"]);
        hub.configure(["misp", "other"]);
        await hub.compile();
        assert.equal(hub.inForce.length, 61);
    });

    it("fills a table that was lost when it is forced", async () => {
        const hub = new Hub("misp");
        await hub.list("misp", addresses(60));
        await hub.compile();
        hub.cloud.table("ioc").clear();
        await hub.compile({ force: true });
        assert.equal(hub.inTable.length, 60);
    });

    it("judges entries again, since what must not be blocked may have changed", async () => {
        const hub = new Hub("misp");
        await hub.list("misp", ["8.8.4.4", "8.8.4.5"]);
        await hub.compile();
        hub.configure(["misp"], { allowList: ["8.8.4.4/32"] });
        const report = await hub.compile();
        assert.deepEqual(report.refused, { "on the allow list": 1 });
        assert.deepEqual(hub.inForce, ["8.8.4.5"]);
    });
});

describe("compile of a damaged table", () => {
    quiet();

    it("leaves out items that are not what they say, and publishes the others", async () => {
        const hub = new Hub("misp");
        await hub.list("misp", ["8.8.4.4", "8.8.4.5"]);
        await hub.compile();
        const { feeds, ...item } = hub.cloud.table("ioc").get("8.8.4.4") ?? {};
        for (const type of ["url", "ipv4", "nonsense"]) {
            const value = `not a ${type}`;
            hub.cloud.table("ioc").set(value, { ...item, value: { S: value }, type: { S: type }, feeds });
        }
        hub.wait(1);
        await hub.list("misp", ["8.8.4.6"], { pass: "partial" });
        const report = await hub.compile();
        assert.equal(
            Object.values(report.refused ?? {}).reduce((sum, count) => sum + count, 0),
            3,
        );
        assert.deepEqual(hub.inForce, ["8.8.4.4", "8.8.4.5", "8.8.4.6"]);
    });
});

describe("compile with analysts' overrides", () => {
    quiet();

    it("leaves out what is allowed, networks around it and domains above it, until the allowance ends", async () => {
        const hub = new Hub("misp");
        const listed = ["8.8.4.0/24", "8.8.4.4", "8.8.8.8", "evil.example", "good.evil.example"];
        await hub.list("misp", listed);
        await hub.override("8.8.4.4", "allow", "2026-11-24T14:00:00.000Z");
        await hub.override("good.evil.example", "allow");
        const report = await hub.compile();
        assert.deepEqual(report.refused, { "allowed by an analyst": 4 });
        assert.deepEqual(hub.inForce, ["8.8.8.8"]);
        hub.wait(2);
        await hub.override("good.evil.example", "lift");
        await hub.compile();
        assert.deepEqual(hub.inForce, listed);
    });

    it("puts in what is blocked, whatever the feeds say, with the feeds that say so, too", async () => {
        const hub = new Hub("misp");
        await hub.list("misp", ["8.8.4.4"], { confidence: 10 });
        await hub.override("8.8.4.4", "block");
        await hub.override("8.8.8.8", "block");
        await hub.compile();
        const found = ["8.8.4.4", "8.8.8.8"].map((ip) => hub.snapshot.ip(ip));
        assert.deepEqual(
            found.map((match) => [match?.feeds, match?.confidence]),
            [
                [["analyst", "misp"], 100],
                [["analyst"], 100],
            ],
        );
        assert.deepEqual(hub.inTable, ["8.8.4.4"], "feeds' words and analysts' are not mixed");
    });

    it("does not block what must not be blocked, and says so", async () => {
        const hub = new Hub("misp");
        hub.configure(["misp"], { allowList: ["good.example"] });
        await hub.list("misp", ["8.8.4.4"]);
        await hub.override("10.1.2.3", "block");
        await hub.override("good.example", "block");
        const { refusedOverrides } = await hub.compile();
        assert.deepEqual(
            refusedOverrides?.map(({ value }) => value),
            ["10.1.2.3", "good.example"],
        );
        assert.deepEqual(hub.inForce, ["8.8.4.4"]);
    });
});

describe("compile's guard", () => {
    quiet();

    it("keeps the snapshot in force when half of it would go, says so, and gives way when forced", async () => {
        const hub = new Hub("misp");
        await hub.list("misp", addresses(100));
        const before = await hub.compile();
        await hub.list("misp", addresses(50));
        const report = await hub.compile();
        assert.equal(report.published, false);
        const { reason, ...numbers } = report.held ?? { reason: "" };
        assert.deepEqual(numbers, { before: 100, after: 50, added: 0, removed: 50 });
        assert.match(reason, /it would remove 50 of 100/);
        assert.deepEqual([report.version, hub.inForce.length], [before.version, 100]);
        assert.equal(hub.cloud.messages.length, 1);
        assert.equal((await hub.compile()).published, false, "it stays held");
        assert.equal((await hub.compile({ force: true })).published, true);
        assert.equal(hub.inForce.length, 50);
    });

    it("never empties a snapshot, however small, unless forced", async () => {
        const hub = new Hub("misp");
        await hub.list("misp", ["8.8.4.4"]);
        await hub.compile();
        hub.wait(9 * 24);
        assert.match((await hub.compile()).held?.reason ?? "", /empty/);
        assert.deepEqual(hub.inForce, ["8.8.4.4"]);
    });

    it("lets a new feed in, and the overrides of analysts, but not a flood from a feed it knows", async () => {
        const hub = new Hub("misp");
        await hub.list("misp", addresses(100));
        await hub.compile();
        hub.configure(["misp", "new"]);
        await hub.list("new", addresses(300, "9.10"));
        await hub.override("9.9.0.0/24", "allow");
        assert.equal((await hub.compile()).published, true);
        assert.equal(hub.inForce.length, 300);
        await hub.list("new", addresses(500, "9.10"));
        assert.match((await hub.compile()).held?.reason ?? "", /it would add 200 to 300/);
    });
});

describe("compile's publication", () => {
    quiet();

    it("compares again when another run was faster, and gives up the second time", async () => {
        for (const [faster, outcome] of [
            [1, "published"],
            [2, "gave up"],
        ] as const) {
            const hub = new Hub("misp");
            await hub.list("misp", addresses(100));
            await hub.compile();
            await hub.list("misp", addresses(101));
            let times = 0;
            const { current } = hub;
            hub.cloud.onRequest = (name) => {
                // Between reading current.json and replacing it.
                if (name === "PutObjectCommand" && hub.cloud.requests.at(-1) === "PutObjectCommand") {
                    if (times++ < faster) {
                        hub.cloud.bucket.put("current.json", {
                            ...current,
                            createdAt: `at another time ${times}`,
                        });
                    }
                }
            };
            if (outcome === "published") {
                assert.equal((await hub.compile()).published, true);
                assert.equal(hub.inForce.length, 101);
            } else {
                await assert.rejects(hub.compile(), /other runs put snapshots into force meanwhile/);
                assert.equal(hub.inForce.length, 100);
            }
        }
    });

    it("goes back to the snapshot before, which stays until there is another than the one refused", async () => {
        const hub = new Hub("misp");
        await hub.list("misp", addresses(100));
        const good = await hub.compile();
        await assert.rejects(hub.compile({ rollback: true }), /no snapshot to go back to/);
        hub.wait(1);
        await hub.list("misp", addresses(110));
        const bad = await hub.compile();
        const back = await hub.compile({ rollback: true });
        assert.equal(back.sha256, good.sha256);
        assert.ok(back.version > bad.version, "readers see that it is new");
        assert.deepEqual(hub.versionsTold, [good.version, bad.version, back.version]);
        hub.wait(1);
        assert.equal((await hub.compile()).published, false);
        assert.equal(hub.inForce.length, 100);
        await hub.list("misp", addresses(105));
        assert.equal((await hub.compile()).published, true);
        assert.equal(hub.inForce.length, 105);
    });

    it("replaces what is damaged only when forced", async () => {
        for (const damage of [
            (hub: Hub) => hub.cloud.bucket.objects.set("current.json", Buffer.from("{")),
            (hub: Hub) => hub.cloud.bucket.objects.set(hub.current.key, Buffer.from("junk")),
        ]) {
            const hub = new Hub("misp");
            await hub.list("misp", ["8.8.4.4"]);
            await hub.compile();
            await hub.list("misp", ["8.8.4.4", "8.8.4.5"]);
            damage(hub);
            await assert.rejects(hub.compile(), /"force": true/);
            assert.equal((await hub.compile({ force: true })).published, true);
            assert.deepEqual(hub.inForce, ["8.8.4.4", "8.8.4.5"]);
        }
    });

    it("ends in the same state when it is interrupted at any request and run again", async () => {
        const prepare = async () => {
            const hub = new Hub("abuse", "misp", "old");
            await hub.list("misp", addresses(120));
            await hub.list("old", addresses(10, "9.11"));
            await hub.compile();
            hub.wait(25);
            await hub.list("misp", addresses(110).concat(addresses(40, "9.10")));
            await hub.list("misp", addresses(5, "9.10"), { pass: "partial", revoked: true });
            await hub.list("abuse", addresses(60));
            await hub.override("8.8.8.8", "block");
            hub.configure(["abuse", "misp"]);
            return hub;
        };
        const outcome = (hub: Hub) => {
            const items = [...hub.cloud.table("ioc").values()].map((item) => JSON.stringify(item));
            return [
                items.sort(),
                hub.current,
                hub.cloud.bucket.json("feeds/merged.json"),
                hub.versionsTold.at(-1),
            ];
        };
        const undisturbed = await prepare();
        const before = undisturbed.cloud.requests.length;
        await undisturbed.compile();
        const requests = undisturbed.cloud.requests.length - before;
        assert.ok(requests > 20, String(requests));
        for (let n = 1; n <= requests; n++) {
            const hub = await prepare();
            hub.cloud.failAt = hub.cloud.requests.length + n;
            await assert.rejects(hub.compile());
            await hub.compile();
            assert.deepEqual(outcome(hub), outcome(undisturbed), `request ${n}`);
        }
    });
});
