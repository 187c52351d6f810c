import { Operation, operationOf } from "./model";
import type { StaticOperationSchema, StaticStructureSchema } from "@smithy/types";

/**
 * The part of Route 53 Resolver's model that is spoken here, in the SDK's own form: this release of its client is
 * older than the models that the others carry with them. Written from the client's types.
 */
const NAMESPACE = "com.amazonaws.route53resolver";
const TEXT = 0;
const NUMBER = 1;
const TEXTS = 64 | TEXT;

type Shape = Readonly<Record<string, unknown>>;

function structure(name: string, required: Shape, optional: Shape = {}): StaticStructureSchema {
    const members = { ...required, ...optional };
    return [
        3,
        NAMESPACE,
        name,
        0,
        Object.keys(members),
        Object.values(members),
        Object.keys(required).length,
    ] as unknown as StaticStructureSchema;
}

const listOf = (name: string, member: StaticStructureSchema): unknown => [
    1,
    NAMESPACE,
    `${name}List`,
    0,
    () => member,
];
const text = (...names: string[]): Shape => Object.fromEntries(names.map((name) => [name, TEXT]));

const PAGE = { MaxResults: NUMBER, NextToken: TEXT };
const TAGS = listOf("Tag", structure("Tag", text("Key", "Value")));
const TIMES = text("CreatorRequestId", "CreationTime", "ModificationTime");
const BLOCK = {
    ...text("BlockResponse", "BlockOverrideDomain", "BlockOverrideDnsType"),
    BlockOverrideTtl: NUMBER,
    ...text("FirewallDomainRedirectionAction", "Qtype"),
};

const DOMAIN_LIST = structure(
    "FirewallDomainList",
    {},
    {
        ...text("Id", "Arn", "Name", "Status", "StatusMessage", "ManagedOwnerName"),
        DomainCount: NUMBER,
        ...TIMES,
    },
);
const DOMAIN_LIST_SUMMARY = structure(
    "FirewallDomainListMetadata",
    {},
    text("Id", "Arn", "Name", "CreatorRequestId", "ManagedOwnerName"),
);
const GROUP = structure(
    "FirewallRuleGroup",
    {},
    {
        ...text("Id", "Arn", "Name", "Status", "StatusMessage", "OwnerId", "ShareStatus"),
        RuleCount: NUMBER,
        ...TIMES,
    },
);
const GROUP_SUMMARY = structure(
    "FirewallRuleGroupMetadata",
    {},
    text("Id", "Arn", "Name", "OwnerId", "CreatorRequestId", "ShareStatus"),
);
const RULE = structure(
    "FirewallRule",
    {},
    {
        ...text("FirewallRuleGroupId", "FirewallDomainListId", "Name", "Action"),
        Priority: NUMBER,
        ...BLOCK,
        ...TIMES,
    },
);
const ASSOCIATION = structure(
    "FirewallRuleGroupAssociation",
    {},
    {
        ...text(
            "Id",
            "Arn",
            "FirewallRuleGroupId",
            "VpcId",
            "Name",
            "MutationProtection",
            "ManagedOwnerName",
        ),
        ...text("Status", "StatusMessage"),
        Priority: NUMBER,
        ...TIMES,
    },
);

const ONE_LIST = text("FirewallDomainListId");
const ONE_GROUP = text("FirewallRuleGroupId");
const ONE_ASSOCIATION = text("FirewallRuleGroupAssociationId");
const ANSWERS = {
    list: { FirewallDomainList: () => DOMAIN_LIST },
    group: { FirewallRuleGroup: () => GROUP },
    rule: { FirewallRule: () => RULE },
    association: { FirewallRuleGroupAssociation: () => ASSOCIATION },
    status: text("Id", "Name", "Status", "StatusMessage"),
};

