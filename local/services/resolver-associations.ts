import type * as sdk from "@aws-sdk/client-route53resolver";
import {
    Association,
    byId,
    checkName,
    newResource,
    refuse,
    ResolverCall,
    ResolverState,
    timesOf,
} from "./resolver-state";
import { Handlers, page, remove, tagRecord } from "./service";

const INVALID = "ValidationException";

function describe(association: Association): sdk.FirewallRuleGroupAssociation {
    return {
        Id: association.id,
        Arn: association.arn,
        FirewallRuleGroupId: association.groupId,
        VpcId: association.vpcId,
        Name: association.name,
        Priority: association.priority,
        MutationProtection: association.mutationProtection,
        Status: "COMPLETE",
        ...timesOf(association),
    };
}

function associationOf({ state }: ResolverCall, id: string | undefined): Association {
    return byId(state.associations, id, "rule group association");
}

/** Groups of a VPC are asked in the order of their priorities, which differ. */
function checkPriority(others: readonly Association[], vpcId: string, priority: number): number {
    if (!(priority > 100 && priority < 9900)) {
        refuse(INVALID, "Priority must be greater than 100 and less than 9900");
    }
    return others.some((each) => each.vpcId === vpcId && each.priority === priority)
        ? refuse(INVALID, `priority ${priority} is taken in ${vpcId}`)
        : priority;
}

export const associationHandlers: Handlers<ResolverState> = {
    AssociateFirewallRuleGroup: (call, input: sdk.AssociateFirewallRuleGroupRequest) => {
        const { associations, groups } = call.state;
        const groupId = byId(groups, input.FirewallRuleGroupId, "rule group").id;
        const vpcId = String(input.VpcId);
        if (associations.some((each) => each.vpcId === vpcId && each.groupId === groupId)) {
            refuse("ConflictException", `rule group ${groupId} is associated with ${vpcId} already`);
        }
        const tags = tagRecord(input.Tags);
        const kind = "firewall-rule-group-association";
        const association: Association = {
            ...newResource(call, "rslvr-frgassoc", kind, tags, input.CreatorRequestId),
            groupId,
            vpcId,
            name: checkName(input.Name),
            priority: checkPriority(associations, vpcId, Number(input.Priority)),
            mutationProtection: input.MutationProtection ?? "DISABLED",
        };
        associations.push(association);
        return { FirewallRuleGroupAssociation: describe(association) };
    },
    GetFirewallRuleGroupAssociation: (call, input: sdk.GetFirewallRuleGroupAssociationRequest) => ({
        FirewallRuleGroupAssociation: describe(associationOf(call, input.FirewallRuleGroupAssociationId)),
    }),
    UpdateFirewallRuleGroupAssociation: (call, input: sdk.UpdateFirewallRuleGroupAssociationRequest) => {
        const association = associationOf(call, input.FirewallRuleGroupAssociationId);
        const others = call.state.associations.filter((each) => each !== association);
        const priority = input.Priority ?? association.priority;
        association.priority = checkPriority(others, association.vpcId, priority);
        association.name = checkName(input.Name ?? association.name);
        association.mutationProtection = input.MutationProtection ?? association.mutationProtection;
        association.modifiedAt = new Date().toISOString();
        return { FirewallRuleGroupAssociation: describe(association) };
    },
    DisassociateFirewallRuleGroup: (call, input: sdk.DisassociateFirewallRuleGroupRequest) => {
        const association = associationOf(call, input.FirewallRuleGroupAssociationId);
        if (association.mutationProtection === "ENABLED") {
            refuse(INVALID, `association ${association.id} is protected from changes`);
        }
        remove(call.state.associations, association);
        return { FirewallRuleGroupAssociation: { ...describe(association), Status: "DELETING" } };
    },
    ListFirewallRuleGroupAssociations: (call, input: sdk.ListFirewallRuleGroupAssociationsRequest) => {
        const found = call.state.associations.filter(
            ({ groupId, vpcId, priority }) =>
                (input.FirewallRuleGroupId === undefined || input.FirewallRuleGroupId === groupId) &&
                (input.VpcId === undefined || input.VpcId === vpcId) &&
                (input.Priority === undefined || input.Priority === priority),
        );
        const { items, NextToken } = page(found, input, 100, INVALID);
        return { FirewallRuleGroupAssociations: items.map(describe), NextToken };
    },
};
