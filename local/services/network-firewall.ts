import * as sdk from "@aws-sdk/client-network-firewall";
import { randomUUID } from "node:crypto";
import { operationsOf } from "./model";
import { consumedCapacity } from "./network-firewall-capacity";
import {
    Call,
    Handlers,
    page,
    remove,
    removeTags,
    Service,
    ServiceError,
    Tagged,
    tagPairs,
    tagRecord,
} from "./service";

const INVALID = "InvalidRequestException";
/** Quota of stateful rule groups, an account and region. */
const MAX_GROUPS = 50;

interface Group extends Tagged {
    readonly id: string;
    readonly name: string;
    readonly capacity: number;
    token: string;
    description?: string;
    encryption?: sdk.EncryptionConfiguration;
    source?: sdk.SourceMetadata;
    content: sdk.RuleGroup;
    modifiedAt: number;
}

interface State {
    readonly groups: Group[];
}

type FirewallCall = Call<State>;
type Reference = Pick<sdk.DescribeRuleGroupRequest, "RuleGroupArn" | "RuleGroupName" | "Type">;

function refuse(message: string, name = INVALID): never {
    throw new ServiceError(name, message);
}

function groupOf(
    { state }: FirewallCall,
    { RuleGroupArn: arn, RuleGroupName: name, Type }: Reference,
): Group {
    if (!arn && !(name && Type)) {
        refuse("either RuleGroupArn, or RuleGroupName and Type, must be given");
    }
    const found = state.groups.find((each) => (arn ? each.arn === arn : each.name === name));
    return found ?? refuse(`rule group ${String(arn ?? name)} not found`, "ResourceNotFoundException");
}

/** Rules come as a structure, or as the text of Suricata rules. */
function contentOf({ RuleGroup, Rules }: Pick<sdk.CreateRuleGroupRequest, "RuleGroup" | "Rules">) {
    if ((RuleGroup === undefined) === (Rules === undefined)) {
        refuse("either RuleGroup or Rules must be given");
    }
    return RuleGroup ?? { RulesSource: { RulesString: Rules } };
}

function checkContent(content: sdk.RuleGroup, capacity: number): void {
    const consumed = capacityOf(content);
    if (consumed > capacity) {
        refuse(`rule group capacity exceeded: the rules take ${consumed}, the group has ${capacity}`);
    }
}

function capacityOf(content: sdk.RuleGroup): number {
    try {
        return consumedCapacity(content);
    } catch (error) {
        return refuse((error as Error).message);
    }
}

function response(group: Group, deleting = false): sdk.RuleGroupResponse {
    return {
        RuleGroupArn: group.arn,
        RuleGroupName: group.name,
        RuleGroupId: group.id,
        Description: group.description,
        Type: "STATEFUL",
        Capacity: group.capacity,
        RuleGroupStatus: deleting ? "DELETING" : "ACTIVE",
        Tags: tagPairs(group.tags),
        ConsumedCapacity: capacityOf(group.content),
        NumberOfAssociations: 0,
        EncryptionConfiguration: group.encryption,
        SourceMetadata: group.source,
        LastModifiedTime: new Date(group.modifiedAt),
    };
}

const ruleGroupHandlers: Handlers<State> = {
    CreateRuleGroup: (call, input: sdk.CreateRuleGroupRequest): sdk.CreateRuleGroupResponse => {
        const name = input.RuleGroupName ?? "";
        const capacity = input.Capacity ?? 0;
        if (!/^[a-zA-Z0-9-]{1,128}$/.test(name)) {
            refuse(`RuleGroupName "${name}" is not allowed`);
        }
        if (input.Type !== "STATEFUL") {
            refuse(`the local cloud knows stateful rule groups only, not ${String(input.Type)}`);
        }
        if (call.state.groups.some((each) => each.name === name)) {
            refuse(`a resource with the name ${name} already exists`);
        }
        if (call.state.groups.length >= MAX_GROUPS) {
            refuse(`an account may have ${MAX_GROUPS} stateful rule groups`, "LimitExceededException");
        }
        const content = contentOf(input);
        checkContent(content, capacity);
        const group: Group = {
            id: randomUUID(),
            name,
            arn: `arn:aws:network-firewall:${call.region}:${call.account}:stateful-rulegroup/${name}`,
            tags: tagRecord(input.Tags),
            capacity,
            token: randomUUID(),
            description: input.Description,
            encryption: input.EncryptionConfiguration,
            source: input.SourceMetadata,
            content,
            modifiedAt: Date.now(),
        };
        if (!input.DryRun) {
            call.state.groups.push(group);
        }
        return { UpdateToken: group.token, RuleGroupResponse: response(group) };
    },
    DescribeRuleGroup: (call, input: sdk.DescribeRuleGroupRequest): sdk.DescribeRuleGroupResponse => {
        const group = groupOf(call, input);
        return { UpdateToken: group.token, RuleGroup: group.content, RuleGroupResponse: response(group) };
    },
    UpdateRuleGroup: (call, input: sdk.UpdateRuleGroupRequest): sdk.UpdateRuleGroupResponse => {
        const group = groupOf(call, input);
        if (input.UpdateToken !== group.token) {
            refuse("the token is not that of the last update", "InvalidTokenException");
        }
        const content = contentOf(input);
        checkContent(content, group.capacity);
        if (!input.DryRun) {
            group.content = content;
            group.description = input.Description;
            group.encryption = input.EncryptionConfiguration;
            group.source = input.SourceMetadata;
            group.token = randomUUID();
            group.modifiedAt = Date.now();
        }
        return { UpdateToken: group.token, RuleGroupResponse: response(group) };
    },
    DeleteRuleGroup: (call, input: sdk.DeleteRuleGroupRequest): sdk.DeleteRuleGroupResponse => {
        const group = groupOf(call, input);
        remove(call.state.groups, group);
        return { RuleGroupResponse: response(group, true) };
    },
    ListRuleGroups: ({ state }, input: sdk.ListRuleGroupsRequest): sdk.ListRuleGroupsResponse => {
        const { items, NextToken } = page(state.groups, input, 100, INVALID);
        return { RuleGroups: items.map(({ arn, name }) => ({ Arn: arn, Name: name })), NextToken };
    },
};

const tagHandlers: Handlers<State> = {
    ListTagsForResource: (call, { ResourceArn }: sdk.ListTagsForResourceRequest) => ({
        Tags: tagPairs(groupOf(call, { RuleGroupArn: ResourceArn }).tags),
    }),
    TagResource: (call, { ResourceArn, Tags }: sdk.TagResourceRequest) => {
        Object.assign(groupOf(call, { RuleGroupArn: ResourceArn }).tags, tagRecord(Tags));
        return {};
    },
    UntagResource: (call, { ResourceArn, TagKeys }: sdk.UntagResourceRequest) => {
        removeTags(groupOf(call, { RuleGroupArn: ResourceArn }), TagKeys ?? []);
        return {};
    },
};

/** Network Firewall's stateful rule groups. */
export const networkFirewall: Service<State> = {
    signingName: "network-firewall",
    rest: false,
    operations: operationsOf(sdk),
    handlers: { ...ruleGroupHandlers, ...tagHandlers },
    initial: () => ({ groups: [] }),
    invalid: INVALID,
};
