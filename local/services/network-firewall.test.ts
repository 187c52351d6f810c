import {
    CreateFirewallPolicyCommand,
    CreateRuleGroupCommand,
    DeleteRuleGroupCommand,
    DescribeRuleGroupCommand,
    ListRuleGroupsCommand,
    NetworkFirewallClient,
    RuleGroup,
    UpdateRuleGroupCommand,
} from "@aws-sdk/client-network-firewall";
import assert from "node:assert/strict";
import { PLACEHOLDER_RULE } from "../../functions/enforcement/suricata";
import { countRules } from "./suricata-rules";
import { TestServices } from "./testing";

const rule = (sid: number): string => `drop ip any any <> 198.18.0.1 any (msg:"x"; sid:${sid}; rev:1;)`;
const ofRules = (...lines: string[]): RuleGroup => ({ RulesSource: { RulesString: lines.join("\n") } });
const ofDomains = (...Targets: string[]): RuleGroup => ({
    RulesSource: {
        RulesSourceList: {
            Targets,
            TargetTypes: ["TLS_SNI", "HTTP_HOST"],
            GeneratedRulesType: "DENYLIST",
        },
    },
});

describe("Network Firewall of the local cloud", () => {
    let services: TestServices;
    let client: NetworkFirewallClient;

    beforeEach(async () => {
        services = await TestServices.start();
        client = new NetworkFirewallClient(services.client());
    });
    afterEach(() => services.stop());

    const create = (RuleGroupName: string, Capacity: number, group: RuleGroup) =>
        client.send(
            new CreateRuleGroupCommand({ RuleGroupName, Type: "STATEFUL", Capacity, RuleGroup: group }),
        );

    it("changes a group only for who knows its last token", async () => {
        const made = await create("rules", 2, ofRules(rule(1)));
        const RuleGroupArn = made.RuleGroupResponse?.RuleGroupArn;
        const update = (UpdateToken: string | undefined, ...lines: string[]) =>
            client.send(
                new UpdateRuleGroupCommand({ RuleGroupArn, UpdateToken, RuleGroup: ofRules(...lines) }),
            );
        const { UpdateToken: second } = await update(made.UpdateToken, rule(1), rule(2));
        await assert.rejects(update(made.UpdateToken, rule(3)), { name: "InvalidTokenException" });
        const found = await client.send(new DescribeRuleGroupCommand({ RuleGroupArn }));
        assert.equal(found.UpdateToken, second);
        assert.equal(found.RuleGroup?.RulesSource?.RulesString, [rule(1), rule(2)].join("\n"));
        assert.deepEqual(
            [found.RuleGroupResponse?.Capacity, found.RuleGroupResponse?.ConsumedCapacity],
            [2, 2],
        );
        await assert.rejects(update(second, rule(1), rule(2), rule(3)), {
            name: "InvalidRequestException",
            message: /capacity/,
        });
    });

    it("counts a rule for each domain and protocol, and one for each protocol", async () => {
        await create("full", 6, ofDomains(".a.example", "b.example"));
        await assert.rejects(create("over", 5, ofDomains(".a.example", "b.example")), /capacity/);
    });

    it("refuses targets that are no domains", async () => {
        for (const target of ["*.a.example", "a b.example", "http://a.example", ".."]) {
            await assert.rejects(create("odd", 10, ofDomains(target)), { name: "InvalidRequestException" });
        }
    });

    it("finds, lists and deletes groups by name or ARN, and has each name once", async () => {
        await create("one", 2, ofRules(rule(1)));
        await assert.rejects(create("one", 2, ofRules(rule(1))), /already exists/);
        const named = { RuleGroupName: "one", Type: "STATEFUL" as const };
        const { RuleGroupResponse: group } = await client.send(new DescribeRuleGroupCommand(named));
        const { RuleGroups } = await client.send(new ListRuleGroupsCommand({}));
        assert.deepEqual(RuleGroups, [{ Name: "one", Arn: group?.RuleGroupArn }]);
        assert.ok(group?.LastModifiedTime instanceof Date);
        await client.send(new DeleteRuleGroupCommand({ RuleGroupArn: group?.RuleGroupArn }));
        await assert.rejects(client.send(new DescribeRuleGroupCommand(named)), {
            name: "ResourceNotFoundException",
        });
    });

    it("names an operation that it does not have", async () => {
        const policy = { StatelessDefaultActions: [], StatelessFragmentDefaultActions: [] };
        const request = { FirewallPolicyName: "p", FirewallPolicy: policy };
        await assert.rejects(client.send(new CreateFirewallPolicyCommand(request)), {
            name: "UnknownOperationException",
            message: /CreateFirewallPolicy/,
        });
    });
});

describe("Suricata rules", () => {
    it("are counted, without comments and empty lines", () => {
        assert.equal(countRules(`# none\n\n${rule(1)}\r\n${PLACEHOLDER_RULE}\n`), 2);
        const escaped = `alert http any any -> any 80 (msg:"a\\;b \\" c"; content:"a|20 0D|b"; sid:7;)`;
        assert.equal(countRules(escaped), 1);
    });

    it("are refused when broken", () => {
        const broken = [
            `drop ip any any <> 198.18.0.1 any (msg:"x"; rev:1;)`,
            `drop ip any any <> 198.18.0.1 any (msg:"x; sid:1;)`,
            `drop ip any any <> 198.18.0.1 any (msg:"x"; sid:1)`,
            `drop ip any any <> 198.18.0.1 any (msg:x; sid:1;)`,
            `drop ip any any <> 198.18.0.1 any msg:"x"; sid:1;`,
            `drop ip any any >< 198.18.0.1 any (sid:1;)`,
            `block ip any any <> 198.18.0.1 any (sid:1;)`,
            `drop http any any -> any any (content:"a|2|b"; sid:1;)`,
            `drop http any any -> any any (content:"a|20b"; sid:1;)`,
            `${rule(1)}\n${rule(1)}`,
            `drop ip any any <> 198.18.0.1 any (msg:"${"x".repeat(8192)}"; sid:1;)`,
        ];
        for (const text of broken) {
            assert.throws(() => countRules(text), /rule in line/, text.slice(0, 80));
        }
        const line = rule(1).replace('"x"', `"${"x".repeat(7000)}"`);
        const many = Array.from({ length: 300 }, (_, index) => line.replace("sid:1", `sid:${index + 1}`));
        assert.throws(() => countRules(many.join("\n")), /2000000 bytes/);
    });
});
