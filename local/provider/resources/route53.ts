import { resolverDomainList } from "./route53-domain-list";
import { resolverAssociation, resolverRule, resolverRuleGroup } from "./route53-rules";
import type { ResourceEntry } from "../resource";

export const route53: readonly ResourceEntry[] = [
    resolverDomainList,
    resolverRuleGroup,
    resolverRule,
    resolverAssociation,
];
