import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Every type of the local provider that the stand-in for further services holds. */
export async function furtherServices(location: string, priority: number): Promise<Record<string, unknown>> {
    const detector = new aws.guardduty.Detector("main", { tags: { team: "red" } });
    const detectorId = detector.id;
    const intel = new aws.guardduty.ThreatIntelSet(
        "addresses",
        { detectorId, format: "TXT", location, activate: true },
        { ignoreChanges: ["location", "activate"] },
    );
    const entity = new aws.cloudcontrol.Resource(
        "entities",
        {
            typeName: "AWS::GuardDuty::ThreatEntitySet",
            desiredState: pulumi.jsonStringify({
                DetectorId: detectorId,
                Name: "entities",
                Format: "TXT",
                Location: location,
                Activate: true,
            }),
        },
        { ignoreChanges: ["desiredState"] },
    );
    const list = new aws.route53.ResolverFirewallDomainList("domains", {}, { ignoreChanges: ["domains"] });
    const own = new aws.route53.ResolverFirewallDomainList("own", { domains: ["own.example"] });
    const group = new aws.route53.ResolverFirewallRuleGroup("group", {});
    new aws.route53.ResolverFirewallRule("rule", {
        firewallRuleGroupId: group.id,
        firewallDomainListId: list.id,
        name: "known-bad",
        priority,
        action: "BLOCK",
        blockResponse: "NODATA",
    });
    new aws.route53.ResolverFirewallRuleGroupAssociation("vpc", {
        firewallRuleGroupId: group.id,
        vpcId: "vpc-0123456789abcdef0",
        priority: priority + 101,
    });
    const domains = new aws.networkfirewall.RuleGroup(
        "domains",
        {
            type: "STATEFUL",
            capacity: 100,
            ruleGroup: {
                rulesSource: {
                    rulesSourceList: {
                        generatedRulesType: "DENYLIST",
                        targetTypes: ["TLS_SNI", "HTTP_HOST"],
                        targets: [".invalid"],
                    },
                },
            },
        },
        { ignoreChanges: ["ruleGroup"] },
    );
    const rules = new aws.networkfirewall.RuleGroup(
        "rules",
        {
            type: "STATEFUL",
            capacity: 100,
            ruleGroup: {
                rulesSource: {
                    rulesString: 'alert ip 192.0.2.1 any -> 192.0.2.1 any (msg:"nobody"; sid:1; rev:1;)',
                },
                statefulRuleOptions: { ruleOrder: "STRICT_ORDER" },
            },
        },
        { ignoreChanges: ["ruleGroup"] },
    );
    return {
        detectorId,
        intelSetId: intel.threatIntelSetId,
        entitySetId: entity.properties.apply((text) => (JSON.parse(text) as { Id: string }).Id),
        domainListId: list.id,
        ownListId: own.id,
        domainGroupArn: domains.arn,
        suricataGroupArn: rules.arn,
    };
}
