import assert from "node:assert/strict";
import { MemoryBucket } from "../bucket-testing";
import { FeedEnd, FeedPage, FeedPosition, FeedReader, FeedValue } from "../feeds/feed";
import { FeedError } from "../feeds/feed-error";
import { FeedState } from "../indicators/feed-list";
import { ListedIndicator, readListParts, readRefusedParts, RefusedValue } from "../indicators/feed-list-file";
import { Safety } from "../indicators/safety";
import { CollectClients, CollectEvent, createHandler } from "./collect";
import { FakeClient } from "./testing";

const HOUR = 3600_000;
const ENV = {
    SNAPSHOT_BUCKET: "snapshots",
    COMPILE_FUNCTION: "compile",
    AWS_LAMBDA_FUNCTION_NAME: "collect",
    LAKE_BUCKET: "lake",
};
const SETTINGS = {
    feeds: [
        { name: "ips", protocol: "text", url: "https://f.example/", confidence: 60, ttlDays: 8 },
        { name: "other", protocol: "text", url: "https://o.example/", confidence: 60, ttlDays: 8 },
    ],
    allowList: ["9.9.9.0/28", "good.example.org"],
    warningLists: [],
    guard: { share: 0.5, minimum: 10 },
    widest: { ipv4: 8, ipv6: 19 },
    allowDocumentation: false,
};

type Read = FeedReader["read"];
type Logged = Record<string, unknown> & { readonly event: string };

/** A reader of pages, each resumable, that ends as given. */
function pages(all: readonly (readonly FeedValue[])[], end: FeedEnd = { pass: "full" }): Read {
    return async function* ({ resume }: FeedPosition): AsyncGenerator<FeedPage, FeedEnd> {
        for (let page = Number(resume?.page ?? 0); page < all.length; page++) {
            yield { values: all[page], resume: { page: page + 1 } };
        }
        return end;
    };
}

const values = (...list: string[]): FeedValue[] => list.map((value) => ({ value }));
const addresses = (count: number, network = 8): string[] =>
    Array.from({ length: count }, (_, index) => `${network}.8.${index >> 8}.${index & 255}`);
const full = (...list: string[]): Read => pages([values(...list)]);

/** A hub with a feed behind it. */
class Hub {
    readonly bucket = new MemoryBucket();
    readonly lambda = new FakeClient((input) => this.onInvoke(input));
    readonly secrets = new FakeClient(() => ({ SecretString: " s3cret \n" }));
    readonly logged: Logged[] = [];
    readonly positions: FeedPosition[] = [];
    time = Date.parse("2026-11-24T12:00:00Z");
    read: Read = full();
    /** Milliseconds left, by how often it has been asked in a run. */
    remaining: (asked: number) => number = () => Infinity;
    onInvoke: (input: Record<string, unknown>) => unknown = () => ({});
    readonly tools: { secret?: string; httpSecret?: string } = {};

    constructor(settings: object = SETTINGS) {
        this.bucket.put("settings/indicators.json", settings);
    }

    async run(event: CollectEvent = { feed: "ips" }) {
        this.time += 4 * HOUR;
        return this.again(event);
    }

    /** At once, as Lambda does with a run that has failed. */
    async again(event: CollectEvent = { feed: "ips" }) {
        let asked = 0;
        const { log, warn } = console;
        console.log = console.warn = (line: string) => this.logged.push(JSON.parse(line) as Logged);
        try {
            return await createHandler(ENV, this.clients())(event, {
                getRemainingTimeInMillis: () => this.remaining(++asked),
            });
        } finally {
            Object.assign(console, { log, warn });
        }
    }

    get state(): FeedState {
        return this.bucket.json<FeedState>("feeds/ips/state.json");
    }

    async list(parts = this.state.good?.parts ?? []): Promise<ListedIndicator[]> {
        return collectAll(readListParts(this.bucket, "snapshots", parts));
    }

    async inForce(): Promise<string[]> {
        const lists = [this.state.good, ...this.state.partials];
        const all = new Map<string, boolean>();
        for (const { value, revoked } of await this.list(lists.flatMap((list) => list?.parts ?? []))) {
            all.set(value, revoked !== true);
        }
        return [...all].flatMap(([value, listed]) => (listed ? [value] : [])).sort();
    }

