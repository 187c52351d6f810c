import assert from "node:assert/strict";
import { FakeCloud } from "./cloud-testing";
import { historyOf, Override, overridesInForce, putOverride, readOverrides } from "./overrides";

const NOW = new Date("2026-11-24T12:00:00.000Z");

function override(more: Partial<Override> = {}): Override {
    return {
        value: "8.8.4.4",
        at: "2026-11-24T10:00:00.000Z",
        action: "allow",
        reason: "our resolver",
        by: "arn:aws:iam::111111111111:user/ana",
        ...more,
    };
}

const later = "2026-11-24T11:00:00.000Z";

describe("analysts' overrides", () => {
    it("are kept with who gave them, when and why, and none is changed", async () => {
        const { dynamo } = new FakeCloud();
        const first = override({ until: "2026-12-31" });
        const second = override({ at: later, action: "lift", reason: "moved away" });
        const other = override({ value: "evil.example", action: "block" });
        for (const one of [first, second, other]) {
            await putOverride(dynamo, "o", one);
        }
        await assert.rejects(putOverride(dynamo, "o", override({ action: "block" })), /already: try again/);
        assert.deepEqual(await historyOf(dynamo, "o", "8.8.4.4"), [first, second]);
        assert.deepEqual(await readOverrides(dynamo, "o"), [first, second, other]);
    });

    it("are refused without a reason, with a time that is none, and with a value not in normal form", async () => {
        const { dynamo, requests } = new FakeCloud();
        const put = (more: Partial<Override>) => putOverride(dynamo, "o", override(more));
        await assert.rejects(put({ reason: " " }), /why allow 8\.8\.4\.4\?/);
        await assert.rejects(put({ until: "next week" }), /"next week" is no time/);
        await assert.rejects(put({ at: "2026-11-24" }), /"2026-11-24" is no time/);
        await assert.rejects(put({ at: "today" }), /"today" is no time/);
        await assert.rejects(put({ value: "EVIL.example" }), /"EVIL.example" is no address/);
        assert.equal(requests.length, 0);
    });

    it("count by the newest word on a value, whatever the order", () => {
        const words = [
            override({ at: later, action: "block" }),
            override(),
            override({ value: "a.example", action: "block" }),
            override({ value: "a.example", at: later, action: "lift" }),
        ];
        for (const order of [words, [...words].reverse()]) {
            const { allowed, blocked } = overridesInForce(order, NOW);
            assert.deepEqual(allowed, []);
            assert.deepEqual([...blocked.keys()], ["8.8.4.4"]);
            const { type, feeds, confidence } = blocked.get("8.8.4.4") ?? {};
            assert.deepEqual([type, feeds, confidence], ["ipv4", ["analyst"], 100]);
        }
    });

    it("count until they expire, and then what was said before does not come back", () => {
        const words = [
            override({ action: "block" }),
            override({ at: later, until: "2026-11-24T12:00:00.001Z" }),
        ];
        assert.deepEqual(overridesInForce(words, NOW).allowed, ["8.8.4.4"]);
        const after = overridesInForce(words, new Date(NOW.getTime() + 1));
        assert.deepEqual([after.allowed, after.blocked.size], [[], 0]);
    });
});
