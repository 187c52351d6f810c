import assert from "node:assert/strict";
import { deploy, Deployment } from "../components/testing";
import { parseConfig, SpokeConfig } from "../config/schema";
import { SOURCE_KINDS } from "../config/sources";
import { parsePlaces } from "../functions/enforcement/settings";
import { rules } from "../policy/rules/all";
import { violations } from "../policy/testing";
import { spoke } from "./spoke";

const HUB_OUTPUTS = {
    region: "us-east-1",
    kmsKeyArn: "arn:aws:kms:us-east-1:111111111111:key/hub",
    lakeBucketName: "lake",
    lakeBucketArn: "arn:aws:s3:::lake",
    snapshotBucketName: "snapshots",
    snapshotBucketArn: "arn:aws:s3:::snapshots",
    publishedTopicArn: "arn:aws:sns:us-east-1:111111111111:published",
};

const KEY = "aws:kms/key:Key";
const INVOCATION = "aws:lambda/invocation:Invocation";

const PLACES = {
    waf: { ipv4Sets: 49, ipv6Sets: 1 },
    guardduty: { detectorId: "a".repeat(32), threatIntelSets: 2 },
    dnsFirewall: { vpcIds: ["vpc-0a1b2c"] },
    networkFirewall: {},
};

async function deployed(settings: object = {}): Promise<{ made: Deployment; outputs: object }> {
    const config = parseConfig({
        role: "spoke",
        environment: "dev",
        account: "222222222222",
        region: "eu-west-1",
        organizationId: "o-local00001",
        hubStack: "organization/syntheticsun/hub-dev",
        ...settings,
    }) as SpokeConfig;
    let outputs: object = {};
    const made = await deploy(() => (outputs = spoke(config)), HUB_OUTPUTS);
    return { made, outputs };
}

function keyServices(made: Deployment): string[] {
    return made
        .statements(KEY, "syntheticsun-dev")
        .map(({ Principal }) => (Principal as { Service?: string }).Service ?? "")
        .filter((service) => service && !service.startsWith("logs."));
}