/** Operation, what it must be told, what it may be told, what it may answer. */
const TABLE: readonly (readonly [string, Shape, Shape, Shape])[] = [
    ["CreateFirewallDomainList", text("Name"), { CreatorRequestId: TEXT, Tags: TAGS }, ANSWERS.list],
    ["GetFirewallDomainList", ONE_LIST, {}, ANSWERS.list],
    ["DeleteFirewallDomainList", ONE_LIST, {}, ANSWERS.list],
    [
        "ListFirewallDomainLists",
        {},
        PAGE,
        { NextToken: TEXT, FirewallDomainLists: listOf("FirewallDomainListMetadata", DOMAIN_LIST_SUMMARY) },
    ],
    ["ImportFirewallDomains", { ...ONE_LIST, ...text("Operation", "DomainFileUrl") }, {}, ANSWERS.status],
    ["UpdateFirewallDomains", { ...ONE_LIST, Operation: TEXT, Domains: TEXTS }, {}, ANSWERS.status],
    ["ListFirewallDomains", ONE_LIST, PAGE, { NextToken: TEXT, Domains: TEXTS }],
    ["CreateFirewallRuleGroup", text("Name"), { CreatorRequestId: TEXT, Tags: TAGS }, ANSWERS.group],
    ["GetFirewallRuleGroup", ONE_GROUP, {}, ANSWERS.group],
    ["DeleteFirewallRuleGroup", ONE_GROUP, {}, ANSWERS.group],
    [
        "ListFirewallRuleGroups",
        {},
        PAGE,
        { NextToken: TEXT, FirewallRuleGroups: listOf("FirewallRuleGroupMetadata", GROUP_SUMMARY) },
    ],
    [
        "CreateFirewallRule",
        { ...ONE_GROUP, ...ONE_LIST, Priority: NUMBER, ...text("Action", "Name") },
        { ...BLOCK, CreatorRequestId: TEXT },
        ANSWERS.rule,
    ],
    [
        "UpdateFirewallRule",
        { ...ONE_GROUP, ...ONE_LIST },
        { Priority: NUMBER, ...text("Action", "Name"), ...BLOCK },
        ANSWERS.rule,
    ],
    ["DeleteFirewallRule", { ...ONE_GROUP, ...ONE_LIST }, text("Qtype"), ANSWERS.rule],
    [
        "ListFirewallRules",
        ONE_GROUP,
        { Priority: NUMBER, Action: TEXT, ...PAGE },
        { NextToken: TEXT, FirewallRules: listOf("FirewallRule", RULE) },
    ],
    [
        "AssociateFirewallRuleGroup",
        { ...ONE_GROUP, VpcId: TEXT, Priority: NUMBER, Name: TEXT },
        { ...text("CreatorRequestId", "MutationProtection"), Tags: TAGS },
        ANSWERS.association,
    ],
    ["GetFirewallRuleGroupAssociation", ONE_ASSOCIATION, {}, ANSWERS.association],
    [
        "UpdateFirewallRuleGroupAssociation",
        ONE_ASSOCIATION,
        { Priority: NUMBER, ...text("MutationProtection", "Name") },
        ANSWERS.association,
    ],
    ["DisassociateFirewallRuleGroup", ONE_ASSOCIATION, {}, ANSWERS.association],
    [
        "ListFirewallRuleGroupAssociations",
        {},
        { ...ONE_GROUP, ...text("VpcId", "Status"), Priority: NUMBER, ...PAGE },
        {
            NextToken: TEXT,
            FirewallRuleGroupAssociations: listOf("FirewallRuleGroupAssociation", ASSOCIATION),
        },
    ],
    ["ListTagsForResource", text("ResourceArn"), PAGE, { NextToken: TEXT, Tags: TAGS }],
    ["TagResource", { ResourceArn: TEXT, Tags: TAGS }, {}, {}],
    ["UntagResource", { ResourceArn: TEXT, TagKeys: TEXTS }, {}, {}],
];

export const RESOLVER_OPERATIONS: ReadonlyMap<string, Operation> = new Map(
    TABLE.map(([name, required, optional, answer]) => {
        const schema = [
            9,
            NAMESPACE,
            name,
            0,
            () => structure(`${name}Request`, required, optional),
            () => structure(`${name}Response`, {}, answer),
        ] as unknown as StaticOperationSchema;
        return [name, operationOf(schema)];
    }),
);
