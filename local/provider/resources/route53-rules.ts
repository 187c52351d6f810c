import { must, num, orMissing, str, tagList, type Props } from "../properties";
import type { ResourceEntry } from "../resource";
import { resolverClient, syncTags } from "./route53-common";

export const resolverRuleGroup: ResourceEntry = {
    type: "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup",
    properties: ["name"],
    replaceOn: ["name"],
    autoName: { property: "name", maxLength: 64 },
    tagged: true,
    async create(ctx, inputs) {
        const { sdk, resolver } = await resolverClient(ctx);
        const request = { Name: must(inputs, "name"), Tags: tagList(inputs) };
        const made = await resolver.send(new sdk.CreateFirewallRuleGroupCommand(request));
        const { Id: id = "", Arn: arn, OwnerId, ShareStatus } = made.FirewallRuleGroup ?? {};
        return { id, outs: { arn, ownerId: OwnerId, shareStatus: ShareStatus } };
    },
    update: (ctx, { olds, news }) => syncTags(ctx, olds, news),
    async read(ctx, id) {
        const { sdk, resolver } = await resolverClient(ctx);
        const look = new sdk.GetFirewallRuleGroupCommand({ FirewallRuleGroupId: id });
        const found = await orMissing(resolver.send(look));
        return found && { outs: { arn: found.FirewallRuleGroup?.Arn } };
    },
    async delete(ctx, id) {
        const { sdk, resolver } = await resolverClient(ctx);
        const end = new sdk.DeleteFirewallRuleGroupCommand({ FirewallRuleGroupId: id });
        await orMissing(resolver.send(end));
    },
};

const RULE = [
    "action",
    "blockOverrideDnsType",
    "blockOverrideDomain",
    "blockOverrideTtl",
    "blockResponse",
    "firewallDomainListId",
    "firewallDomainRedirectionAction",
    "firewallRuleGroupId",
    "name",
    "priority",
    "qType",
];

function ruleRequest(props: Props) {
    return {
        FirewallRuleGroupId: must(props, "firewallRuleGroupId"),
        FirewallDomainListId: must(props, "firewallDomainListId"),
        Name: must(props, "name"),
        Priority: Number(must(props, "priority")),
        Action: must(props, "action") as never,
        BlockResponse: str(props, "blockResponse") as never,
        BlockOverrideDomain: str(props, "blockOverrideDomain"),
        BlockOverrideDnsType: str(props, "blockOverrideDnsType") as never,
        BlockOverrideTtl: num(props, "blockOverrideTtl"),
        FirewallDomainRedirectionAction: str(props, "firewallDomainRedirectionAction") as never,
        Qtype: str(props, "qType"),
    };
}

/** The id is that of the rule group, a colon, and that of the domain list. */
function ruleReference(id: string) {
    const [FirewallRuleGroupId, FirewallDomainListId] = id.split(":");
    return { FirewallRuleGroupId, FirewallDomainListId };
}

export const resolverRule: ResourceEntry = {
    type: "aws:route53/resolverFirewallRule:ResolverFirewallRule",
    properties: RULE,
    replaceOn: ["firewallDomainListId", "firewallRuleGroupId", "qType"],
    autoName: { property: "name", maxLength: 64 },
    deleteBeforeReplace: true,
    async create(ctx, inputs) {
        const { sdk, resolver } = await resolverClient(ctx);
        const request = ruleRequest(inputs);
        await resolver.send(new sdk.CreateFirewallRuleCommand(request));
        return { id: `${request.FirewallRuleGroupId}:${request.FirewallDomainListId}`, outs: {} };
    },
    async update(ctx, { news }) {
        const { sdk, resolver } = await resolverClient(ctx);
        await resolver.send(new sdk.UpdateFirewallRuleCommand(ruleRequest(news)));
    },
    async read(ctx, id) {
        const { sdk, resolver } = await resolverClient(ctx);
        const { FirewallRuleGroupId, FirewallDomainListId } = ruleReference(id);
        const look = new sdk.ListFirewallRulesCommand({ FirewallRuleGroupId });
        const found = await orMissing(resolver.send(look));
        const rules = found?.FirewallRules ?? [];
        return rules.some((rule) => rule.FirewallDomainListId === FirewallDomainListId)
            ? { outs: {} }
            : undefined;
    },
    async delete(ctx, id, state) {
        const { sdk, resolver } = await resolverClient(ctx);
        const rule = { ...ruleReference(id), Qtype: str(state, "qType") };
        await orMissing(resolver.send(new sdk.DeleteFirewallRuleCommand(rule)));
    },
};

export const resolverAssociation: ResourceEntry = {
    type: "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation",
    properties: ["firewallRuleGroupId", "mutationProtection", "name", "priority", "vpcId"],
    replaceOn: ["firewallRuleGroupId", "vpcId"],
    autoName: { property: "name", maxLength: 64 },
    tagged: true,
    async create(ctx, inputs) {
        const { sdk, resolver } = await resolverClient(ctx);
        const made = await resolver.send(
            new sdk.AssociateFirewallRuleGroupCommand({
                FirewallRuleGroupId: must(inputs, "firewallRuleGroupId"),
                VpcId: must(inputs, "vpcId"),
                Name: must(inputs, "name"),
                Priority: Number(must(inputs, "priority")),
                MutationProtection: str(inputs, "mutationProtection") as never,
                Tags: tagList(inputs),
            }),
        );
        const { Id: id = "", Arn: arn } = made.FirewallRuleGroupAssociation ?? {};
        return { id, outs: { arn } };
    },
    async update(ctx, { id, olds, news }) {
        const { sdk, resolver } = await resolverClient(ctx);
        await resolver.send(
            new sdk.UpdateFirewallRuleGroupAssociationCommand({
                FirewallRuleGroupAssociationId: id,
                Name: str(news, "name"),
                Priority: num(news, "priority"),
                MutationProtection: str(news, "mutationProtection") as never,
            }),
        );
        await syncTags(ctx, olds, news);
    },
    async read(ctx, id) {
        const { sdk, resolver } = await resolverClient(ctx);
        const look = new sdk.GetFirewallRuleGroupAssociationCommand({ FirewallRuleGroupAssociationId: id });
        const found = await orMissing(resolver.send(look));
        return found && { outs: { arn: found.FirewallRuleGroupAssociation?.Arn } };
    },
    async delete(ctx, id) {
        const { sdk, resolver } = await resolverClient(ctx);
        const end = new sdk.DisassociateFirewallRuleGroupCommand({ FirewallRuleGroupAssociationId: id });
        await orMissing(resolver.send(end));
    },
};
