import assert from "node:assert/strict";
import fc from "fast-check";
import { failure, MemoryBucket } from "../bucket-testing";
import { IndicatorMatch } from "../indicators/indicator";
import { dnsFirewallPlace } from "./dns-firewall";
import { ListFiles } from "./list-files";
import { blockable, changes, indicator, indicatorLists, inRankOrder, noPause } from "./testing";

/** One domain list of DNS Firewall: names end with a dot in what it answers, imports take a while. */
class FakeResolver {
    domains = new Set<string>();
    status = "COMPLETE";
    readonly calls: string[] = [];
    refuse?: string;
    fault: () => void = () => undefined;
    private looks = 0;

    constructor(private readonly bucket: MemoryBucket) {}

    send = (async ({
        constructor,
        input,
    }: {
        constructor: { name: string };
        input: Record<string, unknown>;
    }) => {
        switch (constructor.name) {
            case "GetFirewallDomainListCommand":
                if (this.status === "IMPORTING" && this.looks-- <= 0) {
                    this.status = this.refuse ? "COMPLETE_IMPORT_FAILED" : "COMPLETE";
                }
                return { FirewallDomainList: { Status: this.status, StatusMessage: this.refuse } };
            case "ListFirewallDomainsCommand": {
                const size = 3;
                const start = Number(input.NextToken ?? 0);
                const all = [...this.domains];
                const Domains = all.slice(start, start + size).map((domain) => `${domain}.`);
                return { Domains, NextToken: start + size < all.length ? String(start + size) : undefined };
            }
        }
        this.fault();
        assert.notEqual(this.status, "IMPORTING", "the service refuses changes while it imports");
        this.calls.push(
            `${constructor.name.replace("FirewallDomainsCommand", "")} ${String(input.Operation)}`,
        );
        if (constructor.name === "ImportFirewallDomainsCommand") {
            this.status = "IMPORTING";
            this.looks = 2;
            const text = this.bucket.text(String(input.DomainFileUrl).replace("s3://lists/", "")) ?? "";
            if (!this.refuse) {
                this.domains = new Set(text.split("\n").filter(Boolean));
            }
            return {};
        }
        const domains = input.Domains as string[];
        assert.ok(domains.length > 0 && domains.length <= 1000);
        for (const domain of domains) {
            assert.match(domain, /^(\*\.)?[A-Za-z0-9.-]+$/);
            assert.equal(this.domains.has(domain), input.Operation === "REMOVE", domain);
            this.domains[input.Operation === "ADD" ? "add" : "delete"](domain);
        }
        return {};
    }) as never;
}

function account(room?: number) {
    const bucket = new MemoryBucket();
    const client = new FakeResolver(bucket);
    const files = new ListFiles({ send: bucket.send }, "lists");
    const place = dnsFirewallPlace({ client, domainListId: "rslvr-fdl-1", files, room, pause: noPause });
    return { bucket, client, run: (indicators: IndicatorMatch[]) => place.enforce(blockable(indicators)) };
}

const MANY = Array.from({ length: 600 }, (_, index) => indicator(`d${index}.example`));

describe("DNS Firewall", () => {
    it("blocks a domain and what is under it, and says what it cannot express", async () => {
        const { client, run } = account();
        const list = ["evil.example", "a_b.example", "http://evil.example/x", "9.9.9.9"];
        const report = await run(list.map((value) => indicator(value)));
        assert.deepEqual([...client.domains], ["evil.example", "*.evil.example"]);
        assert.deepEqual([changes(report), report.unfit], [[2, 0, 0], { underscore: 1, url: 1 }]);
        assert.deepEqual(report.room, { domains: 100_000 });
    });

    it("sends a small change and imports a great one from a file", async () => {
        const { bucket, client, run } = account();
        assert.deepEqual(changes(await run(MANY)), [1200, 0, 0]);
        assert.deepEqual([...bucket.objects.keys()], ["dns-firewall/rslvr-fdl-1.txt"]);
        assert.deepEqual(changes(await run(MANY.slice(1))), [0, 2, 1198]);
        assert.deepEqual(client.calls, ["Import REPLACE", "Update REMOVE"]);
        assert.equal(client.domains.size, 1198);
    });

    it("removes all without importing an empty file", async () => {
        const { client, run } = account();
        await run(MANY);
        await run([]);
        assert.deepEqual(client.calls, ["Import REPLACE", "Update REMOVE", "Update REMOVE"]);
        assert.equal(client.domains.size, 0);
    });

    it("says why an import failed, and imports again the next time", async () => {
        const { client, run } = account();
        client.refuse = "the file is not there";
        await assert.rejects(run(MANY), /could not import list rslvr-fdl-1: the file is not there/);
        client.refuse = undefined;
        await run(MANY);
        assert.equal(client.domains.size, 1200);
    });

    it("holds exactly the best, whatever it held, wherever a run ended, then writes nothing", async () => {
        const rooms = fc.integer({ min: 0, max: 9 });
        await fc.assert(
            fc.asyncProperty(indicatorLists, rooms, fc.nat(2), async (list, room, cut) => {
                const { client, run } = account(room);
                client.domains = new Set(["foreign.example", "d1.evil.example"]);
                let left = cut;
                client.fault = () => {
                    if (left-- <= 0) {
                        throw failure("Interrupted");
                    }
                };
                await run(list).catch((error: Error) => assert.equal(error.name, "Interrupted"));
                client.fault = () => undefined;
                const report = await run(list);
                const fit = inRankOrder(list).filter(
                    ({ type, value }) => type === "domain" && !value.includes("_"),
                );
                const kept = fit.slice(0, Math.floor(room / 2));
                const expected = kept.flatMap(({ value }) => [value, `*.${value}`]);
                assert.deepEqual([...client.domains].sort(), expected.sort());
                assert.equal(report.leftOut, fit.length - kept.length);
                const calls = client.calls.length;
                assert.deepEqual(changes(await run(list)), [0, 0, expected.length]);
                assert.equal(client.calls.length, calls);
            }),
        );
    });
});