    async refused(): Promise<RefusedValue[]> {
        return collectAll(readRefusedParts(this.bucket, "snapshots", this.state.good?.refused ?? []));
    }

    get invoked(): { name: unknown; payload: unknown }[] {
        return this.lambda.inputs.map(({ FunctionName, InvocationType, Payload }) => {
            assert.equal(InvocationType, "Event");
            return { name: FunctionName, payload: JSON.parse(String(Payload)) as unknown };
        });
    }

    private clients(): CollectClients {
        return {
            s3: this.bucket,
            lake: this.bucket,
            lambda: this.lambda,
            secrets: this.secrets,
            http: ({ secret }) => {
                this.tools.httpSecret = secret;
                return { request: () => Promise.reject(new Error()), close: async () => undefined };
            },
            open: (_, { secret }) => {
                this.tools.secret = secret;
                return {
                    read: (position) => {
                        this.positions.push(position);
                        return this.read(position);
                    },
                };
            },
            safety: async ({ allowList }) => new Safety({ allowList }),
            now: () => new Date(this.time),
        };
    }
}

async function collectAll<T>(batches: AsyncIterable<readonly T[]>): Promise<T[]> {
    const all: T[] = [];
    for await (const batch of batches) {
        all.push(...batch);
    }
    return all;
}

const failing = (error: Error): Read =>
    async function* () {
        throw error;
    };

