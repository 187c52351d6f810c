import * as assert from "node:assert/strict";
import { DEFAULT_SPECS, planSubnets } from "./vpc-layout";

describe("planSubnets", () => {
    it("gives each zone its own part", () => {
        const plan = planSubnets("10.0.0.0/16", ["a", "b", "c"], DEFAULT_SPECS);
        assert.deepEqual(
            plan.map(({ suffix, cidrBlock, zone }) => [suffix, cidrBlock, zone]),
            [
                ["private-1", "10.0.0.0/19", "a"],
                ["public-1", "10.0.32.0/20", "a"],
                ["private-2", "10.0.64.0/19", "b"],
                ["public-2", "10.0.96.0/20", "b"],
                ["private-3", "10.0.128.0/19", "c"],
                ["public-3", "10.0.160.0/20", "c"],
            ],
        );
    });

    it("keeps to masks, names and blocks given", () => {
        const plan = planSubnets(
            "10.64.0.0/20",
            ["a", "b"],
            [
                { type: "Isolated", name: "private", cidrMask: 24 },
                { type: "Public", cidrBlocks: ["10.64.15.0/28", "10.64.15.16/28"] },
            ],
        );
        assert.deepEqual(
            plan.map(({ suffix, cidrBlock }) => [suffix, cidrBlock]),
            [
                ["public-1", "10.64.15.0/28"],
                ["private-1", "10.64.0.0/24"],
                ["public-2", "10.64.15.16/28"],
                ["private-2", "10.64.8.0/24"],
            ],
        );
    });

    it("refuses a network that is too small", () => {
        assert.throws(
            () => planSubnets("10.0.0.0/24", ["a", "b"], [{ type: "Private", cidrMask: 24 }]),
            /too small/,
        );
    });
});
