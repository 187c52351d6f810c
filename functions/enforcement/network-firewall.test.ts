import assert from "node:assert/strict";
import fc from "fast-check";
import { failure } from "../bucket-testing";
import { IndicatorMatch } from "../indicators/indicator";
import { networkFirewallPlace, PLACEHOLDER_TARGET } from "./network-firewall";
import { PLACEHOLDER_RULE } from "./suricata";
import { blockable, changes, indicator, indicatorLists, inRankOrder, noPause } from "./testing";

interface Group {
    RuleGroup: {
        RulesSource: {
            RulesString?: string;
            RulesSourceList?: { Targets: string[]; GeneratedRulesType: string };
        };
        StatefulRuleOptions?: unknown;
        RuleVariables?: unknown;
    };
    capacity: number;
    token: number;
}

/** Rule groups with update tokens and fixed capacity. */
class FakeFirewall {
    readonly groups = new Map<string, Group>();
    updates = 0;
    conflicts = 0;

    send = (async ({ input }: { input: Record<string, unknown> }): Promise<unknown> => {
        const group = this.groups.get(String(input.RuleGroupArn));
        assert.ok(group);
        if (input.UpdateToken === undefined) {
            const RuleGroupResponse = { Capacity: group.capacity, Description: "ours" };
            return { UpdateToken: String(group.token), RuleGroup: group.RuleGroup, RuleGroupResponse };
        }
        if (this.conflicts > 0) {
            this.conflicts--;
            group.token++;
        }
        if (input.UpdateToken !== String(group.token)) {
            throw failure("InvalidTokenException");
        }
        assert.equal(input.Description, "ours");
        const next = input.RuleGroup as Group["RuleGroup"];
        const list = next.RulesSource.RulesSourceList;
        const rules = list
            ? (list.Targets.length + 1) * 2
            : (next.RulesSource.RulesString?.split("\n").length ?? 0);
        assert.ok(rules <= group.capacity, "capacity exceeded");
        this.updates++;
        group.token++;
        group.RuleGroup = next;
        return {};
    }) as never;

    targets(): string[] {
        return this.groups.get("domains")?.RuleGroup.RulesSource.RulesSourceList?.Targets ?? [];
    }

    rules(): string[] {
        return this.groups.get("rules")?.RuleGroup.RulesSource.RulesString?.split("\n") ?? [];
    }
}

function account(capacity = 1000, action: "drop" | "alert" = "drop") {
    const client = new FakeFirewall();
    const Options = { StatefulRuleOptions: { RuleOrder: "STRICT_ORDER" } };
    const list = { Targets: [".old.example"], GeneratedRulesType: "DENYLIST" };
    client.groups.set("domains", {
        RuleGroup: { RulesSource: { RulesSourceList: list } },
        capacity,
        token: 1,
    });
    const RuleGroup = { RulesSource: { RulesString: PLACEHOLDER_RULE }, ...Options };
    client.groups.set("rules", { RuleGroup, capacity, token: 1 });
    const settings = { domainGroupArn: "domains", suricataGroupArn: "rules", action };
    const place = networkFirewallPlace({ client, settings, pause: noPause });
    return { client, run: (indicators: IndicatorMatch[]) => place.enforce(blockable(indicators)) };
}

const LIST = [
    "evil.example",
    "a_b.example",
    "9.9.9.1",
    "2a00::/32",
    "http://u.example/x",
    "https://u.example/",
].map((value) => indicator(value));

describe("Network Firewall", () => {
    it("blocks domains with what is under them, addresses and plain URLs; then writes nothing", async () => {
        const { client, run } = account();
        const report = await run(LIST);
        assert.deepEqual(client.targets(), [".evil.example"]);
        assert.equal(client.rules().length, 3);
        assert.ok(client.rules().every((rule) => rule.startsWith("drop ")));
        assert.deepEqual([changes(report), report.unfit], [[4, 1, 0], { underscore: 1, "encrypted-url": 1 }]);
        assert.deepEqual(report.room, { domains: 499, rules: 1000 });
        const { updates } = client;
        assert.deepEqual(changes(await run(LIST)), [0, 0, 4]);
        assert.equal(client.updates, updates);
    });

    it("leaves everything else of a rule group as it is", async () => {
        const { client, run } = account();
        await run(LIST);
        assert.deepEqual(client.groups.get("rules")?.RuleGroup.StatefulRuleOptions, {
            RuleOrder: "STRICT_ORDER",
        });
    });

    it("keeps a rule that matches nothing where there is nothing to match", async () => {
        const { client, run } = account();
        await run(LIST);
        const report = await run([]);
        assert.deepEqual([client.targets(), client.rules()], [[PLACEHOLDER_TARGET], [PLACEHOLDER_RULE]]);
        assert.deepEqual(changes(report), [0, 4, 0]);
        const { updates } = client;
        await run([]);
        assert.equal(client.updates, updates);
    });

    it("reads again and retries when another writer came first", async () => {
        const { client, run } = account();
        client.conflicts = 2;
        await run(LIST);
        assert.deepEqual(client.targets(), [".evil.example"]);
    });

    it("writes again when the action is another", async () => {
        const { client, run } = account(1000, "alert");
        await run(LIST);
        assert.ok(client.rules().every((rule) => rule.startsWith("alert ")));
        assert.equal(
            client.groups.get("domains")?.RuleGroup.RulesSource.RulesSourceList?.GeneratedRulesType,
            "ALERTLIST",
        );
    });

    it("holds exactly the best that the capacity allows, whatever it held, then writes nothing", async () => {
        await fc.assert(
            fc.asyncProperty(
                indicatorLists,
                indicatorLists,
                fc.integer({ min: 4, max: 14 }),
                async (a, b, size) => {
                    const { client, run } = account(size);
                    await run(a);
                    const report = await run(b);
                    const ranked = inRankOrder(b);
                    const domains = ranked.filter(
                        ({ type, value }) => type === "domain" && !value.includes("_"),
                    );
                    const rules = ranked.filter(
                        ({ type, value }) =>
                            type !== "domain" && !value.startsWith("https") && !value.endsWith("/0"),
                    );
                    const targets = domains
                        .slice(0, Math.floor(size / 2) - 1)
                        .map(({ value }) => `.${value}`);
                    const kept = rules.slice(0, size);
                    assert.deepEqual(
                        client.targets(),
                        targets.length ? targets.sort() : [PLACEHOLDER_TARGET],
                    );
                    const held = client
                        .rules()
                        .map((rule) => /msg:"(?:SyntheticSun )?([^"]*)"/.exec(rule)?.[1]);
                    const expected = kept.map(({ value }) => value);
                    assert.deepEqual(held.sort(), kept.length ? expected.sort() : ["nobody"]);
                    const fit = domains.length + rules.length;
                    assert.equal(report.leftOut, fit - targets.length - kept.length);
                    const { updates } = client;
                    assert.deepEqual(changes(await run(b)), [0, 0, targets.length + kept.length]);
                    assert.equal(client.updates, updates);
                },
            ),
        );
    });
});
