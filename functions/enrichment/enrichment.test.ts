import assert from "node:assert/strict";
import { Enrichment } from "./enrichment";

describe("Enrichment", () => {
    it("forgets what it has told of addresses when an enricher has changed, and only then", async () => {
        let [city, changed] = ["a", false];
        const enricher = {
            name: "geo",
            prepare: async () => changed,
            ipv4: () => `"city":"${city}",`,
            ipv6: () => "",
        };
        const without = { name: "other", ipv4: () => "", ipv6: () => "" };
        const enrichment = new Enrichment({ addresses: [without, enricher] });
        const told = () => {
            const slot = enrichment.addresses.find(Buffer.from("192.0.2.1"), 0, 9);
            const members = enrichment.addresses.members(slot).toString();
            return (JSON.parse(`{${members.slice(0, -1)}}`) as { city: string }).city;
        };
        assert.equal(told(), "a");
        city = "b";
        await enrichment.prepare();
        assert.equal(told(), "a");
        changed = true;
        await enrichment.prepare();
        assert.equal(told(), "b");
    });

    it("says when documents wait for answers from outside", () => {
        const resolver = { name: "r", resolve: async () => new Map() };
        const scorer = { name: "s", score: async () => [] };
        assert.equal(new Enrichment().isLate, false);
        assert.equal(new Enrichment({ resolvers: [resolver] }).isLate, true);
        assert.equal(new Enrichment({ scorer }).isLate, true);
    });

    it("passes an enricher's fault on", async () => {
        const prepare = () => Promise.reject(new Error("down"));
        const enrichment = new Enrichment({
            addresses: [{ name: "x", prepare, ipv4: () => "", ipv6: () => "" }],
        });
        await assert.rejects(enrichment.prepare(), /down/);
    });
});
