import {
    DescribeRuleGroupCommand,
    DescribeRuleGroupResponse,
    NetworkFirewallClient,
    RulesSource,
    TargetType,
    UpdateRuleGroupCommand,
} from "@aws-sdk/client-network-firewall";
import { unfitDomain } from "./domain-name";
import { Blockable, Place } from "./place";
import { changeOf, ListReport, reportOf } from "./report";
import { sleep, Sleep, whenConflicting, whenThrottled } from "./retry";
import { ListKind, select } from "./select";
import { NetworkFirewallSettings } from "./settings";
import { sameMembers } from "./shards";
import { PLACEHOLDER_RULE, SURICATA_RULES, withSids } from "./suricata";

/** Stateful rules of a firewall policy. */
const MAX_RULES = 30_000;
const TARGET_TYPES: TargetType[] = ["TLS_SNI", "HTTP_HOST"];
/** A list may not be without a domain: this one, which it is made with, cannot exist (RFC 2606). */
export const PLACEHOLDER_TARGET = ".invalid";

export interface NetworkFirewallOptions {
    readonly client: Pick<NetworkFirewallClient, "send">;
    readonly settings: Omit<NetworkFirewallSettings, "place">;
    readonly pause?: Sleep;
}

/** Domains, each with what is under it. */
const DOMAINS: ListKind = {
    name: "domains",
    candidates: (snapshot) => snapshot.names(),
    fit: ({ type, value }) => {
        const unfit = type === "domain" ? unfitDomain(value) : undefined;
        return type === "url" ? undefined : unfit ? { unfit } : { entry: `.${value}` };
    },
};
export const NETWORK_FIREWALL_LISTS = [DOMAINS, SURICATA_RULES];

/** What a rule group shall hold, worked out from what it is. */
type Plan = (group: DescribeRuleGroupResponse) => {
    /** Undefined when the group is right already. */
    readonly source?: RulesSource;
    readonly report: ListReport;
};

/** Network Firewall's rule groups: a domain list, and Suricata rules for addresses and plain URLs. */
export function networkFirewallPlace(options: NetworkFirewallOptions): Place {
    const { domainGroupArn, suricataGroupArn, action } = options.settings;
    return {
        name: "network-firewall",
        enforce: async (snapshot) => {
            const reports: ListReport[] = [];
            if (domainGroupArn) {
                reports.push(await updateGroup(options, domainGroupArn, planDomains(snapshot, action)));
            }
            if (suricataGroupArn) {
                reports.push(await updateGroup(options, suricataGroupArn, planRules(snapshot, action)));
            }
            return reportOf("network-firewall", reports);
        },
    };
}

/**
 * A domain takes one rule a protocol, and a protocol one of its own.
 * Source: cloudnetworks.io, "Stateful Rule Group Capacity in AWS Network Firewall"
 */
function planDomains(snapshot: Blockable, action: "drop" | "alert"): Plan {
    const type = action === "drop" ? "DENYLIST" : "ALERTLIST";
    return (group) => {
        const protocols = TARGET_TYPES.length;
        const room = Math.max(0, Math.floor((capacityOf(group) - protocols) / protocols));
        const selection = select(DOMAINS, snapshot, room);
        const wanted = selection.chosen.map(({ entry }) => entry).sort();
        const list = group.RuleGroup?.RulesSource?.RulesSourceList;
        const present = new Set((list?.Targets ?? []).filter((target) => target !== PLACEHOLDER_TARGET));
        const targets = wanted.length > 0 ? wanted : [PLACEHOLDER_TARGET];
        const same =
            sameMembers(list?.Targets ?? [], targets) &&
            sameMembers(list?.TargetTypes ?? [], TARGET_TYPES) &&
            list?.GeneratedRulesType === type;
        const source: RulesSource = {
            RulesSourceList: { Targets: targets, TargetTypes: TARGET_TYPES, GeneratedRulesType: type },
        };
        const report = { list: DOMAINS.name, room, selection, ...changeOf(wanted, present) };
        return { source: same ? undefined : source, report };
    };
}

function planRules(snapshot: Blockable, action: "drop" | "alert"): Plan {
    return (group) => {
        const room = capacityOf(group);
        const selection = select(SURICATA_RULES, snapshot, room);
        const text = group.RuleGroup?.RulesSource?.RulesString ?? "";
        const lines = text.split(/\r?\n/).filter(Boolean);
        const entries = selection.chosen.map(({ entry }) => entry);
        const wanted = withSids(entries, lines, action);
        const rules = wanted.length > 0 ? wanted : [PLACEHOLDER_RULE];
        const present = new Set(lines.filter((line) => line !== PLACEHOLDER_RULE));
        const source: RulesSource = { RulesString: rules.join("\n") };
        const report = { list: SURICATA_RULES.name, room, selection, ...changeOf(wanted, present) };
        return { source: sameMembers(lines, rules) ? undefined : source, report };
    };
}

/** Fixed when the group was made. */
function capacityOf(group: DescribeRuleGroupResponse): number {
    return Math.min(group.RuleGroupResponse?.Capacity ?? MAX_RULES, MAX_RULES);
}

/** Replaces the rules and leaves all else of the group as it is. One changed meanwhile is read again. */
async function updateGroup(options: NetworkFirewallOptions, arn: string, plan: Plan): Promise<ListReport> {
    const { client, pause = sleep } = options;
    const describe = new DescribeRuleGroupCommand({ RuleGroupArn: arn, Type: "STATEFUL" });
    return whenConflicting(pause, "InvalidTokenException", async () => {
        const group = await whenThrottled(pause, () => client.send(describe));
        const { source, report } = plan(group);
        if (source) {
            const update = new UpdateRuleGroupCommand({
                UpdateToken: group.UpdateToken,
                RuleGroupArn: arn,
                Type: "STATEFUL",
                RuleGroup: { ...group.RuleGroup, RulesSource: source },
                Description: group.RuleGroupResponse?.Description || undefined,
                EncryptionConfiguration: group.RuleGroupResponse?.EncryptionConfiguration,
                SourceMetadata: group.RuleGroupResponse?.SourceMetadata,
            });
            await whenThrottled(pause, () => client.send(update));
        }
        return report;
    });
}
