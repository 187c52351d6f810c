import { RESOLVER_OPERATIONS } from "./resolver-model";
import { domainListHandlers } from "./resolver-domain-lists";
import { ruleGroupHandlers } from "./resolver-rule-groups";
import { associationHandlers } from "./resolver-associations";
import { initialResolver, ResolverState, taggedResource } from "./resolver-state";
import { Handlers, removeTags, Service, tagPairs, TagPairs, tagRecord } from "./service";

const tagHandlers: Handlers<ResolverState> = {
    ListTagsForResource: (call, { ResourceArn }: { ResourceArn: string }) => ({
        Tags: tagPairs(taggedResource(call, ResourceArn).tags),
    }),
    TagResource: (call, { ResourceArn, Tags }: { ResourceArn: string; Tags: TagPairs }) => {
        Object.assign(taggedResource(call, ResourceArn).tags, tagRecord(Tags));
        return {};
    },
    UntagResource: (call, { ResourceArn, TagKeys }: { ResourceArn: string; TagKeys: string[] }) => {
        removeTags(taggedResource(call, ResourceArn), TagKeys);
        return {};
    },
};

/** Route 53 Resolver DNS Firewall: domain lists, rule groups, rules, associations with VPCs. */
export const resolver: Service<ResolverState> = {
    signingName: "route53resolver",
    rest: false,
    operations: RESOLVER_OPERATIONS,
    handlers: { ...domainListHandlers, ...ruleGroupHandlers, ...associationHandlers, ...tagHandlers },
    initial: initialResolver,
    invalid: "ValidationException",
};
