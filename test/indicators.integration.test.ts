import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { isIPv4 } from "node:net";
import { decide } from "../functions/cli/indicators/decide";
import { explain } from "../functions/cli/indicators/explain";
import { FeedDefinition } from "../functions/feeds/definition";
import { historyOf } from "../functions/indicators/overrides";
import { attributesFromFeed, startMisp } from "../local/misp/server";
import { TestCloud } from "../local/provider/testCloud";
import { ensurePythonPackages } from "../local/tools/pythonPackages";
import { Interruption } from "./servers/aws-calls";
import { IndicatorHub, textFeed } from "./servers/indicator-hub";
import { endlessLine, halfSent, ListServer, Served } from "./servers/list-server";
import { startMedallion } from "./servers/medallion";
import { OPENTAXII_REQUIREMENTS, startOpenTaxii } from "./servers/opentaxii";

/** Real lists, where they are: else a few of our own do. */
const REAL = "/work/shared/data/feeds";
/** Networks that one IP set of WAF takes. */
const SET = 10_000;

/** Different addresses below a network of two numbers. */
function addresses(net: string, count: number): string[] {
    return Array.from({ length: count }, (_, index) => `${net}.${index >> 8}.${index & 255}`);
}

/** Indicators from feed to WAF, in functions that work with an emulated account. */
describe("indicators", function () {
    this.timeout(300_000);
    let cloud: TestCloud;
    let lists: ListServer;
    const said: Record<string, unknown>[] = [];
    const { log, warn } = console;

    before(async () => {
        [cloud, lists] = await Promise.all([TestCloud.start(), ListServer.start()]);
        console.log = console.warn = (line: string) => said.push(JSON.parse(line) as Record<string, unknown>);
    });
    after(async () => {
        Object.assign(console, { log, warn });
        await lists?.stop();
        await cloud?.stop();
    });
    beforeEach(() => void said.splice(0));

    /** What the functions' logs say of an event. */
    const saidOf = (event: string): Record<string, unknown>[] => said.filter((line) => line.event === event);

    const hubOf = (...feeds: FeedDefinition[]): Promise<IndicatorHub> =>
        IndicatorHub.create(cloud, { feeds });

    /** The values that block lists, WAF and the snapshot have of those named: all of them say the same. */
    async function enforced(hub: IndicatorHub, ...values: readonly string[]): Promise<string[]> {
        const { waf, lists: files } = await hub.inForce();
        const snapshot = await hub.snapshot();
        const plain = new Set(files["plain.txt"].split("\n"));
        const csv = files["indicators.csv"];
        return values.filter((value) => {
            const places = [
                plain.has(value),
                csv.includes(`\n${value},`),
                snapshot.has(isIPv4(value) ? "ipv4" : "domain", value),
                ...(isIPv4(value) ? [waf.includes(`${value}/32`), files["edl-ip.txt"].includes(value)] : []),
            ];
            assert.equal(new Set(places).size, 1, `${value} is in some places only: ${places.join(", ")}`);
            return places[0];
        });
    }

    describe("of large lists", () => {
        let hub: IndicatorHub;
        const real = existsSync(`${REAL}/ipsum.txt`);
        const file = (name: string): string[] =>
            readFileSync(`${REAL}/${name}`, "utf8")
                .split("\n")
                .filter((line) => line && !line.startsWith("#"));
        const ips = real
            ? file("ipsum.txt")
            : addresses("9.9", 2000).map((value, index) => `${value}\t${index % 9}`);
        const domains = real ? file("maltrail-domains.txt") : ["a", "b"].map((name) => `${name}.badness.com`);
        const urls = real ? file("maltrail-urls.txt") : ["badness.org/a.php"];
        const many = ips.map((line) => line.split("\t")[0]);
        /** On five lists or more. */
        const sure = ips
            .filter((line) => Number(line.split("\t")[1]) >= 5)
            .map((line) => line.split("\t")[0]);

        before(async () => {
            hub = await hubOf(
                textFeed("many", lists.put("many.txt", ips)),
                textFeed("sure", lists.put("sure.txt", sure), { confidence: 90 }),
                textFeed("domains", lists.put("domains.txt", domains)),
                textFeed("urls", lists.put("urls.txt", urls)),
            );
        });

        it("fills two IP sets with the best of 120,000 addresses", async () => {
            const started = Date.now();
            const [ofMany] = [await hub.collect({ feed: "many" }), await hub.collect({ feed: "sure" })];
            const collected = Date.now();
            const compiled = await hub.compileInvoked();
            const published = Date.now();
            await hub.deliver();
            const seconds = [started, collected, published].map((from) => (Date.now() - from) / 1000);
            log(
                `      from feed to WAF: ${many.length} addresses in ${seconds[0]} s (then ${seconds[1]}, ${seconds[2]})`,
            );
            const refused = Object.values(ofMany.counts?.refused ?? {}).reduce(
                (sum, count) => sum + count,
                0,
            );
            const inForce = new Set(many).size - refused;
            assert.equal(ofMany.counts?.read, many.length);
            assert.equal(ofMany.counts?.indicators, inForce);
            assert.equal(compiled?.written, inForce);
            assert.equal((await hub.current()).counts.ipv4, inForce);
            const sets = await hub.ipSets();
            const room = Math.min(inForce, 2 * SET);
            assert.deepEqual(
                sets.map((set) => set.length),
                real ? [SET, SET, 0] : [room, 0, 0],
            );
            const held = new Set(sets.flat());
            assert.equal(held.size, room);
            assert.deepEqual(
                sure.filter((value) => !held.has(`${value}/32`)),
                [],
            );
            const { added, leftOut } = await hub.wafReport();
            assert.deepEqual({ added, leftOut }, { added: room, leftOut: inForce - room });
        });

        it("writes nothing in a second run of the same", async () => {
            const before = await hub.current();
            hub.calls.begin();
            for (const feed of ["many", "sure"]) {
                assert.equal((await hub.collect({ feed })).outcome, "unchanged");
            }
            const report = await hub.compileInvoked();
            await hub.deliver();
            assert.deepEqual([report?.written, report?.deleted, report?.published], [0, 0, false]);
            assert.equal(hub.calls.of("BatchWriteItem"), 0);
            assert.equal(hub.calls.of("Publish"), 0);
            assert.equal((await hub.current()).version, before.version);
            await hub.enforce();
            assert.equal(hub.calls.of("UpdateIPSet"), 0);
        });

        it("publishes 150,000 domains and 6,700 URLs beside them, and WAF stays as it is", async () => {
            const before = await hub.ipSets();
            hub.calls.begin();
            const [ofDomains, ofUrls] = [
                await hub.collect({ feed: "domains" }),
                await hub.collect({ feed: "urls" }),
            ];
            const compiled = await hub.compileInvoked();
            await hub.deliver();
            const { counts } = await hub.current();
            assert.equal(compiled?.written, counts.domain + counts.url);
            assert.equal(ofDomains.counts?.read, domains.length);
            assert.equal(ofUrls.counts?.read, urls.length);
            assert.ok(counts.domain >= domains.length * 0.99, `${counts.domain} domains`);
            assert.ok(counts.url >= urls.length * 0.95, `${counts.url} URLs`);
            assert.equal(hub.calls.of("UpdateIPSet"), 0);
            assert.deepEqual(await hub.ipSets(), before);
        });
    });

    describe("that feeds share and let go", () => {
        it("are one entry that names both feeds, and go when the last of them has dropped it", async () => {
            const others = addresses("9.8", 50);
            const hub = await hubOf(
                textFeed("first", lists.put("first.txt", [...others, "9.7.1.1", "shared.badness.com"])),
                textFeed("second", lists.put("second.txt", [...others, "9.7.1.1", "shared.badness.com"]), {
                    confidence: 80,
                }),
            );
            const shared = ["9.7.1.1", "shared.badness.com"];
            const namesOf = async (value: string): Promise<unknown[]> => {
                const indicator = (await hub.table()).get(value);
                return [indicator?.feeds.map(({ name }) => name), indicator?.confidence];
            };
            await hub.run("first", "second");
            assert.equal((await hub.table()).size, 52);
            assert.deepEqual(await namesOf("9.7.1.1"), [["first", "second"], 80]);
            assert.deepEqual((await hub.snapshot()).ip("9.7.1.1")?.feeds, ["first", "second"]);
            assert.deepEqual(await enforced(hub, ...shared), shared);

            lists.put("second.txt", others);
            await hub.run("second");
            assert.deepEqual(await namesOf("9.7.1.1"), [["first"], 50]);
            assert.deepEqual((await hub.snapshot()).domain("shared.badness.com")?.feeds, ["first"]);
            assert.deepEqual(await enforced(hub, ...shared), shared);

            lists.put("first.txt", others);
            await hub.run("first");
            assert.deepEqual(await namesOf("9.7.1.1"), [undefined, undefined]);
            assert.deepEqual(await enforced(hub, ...shared, others[0]), [others[0]]);
        });

        it("disappear from the table and every place once they have expired", async () => {
            const hub = await hubOf(
                textFeed("short", lists.put("short.txt", ["9.7.2.1", "short.badness.com"]), { ttlDays: 2 }),
                textFeed("long", lists.put("long.txt", addresses("9.6", 50))),
            );
            const short = ["9.7.2.1", "short.badness.com"];
            await hub.run("short", "long");
            hub.wait(47);
            await hub.compile();
            await hub.deliver();
            assert.deepEqual(await enforced(hub, ...short, "9.6.0.7"), [...short, "9.6.0.7"]);
            hub.wait(2);
            assert.equal((await hub.compile()).deleted, 2);
            await hub.deliver();
            assert.deepEqual(await enforced(hub, ...short, "9.6.0.7"), ["9.6.0.7"]);
            assert.deepEqual([...(await hub.table()).keys()].sort(), addresses("9.6", 50).sort());
        });
    });

    describe("of a poisoned feed", () => {
        const good = addresses("9.5", 400);
        const own = ["52.94.0.7", "ours.org"];
        let hub: IndicatorHub;
        before(async () => {
            hub = await IndicatorHub.create(cloud, {
                feeds: [
                    textFeed("poisoned", lists.put("poisoned.txt", good)),
                    textFeed("steady", lists.put("steady.txt", addresses("9.4", 600))),
                ],
                allowList: own,
            });
            await hub.run("poisoned", "steady");
        });

        /** Poisons the feed: nothing may change in any place, neither now nor with the next look. */
        async function poison(
            served: Served | readonly string[],
            outcome: string,
        ): Promise<Record<string, unknown>> {
            const before = await hub.inForce();
            const items = await hub.table();
            lists.put("poisoned.txt", served);
            const [report] = await hub.run("poisoned").catch(() => [undefined]);
            await hub.run("steady");
            await hub.enforce();
            assert.deepEqual(await hub.inForce(), before);
            assert.deepEqual(await hub.table(), items);
            const { last, held } = await hub.state("poisoned");
            assert.equal(last?.outcome, outcome);
            const { feeds } = await hub.current();
            assert.equal(feeds[0].lastOutcome, outcome);
            return { ...report, error: last?.error, reason: held?.reason, health: feeds[0] };
        }

        /** A line by which CloudWatch counts for the feed's alarms. */
        function alarmed(event: string, metric: string): void {
            const [line] = saidOf(event);
            assert.equal(line?.Feed, "poisoned");
            assert.equal(line[metric], 1);
            assert.match(JSON.stringify(line._aws), new RegExp(`"SyntheticSun".*"${metric}"`));
        }

        it("that lists the whole internet and private networks is taken without them", async () => {
            const { counts } = await poison([...good, "0.0.0.0/0", "::/0", "10.0.0.0/8"], "collected");
            assert.deepEqual((counts as { refused: unknown }).refused, {
                "wider than /8": 1,
                "wider than /19": 1,
                "private range": 1,
            });
        });

        it("that lists what is on the allow list is taken without it", async () => {
            const poisons = [own[0], "52.94.0.0/24", own[1], "www.ours.org", "https://ours.org/login"];
            const { counts } = await poison([...good, ...poisons], "collected");
            assert.deepEqual((counts as { refused: unknown }).refused, { "on the allow list": 5 });
        });

        const harmful: Readonly<Record<string, [Served | readonly string[], RegExp]>> = {
            "lists nothing but the whole internet": [["0.0.0.0/0", "::/0"], /would empty a list of 400/],
            "is an empty file": ["", /would empty a list of 400/],
            "is one line of 64 MB": [endlessLine(64), /would empty a list of 400/],
            "halves overnight": [good.slice(200), /would remove 200 of 400 \(50 %/],
            "doubles overnight": [[...good, ...addresses("9.3", 400)], /would add 400 to 400 \(100 %/],
        };
        for (const [what, [served, reason]] of Object.entries(harmful)) {
            it(`that ${what} is held, and the numbers are told`, async () => {
                const told = await poison(served, "held");
                assert.match(String(told.reason), reason);
                assert.match(JSON.stringify(told.health), reason);
                alarmed("feed-held", "Held");
            });
        }

        const broken: Readonly<Record<string, [Served, RegExp]>> = {
            "is HTML instead of a list": [
                "<!DOCTYPE html><html><body>503</body></html>",
                /is a web page \(HTML\)/,
            ],
            "ends in the middle": [halfSent(good), /127\.0\.0\.1/],
        };
        for (const [what, [served, error]] of Object.entries(broken)) {
            it(`that ${what} fails, and the reason is told`, async () => {
                const told = await poison(served, "failed");
                assert.match(String(told.error), error);
                assert.match(JSON.stringify(told.health), error);
                alarmed("feed-failed", "Failed");
            });
        }

        it("that halves is let through when somebody accepts it", async () => {
            await poison(good.slice(200), "held");
            const { outcome, removed } = await hub.collect({ feed: "poisoned", accept: true });
            await hub.compileInvoked();
            await hub.deliver();
            assert.deepEqual([outcome, removed], ["collected", 200]);
            assert.deepEqual(await enforced(hub, good[0], good[300]), [good[300]]);
            assert.equal((await hub.state("poisoned")).held, undefined);
        });
    });

    it("that would halve by what was accepted of one feed stay, until somebody forces them", async () => {
        const all = addresses("9.0", 100);
        const hub = await hubOf(textFeed("only", lists.put("only.txt", all)));
        await hub.run("only");
        const before = await hub.inForce();
        lists.put("only.txt", all.slice(60));
        await hub.collect({ feed: "only", accept: true });
        assert.equal((await hub.compileInvoked())?.published, false);
        await hub.enforce();
        assert.deepEqual(await hub.inForce(), before);
        const [{ reason, todo }] = saidOf("publish-held");
        assert.match(String(reason), /would remove 60 of 100 \(60 %/);
        assert.match(String(todo), /\{"force": true\}/);
        assert.ok(said.some(({ PublicationHeld }) => PublicationHeld === 1));
        await hub.compile({ force: true });
        await hub.deliver();
        assert.deepEqual(await enforced(hub, all[0], all[60]), [all[60]]);
    });

    it("follow an analyst before feeds, and what analysts decided stays on record", async () => {
        const bad = addresses("9.2", 50);
        const hub = await hubOf(textFeed("feed", lists.put("feed.txt", [...bad, "badness.net"])));
        await hub.run("feed");
        const analysts = hub.forAnalysts;
        const both = [bad[0], "9.1.1.1", "badness.net"];
        const reason = "ticket 7";

        await decide(analysts, { action: "allow", value: bad[0], reason });
        await decide(analysts, { action: "allow", value: "badness[.]net", reason });
        await decide(analysts, { action: "block", value: "9.1.1.1", reason, until: "2999-01-01" });
        assert.deepEqual(await enforced(hub, ...both), ["9.1.1.1"]);
        assert.deepEqual((await hub.snapshot()).ip("9.1.1.1")?.feeds, ["analyst"]);
        lists.put("feed.txt", [...bad, "badness.net", "9.2.200.1"]);
        await hub.run("feed");
        assert.deepEqual(await enforced(hub, ...both, "9.2.200.1"), ["9.1.1.1", "9.2.200.1"]);

        for (const value of both) {
            await decide(analysts, { action: "lift", value, reason: "closed" });
        }
        assert.deepEqual(await enforced(hub, ...both), [bad[0], "badness.net"]);
        const history = await historyOf(analysts.dynamo, analysts.names.overridesTable, "9.1.1.1");
        assert.deepEqual(
            history.map(({ action, by, reason: why }) => [action, by, why]),
            [
                ["block", "arn:aws:iam::111111111111:root", reason],
                ["lift", "arn:aws:iam::111111111111:root", "closed"],
            ],
        );
        const { enforced: places, overrides } = await explain(analysts, bad[0]);
        assert.equal(overrides.length, 2);
        assert.ok(
            places.some(({ place }) => place === "waf"),
            JSON.stringify(places),
        );
    });

    describe("after a run that was interrupted", () => {
        const ours = [...addresses("8.9", 90), "2a00:1::1", "old.badness.com", "kept.badness.com"];
        const first = { one: ours, two: [...ours.slice(0, 40), ...addresses("8.7", 60)] };
        const second = {
            one: [
                ...ours.slice(20),
                ...addresses("8.6", 25),
                "2a00:1::2",
                "new.badness.com",
                "badness.com/a",
            ],
            two: [...first.two.slice(10), ...addresses("8.5", 15)],
        };
        let undisturbed: { state: unknown; requests: readonly string[] };
        before(async () => void (undisturbed = await outcome()));

        /** @returns how all is after a run that was interrupted, if it was, and another; and the requests of the first */
        async function outcome(interruption?: Interruption): Promise<typeof undisturbed> {
            const url = (name: "one" | "two"): string => lists.put(`${name}.txt`, first[name]);
            const hub = await hubOf(
                textFeed("one", url("one")),
                textFeed("two", url("two"), { confidence: 70 }),
            );
            await hub.run("one", "two");
            Object.entries(second).forEach(([name, content]) => lists.put(`${name}.txt`, content));
            hub.calls.begin(interruption);
            await hub.run("one", "two").catch(() => undefined);
            const requests = hub.calls.names;
            hub.calls.begin();
            // As Lambda does, what was interrupted is invoked again, and not what had ended before.
            if (interruption && interruption.at > undisturbed.requests.lastIndexOf("Invoke")) {
                await hub.compile();
                await hub.deliver();
            } else {
                await hub.run("one", "two");
            }
            return { state: { ...(await hub.inForce()), table: await hub.table() }, requests };
        }

        async function same(how: Interruption["how"], points: readonly number[]): Promise<void> {
            for (const at of points) {
                const { state } = await outcome({ at, how });
                assert.deepEqual(state, undisturbed.state, `${how} at request ${at}`);
            }
        }

        it("are as they would be without, whatever the last thing was that it wrote", async () => {
            const writes = undisturbed.requests.flatMap((name, at) =>
                /^(Get|List|Scan|Head)/.test(name) ? [] : [at],
            );
            assert.ok(writes.length > 20, undisturbed.requests.join());
            await same("killed", writes);
        });

        it("are as they would be without, whatever request failed", async () => {
            const { length } = undisturbed.requests;
            await same(
                "failed",
                Array.from({ length: 25 }, (_, point) => Math.floor((point * length) / 25)),
            );
        });
    });

    it("come from a MISP, a TAXII 2.1 and a TAXII 1.1 server", async () => {
        const python = await ensurePythonPackages("opentaxii", OPENTAXII_REQUIREMENTS, () => undefined);
        const reader = { username: "reader", password: randomUUID() };
        const misp = await startMisp({ key: "k".repeat(40), attributes: attributesFromFeed(MISP_FEED) });
        const medallion = await startMedallion(50);
        const taxii1 = await startOpenTaxii({ python, collections: ["iocs"], reader, partSize: 2 });
        try {
            await medallion.add([
                stix2("[ipv4-addr:value = '8.4.0.2' OR domain-name:value = 'taxii2.badness.com']"),
            ]);
            await taxii1.push("iocs", stix1("8.4.0.3"));
            const hub = await hubOf();
            const common = { confidence: 50, ttlDays: 8 };
            const basic = { auth: { type: "basic" } } as const;
            await hub.configure({
                feeds: [
                    {
                        ...{ name: "misp", protocol: "misp", url: misp.url, ...common },
                        ...{ tags: ["DDB_IP_FEED", "DDB_URL_FEED"] },
                        secretArn: await hub.secret("k".repeat(40)),
                    },
                    {
                        ...{
                            name: "taxii2",
                            protocol: "taxii2",
                            url: medallion.discovery,
                            ...common,
                            ...basic,
                        },
                        secretArn: await hub.secret(medallion.secret),
                    },
                    {
                        ...{ name: "taxii1", protocol: "taxii1", url: taxii1.discovery, ...common, ...basic },
                        secretArn: await hub.secret(`${reader.username}:${reader.password}`),
                    },
                ],
            });
            await hub.run("misp", "taxii2", "taxii1");
            const snapshot = await hub.snapshot();
            const found = [...snapshot.addresses(), ...snapshot.names()].map(({ value, feeds }) => [
                value,
                ...feeds,
            ]);
            assert.deepEqual(found.sort(), [
                ["8.4.0.1", "misp"],
                ["8.4.0.2", "taxii2"],
                ["8.4.0.3", "taxii1"],
                ["http://misp.badness.com/a.php", "misp"],
                ["misp.badness.com", "misp"],
                ["taxii2.badness.com", "taxii2"],
            ]);
            assert.deepEqual(await enforced(hub, "8.4.0.1", "8.4.0.2", "8.4.0.3"), [
                "8.4.0.1",
                "8.4.0.2",
                "8.4.0.3",
            ]);
        } finally {
            await Promise.all([misp.close(), medallion.stop(), taxii1.stop()]);
        }
    });

    it("of the snapshot before are enforced again after a roll-back", async () => {
        const old = addresses("8.3", 60);
        const hub = await hubOf(textFeed("rolled", lists.put("rolled.txt", old)));
        await hub.run("rolled");
        const before = await hub.inForce();
        lists.put("rolled.txt", [...old.slice(10), "8.2.0.1"]);
        await hub.run("rolled");
        assert.deepEqual(await enforced(hub, old[0], "8.2.0.1"), ["8.2.0.1"]);
        await hub.compile({ rollback: true });
        await hub.deliver();
        assert.deepEqual(await hub.inForce(), before);
        await hub.run("rolled");
        assert.deepEqual(await hub.inForce(), before, "the snapshot that was rolled back from stays out");
    });
});

const MISP_FEED = "8.4.0.1\nmisp.badness.com\nmisp.badness.com/a.php\n";

function stix2(pattern: string): object {
    // The hub's clock is a little behind, and what is valid only later is not taken.
    const time = new Date(Date.now() - 3_600_000).toISOString();
    return {
        ...{ type: "indicator", spec_version: "2.1", id: `indicator--${randomUUID()}`, pattern },
        ...{ pattern_type: "stix", created: time, modified: time, valid_from: time },
    };
}

function stix1(address: string): string {
    return `<stix:STIX_Package xmlns:stix="http://stix.mitre.org/stix-1" xmlns:cybox="http://cybox.mitre.org/cybox-2"
        xmlns:ind="http://stix.mitre.org/Indicator-2" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
        xmlns:addr="http://cybox.mitre.org/objects#AddressObject-2" id="e:1" version="1.1.1"><stix:Indicators>
        <stix:Indicator id="e:2" xsi:type="ind:IndicatorType"><ind:Observable><cybox:Object>
        <cybox:Properties xsi:type="addr:AddressObjectType" category="ipv4-addr">
        <addr:Address_Value condition="Equals">${address}</addr:Address_Value>
        </cybox:Properties></cybox:Object></ind:Observable></stix:Indicator></stix:Indicators></stix:STIX_Package>`;
}
