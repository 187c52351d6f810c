import assert from "node:assert/strict";
import { WAFV2Client } from "@aws-sdk/client-wafv2";
import fc from "fast-check";
import { failure } from "../bucket-testing";
import { IndicatorMatch } from "../indicators/indicator";
import { parseCidr } from "./cidr";
import { spread } from "./shards";
import { blockable, changes, indicator, indicatorLists, inRankOrder, noPause } from "./testing";
import { WafOptions, wafPlace } from "./waf";

/** WAF as far as IP sets go, with lock tokens and a queue of errors to throw at updates. */
class FakeWaf {
    readonly sets = new Map<string, { addresses: string[]; token: number }>();
    readonly errors: (string | (() => void))[] = [];
    updates = 0;

    constructor(sets: Record<string, string[]>) {
        for (const [id, addresses] of Object.entries(sets)) {
            this.sets.set(id, { addresses, token: 1 });
        }
    }

    async send(command: {
        input: { Id: string; Addresses?: string[]; LockToken?: string };
    }): Promise<unknown> {
        const { Id, Addresses, LockToken } = command.input;
        const set = this.sets.get(Id);
        assert.ok(set);
        if (!Addresses) {
            return { IPSet: { Addresses: [...set.addresses] }, LockToken: String(set.token) };
        }
        const fault = this.errors.shift();
        if (typeof fault === "string") {
            throw failure(fault);
        }
        fault?.();
        if (LockToken !== String(set.token)) {
            throw failure("WAFOptimisticLockException");
        }
        assert.ok(Addresses.every((address) => !address.endsWith("/0")));
        set.token++;
        set.addresses = Addresses;
        this.updates++;
        return {};
    }

    held(version = ""): string[] {
        const sets = [...this.sets].filter(([id]) => id.startsWith(version));
        return sets.flatMap(([, { addresses }]) => addresses).sort();
    }
}

function run(waf: FakeWaf, indicators: IndicatorMatch[], more: Partial<WafOptions> = {}) {
    const refs = (version: string) =>
        [...waf.sets.keys()].filter((id) => id.startsWith(version)).map((id) => ({ id, name: `name-${id}` }));
    const place = wafPlace({
        client: waf as unknown as WAFV2Client,
        scope: "REGIONAL",
        ipv4Sets: refs("v4"),
        ipv6Sets: refs("v6"),
        pause: noPause,
        ...more,
    });
    return place.enforce(blockable(indicators));
}