describe("spoke", () => {
    it("reads WAF and flow logs when nothing is said", async () => {
        const { made, outputs } = await deployed();
        const enrichers = made
            .names("aws:lambda/function:Function")
            .map((name) =>
                made.inputs<{ environment: { variables: Record<string, string> } }>(
                    "aws:lambda/function:Function",
                    name,
                ),
            )
            .flatMap(({ environment }) => environment.variables.KIND ?? []);
        assert.deepEqual(enrichers, ["vpcflow", "waf"]);
        for (const output of [
            "wafLogBucket",
            "wafFunction",
            "flowLogGroup",
            "flowLogRoleArn",
            "flowFunction",
        ]) {
            assert.ok(Reflect.get(outputs, output), output);
        }
        const { logDestinationConfigs } = made.inputs<{ logDestinationConfigs: string[] }>(
            "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
            "syntheticsun-dev-enforce",
        );
        assert.match(logDestinationConfigs[0], /:syntheticsun-dev-waf$/);
    });

    it("keeps its web ACL when WAF logs are off", async () => {
        const { made, outputs } = await deployed({ sources: { waf: { enabled: false } } });
        assert.deepEqual(made.names("aws:wafv2/webAcl:WebAcl"), ["syntheticsun-dev-enforce"]);
        assert.deepEqual(made.names("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"), []);
        assert.equal(Reflect.get(outputs, "wafLogBucket"), undefined);
    });

    it("lets the writers of the buckets it makes use its key, each once", async () => {
        assert.deepEqual(keyServices((await deployed()).made), []);
        const { made } = await deployed({
            sources: {
                cloudtrail: {},
                nlb: {},
                cloudfront: { bucket: {} },
                alb: {},
                route53: { bucket: { name: "existing" } },
            },
        });
        assert.deepEqual(keyServices(made), ["cloudtrail.amazonaws.com", "delivery.logs.amazonaws.com"]);
    });

    it("changes the notifications of one existing bucket one after another", async () => {
        const shared = { bucket: { name: "central" } };
        const { made } = await deployed({ sources: { cloudtrail: shared, alb: shared } });
        assert.equal(made.names(INVOCATION).length, 2);
        const first = made.made.findIndex(({ type }) => type === INVOCATION);
        const rest = made.made.slice(first + 1);
        const second = rest.findIndex(({ type }) => type === INVOCATION);
        assert.ok(made.made[first].name.includes("cloudtrail") && rest[second].name.includes("alb"));
    });

    it("keeps the policy pack's rules with every source and every place on", async () => {
        const all = Object.fromEntries(SOURCE_KINDS.map((kind) => [kind, {}]));
        const organization = { bucket: { organization: true } };
        for (const sources of [
            { ...all, cloudtrail: { bucket: { name: "central", prefix: "AWSLogs/" } } },
            {
                cloudtrail: organization,
                alb: organization,
                suricata: organization,
                vpcflow: organization,
            },
        ]) {
            const { made } = await deployed({ sources, ...PLACES, securityHub: {} });
            const found: string[] = [];
            for (const rule of rules.filter(({ types }) => types.length > 0)) {
                for (const { type, name, inputs } of made.made.filter((one) =>
                    rule.types.includes(one.type),
                )) {
                    found.push(...(await violations(rule, { type, name, props: inputs })));
                }
            }
            assert.deepEqual(found, []);
        }
    });

    it("tells the enforcement function of every place that is configured, however many IP sets there are", async () => {
        const { made } = await deployed(PLACES);
        const { content } = made.inputs<{ content: string }>(
            "aws:s3/bucketObjectv2:BucketObjectv2",
            "syntheticsun-dev-enforce",
        );
        const places = parsePlaces(content);
        assert.deepEqual(
            places.map(({ place }) => place),
            ["waf", "guardduty", "dns-firewall", "network-firewall"],
        );
        const [waf, guardDuty] = places;
        assert.equal(waf.place === "waf" && waf.ipv4Sets.length, 49);
        assert.equal(guardDuty.place === "guardduty" && guardDuty.threatIntelSets.length, 2);
    });

    it("lets the enforcement function write its own places and no others", async () => {
        const { made } = await deployed(PLACES);
        const statements = made.statements("aws:iam/rolePolicy:RolePolicy", "syntheticsun-dev-enforce");
        for (const { Action, Resource } of statements) {
            const actions = [Action].flat();
            assert.ok(
                actions.every((action) => !action.includes("*")),
                String(actions),
            );
            assert.notEqual(Resource, "*", String(actions));
        }
        const updates = statements.find(({ Action }) => [Action].flat().includes("wafv2:UpdateIPSet"));
        assert.equal([updates?.Resource].flat().length, 50);
    });

    it("makes no place that is not configured", async () => {
        const { made } = await deployed();
        for (const type of [
            "aws:guardduty/threatIntelSet:ThreatIntelSet",
            "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup",
            "aws:networkfirewall/ruleGroup:RuleGroup",
            "aws:cloudcontrol/resource:Resource",
        ]) {
            assert.deepEqual(made.names(type), []);
        }
    });

    it("imports findings only where Security Hub is switched on", async () => {
        const importing = async (settings: object) => {
            const { made } = await deployed(settings);
            const statements = made.statements("aws:iam/rolePolicy:RolePolicy", "syntheticsun-dev-waf");
            return statements
                .filter(({ Action }) => Action === "securityhub:BatchImportFindings")
                .map(({ Resource }) => Resource);
        };
        assert.deepEqual(await importing({}), []);
        assert.deepEqual(await importing({ securityHub: {} }), [
            "arn:aws:securityhub:eu-west-1:222222222222:product/222222222222/default",
        ]);
    });
});
