import assert from "node:assert/strict";
import { WAFV2Client } from "@aws-sdk/client-wafv2";
import { Candidate, normalCidr, selectCidrs, spread } from "./shards";
import { enforceWaf, WafOptions } from "./waf";

function ip(value: string, confidence = 80, lastSeen = "2026-11-24T00:00:00.000Z"): Candidate {
    const type = value.includes("/") ? "cidr" : value.includes(":") ? "ipv6" : "ipv4";
    return { type, value, confidence, lastSeen };
}

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
            throw Object.assign(new Error(fault), { name: fault });
        }
        fault?.();
        if (LockToken !== String(set.token)) {
            throw Object.assign(new Error("stale"), { name: "WAFOptimisticLockException" });
        }
        set.token++;
        set.addresses = Addresses;
        this.updates++;
        return {};
    }
}

function run(waf: FakeWaf, addresses: Candidate[], more: Partial<WafOptions> = {}) {
    const refs = (version: string) =>
        [...waf.sets.keys()].filter((id) => id.startsWith(version)).map((id) => ({ id, name: `name-${id}` }));
    return enforceWaf({
        client: waf as unknown as WAFV2Client,
        scope: "REGIONAL",
        ipv4Sets: refs("v4"),
        ipv6Sets: refs("v6"),
        snapshot: { addresses: () => addresses },
        sleep: async () => undefined,
        ...more,
    });
}

describe("enforceWaf", () => {
    it("writes what differs, then nothing", async () => {
        const waf = new FakeWaf({ v4: ["198.18.0.9/32"], v6: [] });
        const addresses = [ip("9.9.9.1"), ip("9.9.8.0/24"), ip("2a00::1"), ip("0.0.0.0/0"), ip("::/0")];
        const first = await run(waf, addresses);
        assert.deepEqual([first.added, first.removed, first.unchanged, first.leftOut], [3, 1, 0, 0]);
        assert.deepEqual(waf.sets.get("v4")?.addresses.sort(), ["9.9.8.0/24", "9.9.9.1/32"]);
        assert.deepEqual(waf.sets.get("v6")?.addresses, ["2a00::1/128"]);
        const second = await run(waf, addresses);
        assert.deepEqual([second.added, second.removed, second.unchanged], [0, 0, 3]);
        assert.equal(waf.updates, 2);
    });

    it("knows IPv6 that WAF answers written out in full", async () => {
        const waf = new FakeWaf({ v6: ["2a00:0000:0000:0000:0000:0000:0000:0001/128"] });
        const report = await run(waf, [ip("2a00::1")]);
        assert.deepEqual(report.sets, [{ name: "name-v6", addresses: 1, updated: false }]);
    });

    it("reads again and retries when another writer came first", async () => {
        const waf = new FakeWaf({ v4: [] });
        waf.errors.push(() => {
            const set = waf.sets.get("v4");
            assert.ok(set);
            set.token++;
            set.addresses = ["198.18.0.1/32"];
        });
        await run(waf, [ip("9.9.9.1")]);
        assert.deepEqual(waf.sets.get("v4")?.addresses, ["9.9.9.1/32"]);
    });

    it("gives up on a lock that never comes free, and at once on other errors", async () => {
        const locked = new FakeWaf({ v4: [] });
        locked.errors.push(...Array<string>(20).fill("WAFOptimisticLockException"));
        await assert.rejects(run(locked, [ip("9.9.9.1")]), { name: "WAFOptimisticLockException" });
        const invalid = new FakeWaf({ v4: [] });
        invalid.errors.push("WAFInvalidParameterException");
        await assert.rejects(run(invalid, [ip("9.9.9.1")]), { name: "WAFInvalidParameterException" });
    });

    it("waits a second when WAF throttles", async () => {
        const waf = new FakeWaf({ v4: [] });
        waf.errors.push("ThrottlingException", "ThrottlingException");
        const waits: number[] = [];
        await run(waf, [ip("9.9.9.1")], { sleep: async (milliseconds) => waits.push(milliseconds) });
        assert.deepEqual(waits, [1000, 1000]);
    });

    it("leaves out the worst when there is no room", async () => {
        const waf = new FakeWaf({ "v4-a": [], "v4-b": [] });
        const addresses = [
            ip("9.9.9.1", 10),
            ip("9.9.9.2", 90),
            ip("9.9.9.3", 50),
            ip("9.9.9.4", 50, "2020-01-01"),
        ];
        const report = await run(waf, [...addresses, ip("9.9.9.5", 60)], { maxPerSet: 2 });
        assert.equal(report.leftOut, 1);
        const all = [...waf.sets.values()].flatMap((set) => set.addresses).sort();
        assert.deepEqual(all, ["9.9.9.2/32", "9.9.9.3/32", "9.9.9.4/32", "9.9.9.5/32"]);
    });

    it("changes one set of three for one address more and one less", async () => {
        const waf = new FakeWaf({ "v4-a": [], "v4-b": [], "v4-c": [] });
        const many = Array.from({ length: 20 }, (_, index) => ip(`9.9.9.${index}`));
        await run(waf, many, { maxPerSet: 10 });
        const before = waf.updates;
        const report = await run(waf, [...many.slice(1), ip("9.9.8.1", 99)], { maxPerSet: 10 });
        assert.deepEqual([report.added, report.removed, waf.updates - before], [1, 1, 1]);
    });
});

describe("shards", () => {
    it("orders by confidence, then last seen, then value", () => {
        const list = [ip("9.9.9.3"), ip("9.9.9.2", 80, "2026-11-25"), ip("9.9.9.1", 10), ip("9.9.9.0")];
        const { cidrs } = selectCidrs(list, 4, 10);
        assert.deepEqual(cidrs, ["9.9.9.2/32", "9.9.9.0/32", "9.9.9.3/32", "9.9.9.1/32"]);
    });

    it("takes a doubled address into one set only", () => {
        assert.deepEqual(spread(["a"], [["a"], ["a"]], 5), [["a"], []]);
    });

    it("moves what no longer fits when the bound shrinks", () => {
        assert.deepEqual(spread(["a", "b", "c"], [["a", "b", "c"], []], 2), [["a", "b"], ["c"]]);
    });

    it("has no normal form for a /0 or for junk", () => {
        assert.equal(normalCidr("0.0.0.0/0"), undefined);
        assert.equal(normalCidr("300.1.1.1/32"), undefined);
        assert.equal(normalCidr("9.9.9.9/24"), "9.9.9.0/24");
    });
});