describe("WAF", () => {
    it("writes what differs, then nothing, and never a /0", async () => {
        const waf = new FakeWaf({ v4: ["198.18.0.9/32"], v6: [] });
        const list = ["9.9.9.1", "9.9.8.0/24", "2a00::1", "0.0.0.0/0", "::/0"].map((value) =>
            indicator(value),
        );
        const first = await run(waf, list);
        assert.deepEqual([changes(first), first.leftOut, first.unfit], [[3, 1, 0], 0, { "prefix-0": 2 }]);
        assert.deepEqual(waf.held("v4"), ["9.9.8.0/24", "9.9.9.1/32"]);
        assert.deepEqual(waf.held("v6"), ["2a00::1/128"]);
        assert.deepEqual(changes(await run(waf, list)), [0, 0, 3]);
        assert.equal(waf.updates, 2);
        assert.deepEqual(first.room, { ipv4: 10_000, ipv6: 10_000 });
    });

    it("holds exactly the best there is room for, whatever it held, and then writes nothing", async () => {
        await fc.assert(
            fc.asyncProperty(
                indicatorLists,
                indicatorLists,
                fc.integer({ min: 1, max: 4 }),
                async (a, b, max) => {
                    const waf = new FakeWaf({ "v4-a": [], "v4-b": ["1.1.1.1/32"], v6: [] });
                    await run(waf, a, { maxPerSet: max });
                    const report = await run(waf, b, { maxPerSet: max });
                    const version = (v: 4 | 6) =>
                        inRankOrder(b)
                            .filter(({ type }) => type !== "domain" && type !== "url")
                            .map(({ value }) =>
                                value.includes("/") ? value : `${value}/${v === 4 ? 32 : 128}`,
                            )
                            .filter((text) => text.includes(":") === (v === 6) && !text.endsWith("/0"));
                    assert.deepEqual(
                        waf.held("v4"),
                        version(4)
                            .slice(0, 2 * max)
                            .sort(),
                    );
                    assert.deepEqual(waf.held("v6"), version(6).slice(0, max).sort());
                    const fit = version(4).length + version(6).length;
                    assert.equal(report.leftOut, fit - waf.held().length);
                    const { updates } = waf;
                    assert.deepEqual(changes(await run(waf, b, { maxPerSet: max })), [
                        0,
                        0,
                        waf.held().length,
                    ]);
                    assert.equal(waf.updates, updates);
                },
            ),
        );
    });

    it("knows IPv6 that WAF answers written out in full", async () => {
        const waf = new FakeWaf({ v6: ["2a00:0000:0000:0000:0000:0000:0000:0001/128"] });
        assert.deepEqual(changes(await run(waf, [indicator("2a00::1")])), [0, 0, 1]);
        assert.equal(waf.updates, 0);
    });

    it("reads again and retries when another writer came first", async () => {
        const waf = new FakeWaf({ v4: [] });
        waf.errors.push(() => {
            const set = waf.sets.get("v4");
            assert.ok(set);
            set.token++;
            set.addresses = ["198.18.0.1/32"];
        });
        await run(waf, [indicator("9.9.9.1")]);
        assert.deepEqual(waf.held(), ["9.9.9.1/32"]);
    });

    it("gives up on a lock that never comes free, and at once on other errors", async () => {
        const locked = new FakeWaf({ v4: [] });
        locked.errors.push(...Array<string>(20).fill("WAFOptimisticLockException"));
        await assert.rejects(run(locked, [indicator("9.9.9.1")]), { name: "WAFOptimisticLockException" });
        const invalid = new FakeWaf({ v4: [] });
        invalid.errors.push("WAFInvalidParameterException");
        await assert.rejects(run(invalid, [indicator("9.9.9.1")]), { name: "WAFInvalidParameterException" });
        assert.equal(invalid.errors.length, 0);
    });

    it("waits a second when WAF throttles", async () => {
        const waf = new FakeWaf({ v4: [] });
        waf.errors.push("ThrottlingException", "ThrottlingException");
        const waits: number[] = [];
        await run(waf, [indicator("9.9.9.1")], { pause: async (milliseconds) => waits.push(milliseconds) });
        assert.deepEqual(waits, [1000, 1000]);
    });

    it("changes one set of three for one address more and one less", async () => {
        const waf = new FakeWaf({ "v4-a": [], "v4-b": [], "v4-c": [] });
        const many = Array.from({ length: 20 }, (_, index) => indicator(`9.9.9.${index}`));
        await run(waf, many, { maxPerSet: 10 });
        const before = waf.updates;
        const next = [...many.slice(1), indicator("9.9.8.1", { confidence: 99 })];
        assert.deepEqual(changes(await run(waf, next, { maxPerSet: 10 })), [1, 1, 19]);
        assert.equal(waf.updates - before, 1);
    });

    it("tells CloudFront's sets from regional ones", async () => {
        assert.equal((await run(new FakeWaf({}), [], { scope: "CLOUDFRONT" })).place, "waf-cloudfront");
    });
});

describe("spread", () => {
    it("takes a doubled address into one set only", () => {
        assert.deepEqual(spread(["a"], [["a"], ["a"]], 5), [["a"], []]);
    });

    it("moves what no longer fits when the bound shrinks", () => {
        assert.deepEqual(spread(["a", "b", "c"], [["a", "b", "c"], []], 2), [["a", "b"], ["c"]]);
    });
});

describe("parseCidr", () => {
    it("has no network for junk and cuts host bits off", () => {
        for (const junk of ["300.1.1.1/32", "9.9.9.9", "9.9.9.9/33", "9.9.9.9/ 8", "2a00::1/129", "/8"]) {
            assert.equal(parseCidr(junk), undefined, junk);
        }
        assert.equal(parseCidr("9.9.9.9/24")?.text, "9.9.9.0/24");
        assert.equal(parseCidr("2A00:0:0::ff/64")?.text, "2a00::/64");
    });
});
