import assert from "node:assert/strict";
import { FEED_PRESETS } from "./feedPresets";
import { feeds } from "./feeds";

describe("feed presets", () => {
    it("are whole feeds, each under a name that a feed may have", () => {
        const named = Object.fromEntries(Object.keys(FEED_PRESETS).map((preset) => [preset, { preset }]));
        const parsed = feeds.parse(named);
        assert.equal(Object.keys(parsed).length, Object.keys(FEED_PRESETS).length);
        for (const [name, feed] of Object.entries(parsed)) {
            assert.match(feed.url, /^https:/, name);
        }
    });

    it("leave the feeds off that have ended", () => {
        const { limo, phishing } = feeds.parse({
            limo: { preset: "limo-dshield" },
            phishing: { preset: "openphish" },
        });
        assert.deepEqual([limo.enabled, phishing.enabled], [false, true]);
    });

    it("can be changed in part", () => {
        const { ips } = feeds.parse({
            ips: { preset: "ipsum-level3", confidence: 90, schedule: "rate(1 day)" },
        });
        assert.deepEqual([ips.confidence, ips.schedule, ips.ttlDays], [90, "rate(1 day)", 8]);
    });

    it("are told when the name is wrong", () => {
        const { error } = feeds.safeParse({ ips: { preset: "ipsum" } });
        assert.match(error?.issues[0].message ?? "", /no preset "ipsum": known are .*ipsum-level3/);
        assert.deepEqual(error?.issues[0].path, ["ips"]);
    });
});