describe("collect", () => {
    it("normalises, refuses and lists what is left, then has it compiled", async () => {
        const hub = new Hub();
        const long = `http://evil.example.com/${"a".repeat(3000)}`;
        hub.read = pages([
            [
                { value: "8.8.4[.]4", confidence: 90, firstSeen: "2026-01-01T00:00:00Z" },
                { value: "8.8.4.4", confidence: 20, firstSeen: "2025-01-01T00:00:00Z" },
                { value: "EVIL.example.com.", validUntil: "2027-01-01T00:00:00Z" },
                { value: "over.example.com", validUntil: "2026-01-01T00:00:00Z" },
                ...values("10.0.0.1", "9.9.9.9", "0.0.0.0/0", "junk!\t", long),
                { value: "8.8.8.8", refused: "on a warning list" },
                { value: "a \t\n pattern", refused: "not understood" },
            ],
        ]);
        const report = await hub.run();
        assert.equal(report.outcome, "collected");
        assert.deepEqual(report.counts, {
            read: 11,
            indicators: 2,
            refused: {
                "private range": 1,
                "on the allow list": 1,
                "wider than /8": 1,
                "longer than 2048 bytes": 1,
                "on a warning list": 1,
                "not understood": 1,
            },
            invalid: 1,
        });
        const lines = new Map((await hub.list()).map((line) => [line.value, line]));
        assert.deepEqual(lines.get("8.8.4.4"), {
            type: "ipv4",
            value: "8.8.4.4",
            confidence: 90,
            firstSeen: Date.parse("2025-01-01") / 1000,
        });
        assert.deepEqual(lines.get("evil.example.com"), {
            type: "domain",
            value: "evil.example.com",
            confidence: 60,
            validUntil: Date.parse("2027-01-01") / 1000,
        });
        assert.deepEqual(await hub.inForce(), ["8.8.4.4", "evil.example.com"]);
        const refused = await hub.refused();
        assert.deepEqual(refused.at(-1), { value: "a \t\n pattern", reason: "not understood" });
        assert.ok(refused.some(({ value, reason }) => value === "10.0.0.1" && reason === "private range"));
        assert.deepEqual(hub.invoked, [{ name: "compile", payload: { feed: "ips" } }]);
        const [line] = hub.logged;
        const { CloudWatchMetrics } = line._aws as { CloudWatchMetrics: unknown };
        assert.deepEqual(CloudWatchMetrics, [
            {
                Namespace: "SyntheticSun",
                Dimensions: [["Feed"]],
                Metrics: ["Held", "Failed", "Indicators"].map((Name) => ({ Name, Unit: "Count" })),
            },
        ]);
        assert.deepEqual(
            [line.event, line.Feed, line.Held, line.Failed, line.Indicators],
            ["collected", "ips", 0, 0, 2],
        );
    });

    it("lists the feeds that there are when asked for another, and touches none", async () => {
        const hub = new Hub();
        await assert.rejects(hub.run({ feed: "../ips" }), /unknown feed "..\/ips".*one of: ips, other/);
        assert.deepEqual([...hub.bucket.objects.keys()], ["settings/indicators.json"]);
    });

    it("hands the secret to the reader and to its requests, and names what is wrong with one", async () => {
        const secretArn = "arn:aws:secretsmanager:eu-west-1:1:secret:s";
        const hub = new Hub({ ...SETTINGS, feeds: [{ ...SETTINGS.feeds[0], secretArn }] });
        hub.read = full("8.8.4.4");
        await hub.run();
        assert.deepEqual(hub.tools, { secret: "s3cret", httpSecret: "s3cret" });
        assert.ok(!JSON.stringify([...hub.bucket.objects.values()].map(String)).includes("s3cret"));
        hub.secrets.send = (() =>
            Promise.reject(Object.assign(new Error("no"), { name: "ResourceNotFoundException" }))) as never;
        const report = await hub.run();
        assert.equal(report.outcome, "failed");
        assert.match(report.error ?? "", /secret arn:.* holds no value yet: put it/);
        assert.deepEqual(await hub.inForce(), ["8.8.4.4"]);
    });

    describe("holds a list that changes too much, and says so", () => {
        const good = addresses(100);
        const poisoned: Record<string, { read: Read; reason: RegExp }> = {
            "an empty file": { read: full(), reason: /empty a list of 100/ },
            "HTML in place of a list": {
                read: full("<html>", "<body>Service</body>"),
                reason: /empty a list of 100/,
            },
            "a halved list": { read: full(...good.slice(50)), reason: /remove 50 of 100 \(50 %/ },
            "everything and the allow list": {
                read: full("0.0.0.0/0", "::/0", "9.9.9.1", "9.9.9.0/24", "good.example.org"),
                reason: /empty a list of 100/,
            },
            "a flood of others": {
                read: full(...good, ...addresses(50, 11)),
                reason: /add 50 to 100/,
            },
            "a flood of news": {
                read: pages([values(...addresses(60, 11))], { pass: "partial" }),
                reason: /add 60 to 100/,
            },
            "a flood of revocations": {
                read: pages([good.slice(0, 60).map((value) => ({ value, revoked: true }))], {
                    pass: "partial",
                }),
                reason: /remove 60 of 100/,
            },
        };
        for (const [what, { read, reason }] of Object.entries(poisoned)) {
            it(what, async () => {
                const hub = new Hub();
                hub.read = pages([values(...good)], { pass: "full", memory: { etag: "good" } });
                await hub.run();
                const before = hub.state;
                hub.read = (position) => {
                    const inner = read(position);
                    return (async function* () {
                        const end = yield* inner;
                        return { ...end, memory: { etag: "poisoned" } };
                    })();
                };
                const report = await hub.run();
                assert.equal(report.outcome, "held");
                const { good: list, memory, held } = hub.state;
                assert.deepEqual({ good: list, memory }, { good: before.good, memory: before.memory });
                assert.match(held?.reason ?? "", reason);
                assert.deepEqual(await hub.inForce(), [...good].sort());
                const line = hub.logged.find(({ event }) => event === "feed-held");
                assert.deepEqual([line?.Feed, line?.Held, line?.Failed], ["ips", 1, 0]);
                assert.equal((line?.held as { reason: string }).reason, held?.reason);
                assert.equal(hub.invoked.length, 1, "nothing new to compile");
                await hub.run();
                assert.equal(hub.state.last?.outcome, "held", "it is not taken for unchanged");
                assert.deepEqual(hub.positions.at(-1)?.memory, { etag: "good" });
                assert.equal((await hub.run({ feed: "ips", accept: true })).outcome, "collected");
                assert.equal(hub.state.held, undefined);
            });
        }

        it("but lets small changes through", async () => {
            const hub = new Hub();
            hub.read = full(...good);
            await hub.run();
            hub.read = full(...good.slice(49), ...addresses(49, 11));
            const { outcome, added, removed } = await hub.run();
            assert.deepEqual({ outcome, added, removed }, { outcome: "collected", added: 49, removed: 49 });
            const hub2 = new Hub();
            hub2.read = full(...addresses(4));
            await hub2.run();
            hub2.read = full(...addresses(2));
            assert.equal((await hub2.run()).outcome, "collected", "fewer than the minimum");
        });
    });

    describe("keeps the last good list of a feed that fails", () => {
        const lasting = new FeedError("authentication", "401: check the key");
        const passing = new FeedError("server", "502: try later");
        for (const error of [lasting, passing]) {
            it(error.kind, async () => {
                const hub = new Hub();
                hub.read = full("8.8.4.4");
                await hub.run();
                const { good, memory } = hub.state;
                hub.read = failing(error);
                if (error === passing) {
                    await assert.rejects(hub.run(), passing);
                } else {
                    assert.deepEqual((await hub.run()).error, error.message);
                }
                assert.deepEqual([hub.state.good, hub.state.memory], [good, memory]);
                assert.deepEqual([hub.state.last?.outcome, hub.state.last?.error], ["failed", error.message]);
                const line = hub.logged.find(({ event }) => event === "feed-failed");
                assert.deepEqual([line?.Failed, line?.Indicators], [1, 1]);
                assert.equal(hub.invoked.length, 1);
            });
        }
    });

    it("takes an empty first list for a failure that says what to look at", async () => {
        const hub = new Hub();
        hub.read = full("10.0.0.1", "junk");
        const { outcome, error } = await hub.run();
        assert.equal(outcome, "failed");
        assert.match(
            error ?? "",
            /no indicator in 2 values \(1 are no address.*1 refused: private range.*check/,
        );
        assert.equal(hub.state.good, undefined);
    });

    it("renews the lists of a feed that has not changed, in their order", async () => {
        const hub = new Hub();
        hub.read = pages([values(...addresses(20))], { pass: "full", memory: { etag: "1" } });
        await hub.run();
        hub.read = pages([values("11.1.1.1"), [{ value: "8.8.0.0", revoked: true }]], {
            pass: "partial",
            memory: { etag: "2" },
        });
        const { added, removed } = await hub.run();
        assert.deepEqual([added, removed], [1, 1]);
        assert.deepEqual(hub.positions.at(-1)?.memory, { etag: "1" });
        const before = hub.state;
        const listed = await hub.inForce();
        assert.equal(listed.length, 20);
        hub.read = pages([], { pass: "unchanged" });
        assert.equal((await hub.run()).outcome, "unchanged");
        const { good, partials, memory } = hub.state;
        assert.deepEqual(memory, before.memory);
        assert.deepEqual(good?.parts, before.good?.parts);
        assert.ok(good && before.partials[0].run < good.run && good.run < partials[0].run);
        assert.equal(good.at, new Date(hub.time).toISOString());
        assert.deepEqual(await hub.inForce(), listed);
        assert.equal(hub.invoked.length, 3);
        hub.read = full(...addresses(20));
        await hub.run();
        assert.deepEqual(hub.state.partials, [], "a full list says all");
    });

    it("forgets what it knows of a feed that is configured anew", async () => {
        const hub = new Hub();
        hub.read = pages([values("8.8.4.4")], { pass: "full", memory: { etag: "1" } });
        await hub.run();
        hub.bucket.put("settings/indicators.json", { ...SETTINGS, allowList: [] });
        await hub.run();
        assert.deepEqual(hub.positions, [
            { resume: undefined, memory: undefined },
            { resume: undefined, memory: undefined },
        ]);
    });

    describe("near its time limit", () => {
        const all = addresses(40);
        const four = [all.slice(0, 10), all.slice(5, 20), all.slice(20, 30), all.slice(30)].map((page) =>
            values(...page, "10.0.0.1"),
        );

        it("invokes itself until the feed is read, and lists the same as in one go", async () => {
            const hub = new Hub();
            hub.read = pages(four);
            hub.remaining = () => 30_000;
            let event: CollectEvent = { feed: "ips", accept: true };
            const outcomes = [];
            for (let run = 0; run < 6; run++) {
                const { outcome } = await hub.again(event);
                outcomes.push(outcome);
                const { name, payload } = hub.invoked.at(-1) ?? {};
                if (name !== "collect") {
                    break;
                }
                event = payload as CollectEvent;
                assert.equal(event.accept, true);
                hub.time += 600_000;
            }
            assert.deepEqual(outcomes, ["continued", "continued", "continued", "continued", "collected"]);
            const once = new Hub();
            once.read = pages(four);
            await once.run();
            assert.deepEqual(await hub.inForce(), await once.inForce());
            assert.deepEqual(hub.state.good?.counts, once.state.good?.counts);
            assert.deepEqual(await hub.refused(), await once.refused());
            assert.equal(hub.state.running, undefined);
            assert.equal(hub.invoked.at(-1)?.name, "compile");
        });

        it("goes on after a fault that passes, begins anew after one that lasts", async () => {
            for (const [kind, resume] of [
                ["unreachable", { page: 1 }],
                ["request", undefined],
            ] as const) {
                const hub = new Hub();
                hub.read = pages(four);
                hub.remaining = () => 30_000;
                await hub.run();
                hub.read = failing(new FeedError(kind, "no"));
                await hub.again().catch(() => undefined);
                hub.read = pages(four);
                hub.remaining = () => Infinity;
                await hub.again();
                assert.deepEqual(hub.positions.at(-1)?.resume, resume);
                assert.deepEqual(await hub.inForce(), [...all].sort());
                assert.equal(hub.state.good?.counts.read, 49);
            }
        });

        it("drops what was cut off long ago, and a continuation of a pass that is over", async () => {
            const hub = new Hub();
            hub.read = pages(four);
            hub.remaining = () => 30_000;
            const { run } = await hub.run();
            hub.remaining = () => Infinity;
            await hub.run();
            assert.equal(hub.positions.at(-1)?.resume, undefined);
            const before = hub.state;
            const late = await hub.again({ feed: "ips", continue: run });
            assert.equal(late.outcome, "superseded");
            assert.deepEqual(hub.state, before);
        });

        it("voids what was read when the reader begins anew", async () => {
            const hub = new Hub();
            hub.read = pages([values("11.1.1.1", "10.0.0.1"), values("11.1.1.2")]);
            hub.remaining = () => 30_000;
            await hub.run();
            hub.remaining = () => Infinity;
            hub.read = async function* () {
                yield { values: values("8.8.4.4"), restarted: true as const };
                return { pass: "full" };
            };
            await hub.again();
            assert.deepEqual(await hub.inForce(), ["8.8.4.4"]);
            assert.deepEqual(hub.state.good?.counts, { read: 1, indicators: 1, refused: {}, invalid: 0 });
            assert.deepEqual(await hub.refused(), []);
        });

        it("says so when the feed cannot be read in several goes", async () => {
            const hub = new Hub();
            hub.remaining = () => 5_000;
            hub.read = async function* () {
                yield { values: values("8.8.4.4") };
                return { pass: "full" };
            };
            assert.match((await hub.run()).error ?? "", /give the function more time/);
        });
    });

    it("lets only one of two runs of a feed write", async () => {
        const hub = new Hub();
        hub.read = full(...addresses(20));
        await hub.run();
        hub.read = async function* () {
            hub.read = full(...addresses(25));
            await hub.again();
            yield { values: values(...addresses(22)) };
            return { pass: "full" };
        };
        assert.equal((await hub.run()).outcome, "superseded");
        assert.equal((await hub.inForce()).length, 25);
        assert.equal(hub.logged.at(-1)?.event, "feed-superseded");
    });

    it("deletes lists that nothing names any more, but not the last one before", async () => {
        const hub = new Hub();
        const lists = () => [...hub.bucket.objects.keys()].filter((key) => key.endsWith(".tsv.gz"));
        hub.bucket.objects.set("feeds/ips-2/2020-01-01T00:00:00.000Z-1/indicators-00000.tsv.gz", Buffer.of());
        hub.bucket.objects.set("feeds/ips/2020-01-01T00:00:00.000Z-1/indicators-00000.tsv.gz", Buffer.of());
        const kept = [];
        for (let run = 0; run < 4; run++) {
            hub.read = full(...addresses(20 + run));
            await hub.run();
            kept.push(hub.state.good?.parts[0]);
        }
        assert.deepEqual(lists(), [
            "feeds/ips-2/2020-01-01T00:00:00.000Z-1/indicators-00000.tsv.gz",
            ...kept.slice(-2),
        ]);
    });

    for (const when of ["before", "after"] as const) {
        it(`ends in the same state when a call fails ${when} it is done and the run is repeated`, async () => {
            const prepare = async (): Promise<Hub> => {
                const hub = new Hub();
                hub.read = pages([values(...addresses(20), "10.0.0.1")], {
                    pass: "full",
                    memory: { etag: "1" },
                });
                await hub.run();
                hub.read = pages(
                    [values(...addresses(15), "10.0.0.2"), values("11.1.1.1"), values("11.1.1.2")],
                    { pass: "full", memory: { etag: "2" } },
                );
                return hub;
            };
            /** Runs as Lambda does: what is invoked runs, what throws runs again. */
            const finish = async (hub: Hub): Promise<void> => {
                // A continuation is cut off once, so that a checkpoint is among the calls.
                hub.remaining = () => (hub.state.running ? Infinity : 30_000);
                const queue: CollectEvent[] = [{ feed: "ips" }];
                hub.onInvoke = ({ FunctionName, Payload }) => {
                    const call = ++hub.bucket.calls;
                    hub.bucket.before(call, "InvokeCommand", "");
                    if (FunctionName === "collect") {
                        queue.push(JSON.parse(String(Payload)) as CollectEvent);
                    }
                    hub.bucket.after(call, "InvokeCommand", "");
                };
                for (let tries = 0; queue.length > 0 && tries < 10; tries++) {
                    await hub.again(queue[0]).then(
                        () => queue.shift(),
                        () => undefined,
                    );
                    hub.time += 60_000;
                }
                assert.equal(queue.length, 0);
            };
            const outcome = async (hub: Hub) => ({
                inForce: await hub.inForce(),
                refused: await hub.refused(),
                counts: hub.state.good?.counts,
                memory: hub.state.memory,
                running: hub.state.running,
                held: hub.state.held,
                error: hub.state.last?.error,
            });
            const smooth = await prepare();
            const callsBefore = smooth.bucket.calls;
            await finish(smooth);
            const calls = smooth.bucket.calls - callsBefore;
            const expected = await outcome(smooth);
            assert.equal(expected.inForce.length, 17);
            for (let failAt = 1; failAt <= calls; failAt++) {
                const hub = await prepare();
                const first = hub.bucket.calls;
                hub.bucket[when] = (call) => {
                    if (call === first + failAt) {
                        throw new Error(`call ${failAt} fails`);
                    }
                };
                await finish(hub);
                hub.bucket[when] = () => undefined;
                assert.deepEqual(await outcome(hub), expected, `call ${failAt}`);
            }
        });
    }

    it("reads a million values in little memory", async function () {
        this.timeout(60_000);
        const hub = new Hub();
        let heap = 0;
        hub.read = async function* () {
            for (let page = 0; page < 200; page++) {
                yield {
                    values: Array.from({ length: 5000 }, (_, index) => ({
                        value: `host-${page * 5000 + index}.example.com`,
                    })),
                };
                heap = Math.max(heap, process.memoryUsage().heapUsed);
            }
            return { pass: "full" };
        };
        const before = process.memoryUsage().heapUsed;
        const { counts } = await hub.run();
        assert.equal(counts?.indicators, 1_000_000);
        assert.ok((hub.state.good?.parts.length ?? 0) >= 10);
        // A million strings alone would take 60 MB; garbage of pages is in it.
        assert.ok(heap - before < 100e6, `${(heap - before) / 1e6} MB`);
    });
});
