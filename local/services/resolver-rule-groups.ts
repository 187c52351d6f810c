import * as sdk from "@aws-sdk/client-route53resolver";
import {
    byId,
    checkName,
    newResource,
    refuse,
    ResolverCall,
    ResolverState,
    RuleGroup,
    timesOf,
} from "./resolver-state";
import { Handlers, page, remove, tagRecord } from "./service";

const INVALID = "ValidationException";
/** Quotas of DNS Firewall, an account and region. */
const MAX_GROUPS = 1_000;
const MAX_RULES = 100;

function describe(group: RuleGroup, ownerId: string): sdk.FirewallRuleGroup {
    return {
        ...summary(group, ownerId),
        RuleCount: group.rules.length,
        Status: "COMPLETE",
        ...timesOf(group),
    };
}

function summary(
    { id, arn, name, creatorRequestId }: RuleGroup,
    ownerId: string,
): sdk.FirewallRuleGroupMetadata {
    return {
        Id: id,
        Arn: arn,
        Name: name,
        OwnerId: ownerId,
        CreatorRequestId: creatorRequestId,
        ShareStatus: "NOT_SHARED",
    };
}

function groupOf({ state }: ResolverCall, id: string | undefined): RuleGroup {
    return byId(state.groups, id, "rule group");
}

type RuleKey = Pick<sdk.FirewallRule, "FirewallRuleGroupId" | "FirewallDomainListId" | "Qtype">;

function ruleOf(call: ResolverCall, key: RuleKey): sdk.FirewallRule {
    const found = groupOf(call, key.FirewallRuleGroupId).rules.find(
        ({ FirewallDomainListId, Qtype }) =>
            FirewallDomainListId === key.FirewallDomainListId && Qtype === key.Qtype,
    );
    return (
        found ?? refuse("ResourceNotFoundException", `no rule for domain list ${key.FirewallDomainListId}`)
    );
}

/** What a rule's action wants beside it. */
function checkAction(rule: sdk.FirewallRule): void {
    const oneOf = (value: string | undefined, values: object, member: string): void => {
        if (!Object.values(values).includes(value)) {
            refuse(INVALID, `${member} must be one of ${Object.values(values).join(", ")}`);
        }
    };
    oneOf(rule.Action, sdk.Action, "Action");
    if (rule.Action !== "BLOCK") {
        if (rule.BlockResponse !== undefined) {
            refuse(INVALID, "BlockResponse goes with the action BLOCK only");
        }
        return;
    }
    oneOf(rule.BlockResponse, sdk.BlockResponse, "BlockResponse");
    if (rule.BlockResponse === "OVERRIDE") {
        oneOf(rule.BlockOverrideDnsType, sdk.BlockOverrideDnsType, "BlockOverrideDnsType");
        const { BlockOverrideTtl: ttl } = rule;
        if (!rule.BlockOverrideDomain || ttl === undefined || ttl < 0 || ttl > 604_800) {
            refuse(INVALID, "OVERRIDE wants BlockOverrideDomain and a BlockOverrideTtl of 0 to 604800");
        }
    }
}

function checkRule(rules: readonly sdk.FirewallRule[], rule: sdk.FirewallRule): void {
    checkName(rule.Name);
    checkAction(rule);
    const others = rules.filter((each) => each !== rule);
    if (others.some(({ Priority }) => Priority === rule.Priority)) {
        refuse("ConflictException", `priority ${rule.Priority} is taken`);
    }
}

export const ruleGroupHandlers: Handlers<ResolverState> = {
    CreateFirewallRuleGroup: (call, input: sdk.CreateFirewallRuleGroupRequest) => {
        if (call.state.groups.length >= MAX_GROUPS) {
            refuse("LimitExceededException", `an account may have ${MAX_GROUPS} rule groups`);
        }
        const tags = tagRecord(input.Tags);
        const base = newResource(call, "rslvr-frg", "firewall-rule-group", tags, input.CreatorRequestId);
        const group: RuleGroup = { ...base, name: checkName(input.Name), rules: [] };
        call.state.groups.push(group);
        return { FirewallRuleGroup: describe(group, call.account) };
    },
    GetFirewallRuleGroup: (call, input: sdk.GetFirewallRuleGroupRequest) => ({
        FirewallRuleGroup: describe(groupOf(call, input.FirewallRuleGroupId), call.account),
    }),
    ListFirewallRuleGroups: (call, input: sdk.ListFirewallRuleGroupsRequest) => {
        const { items, NextToken } = page(call.state.groups, input, 100, INVALID);
        return { FirewallRuleGroups: items.map((group) => summary(group, call.account)), NextToken };
    },
    DeleteFirewallRuleGroup: (call, input: sdk.DeleteFirewallRuleGroupRequest) => {
        const group = groupOf(call, input.FirewallRuleGroupId);
        if (call.state.associations.some(({ groupId }) => groupId === group.id)) {
            refuse("ConflictException", `rule group ${group.id} is associated with a VPC`);
        }
        remove(call.state.groups, group);
        return { FirewallRuleGroup: { ...describe(group, call.account), Status: "DELETING" } };
    },
    CreateFirewallRule: (call, { CreatorRequestId, ...input }: sdk.CreateFirewallRuleRequest) => {
        const { rules } = groupOf(call, input.FirewallRuleGroupId);
        byId(call.state.lists, input.FirewallDomainListId, "domain list");
        const now = new Date().toISOString();
        const rule: sdk.FirewallRule = {
            ...input,
            CreatorRequestId,
            CreationTime: now,
            ModificationTime: now,
        };
        checkRule(rules, rule);
        if (rules.length >= MAX_RULES) {
            refuse("LimitExceededException", `a rule group may have ${MAX_RULES} rules`);
        }
        if (
            rules.some(
                (each) =>
                    each.FirewallDomainListId === rule.FirewallDomainListId && each.Qtype === rule.Qtype,
            )
        ) {
            refuse("ConflictException", `domain list ${rule.FirewallDomainListId} has a rule already`);
        }
        rules.push(rule);
        return { FirewallRule: rule };
    },
    UpdateFirewallRule: (call, input: sdk.UpdateFirewallRuleRequest) => {
        const { rules } = groupOf(call, input.FirewallRuleGroupId);
        const rule = ruleOf(call, input);
        const next = { ...rule, ...input, ModificationTime: new Date().toISOString() };
        checkRule(
            rules.filter((each) => each !== rule),
            next,
        );
        rules.splice(rules.indexOf(rule), 1, next);
        return { FirewallRule: next };
    },
    DeleteFirewallRule: (call, input: sdk.DeleteFirewallRuleRequest) => {
        const rule = ruleOf(call, input);
        remove(groupOf(call, input.FirewallRuleGroupId).rules, rule);
        return { FirewallRule: rule };
    },
    ListFirewallRules: (call, input: sdk.ListFirewallRulesRequest) => {
        const rules = groupOf(call, input.FirewallRuleGroupId).rules.filter(
            ({ Priority, Action }) =>
                (input.Priority === undefined || input.Priority === Priority) &&
                (input.Action === undefined || input.Action === Action),
        );
        const sorted = rules.sort((a, b) => Number(a.Priority) - Number(b.Priority));
        const { items, NextToken } = page(sorted, input, 100, INVALID);
        return { FirewallRules: items, NextToken };
    },
};
