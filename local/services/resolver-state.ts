import type * as sdk from "@aws-sdk/client-route53resolver";
import { randomUUID } from "node:crypto";
import { Call, ServiceError, Tagged } from "./service";

/** What every resource of Resolver has. */
interface Resource extends Tagged {
    readonly id: string;
    readonly creatorRequestId: string;
    readonly createdAt: string;
    modifiedAt: string;
}

export interface DomainList extends Resource {
    readonly name: string;
    domains: string[];
    /** What goes on until `doneAt`. */
    busy: sdk.FirewallDomainListStatus;
    doneAt: number;
    /** Why the last import failed. */
    problem?: string;
}

export interface RuleGroup extends Resource {
    readonly name: string;
    readonly rules: sdk.FirewallRule[];
}

export interface Association extends Resource {
    readonly groupId: string;
    readonly vpcId: string;
    name: string;
    priority: number;
    mutationProtection: sdk.MutationProtectionStatus;
}

export interface ResolverState {
    readonly lists: DomainList[];
    readonly groups: RuleGroup[];
    readonly associations: Association[];
}

export type ResolverCall = Call<ResolverState>;

export const initialResolver = (): ResolverState => ({ lists: [], groups: [], associations: [] });

export function refuse(name: string, message: string): never {
    throw new ServiceError(name, message);
}

/** @throws ServiceError when there is none of that id */
export function byId<T extends Resource>(all: readonly T[], id: string | undefined, what: string): T {
    return (
        all.find((each) => each.id === id) ??
        refuse("ResourceNotFoundException", `there is no ${what} ${String(id)}`)
    );
}

/** @param prefix of ids @param kind as in ARNs */
export function newResource(
    { account, region }: ResolverCall,
    prefix: string,
    kind: string,
    tags: Record<string, string>,
    creatorRequestId: string | undefined,
): Resource {
    const id = `${prefix}-${randomUUID().replace(/-/g, "").slice(0, 17)}`;
    const now = new Date().toISOString();
    return {
        id,
        arn: `arn:aws:route53resolver:${region}:${account}:${kind}/${id}`,
        tags,
        creatorRequestId: creatorRequestId ?? randomUUID(),
        createdAt: now,
        modifiedAt: now,
    };
}

export function checkName(name: string | undefined): string {
    return name && /^(?!\d+$)[A-Za-z0-9\-_' ]{1,64}$/.test(name)
        ? name
        : refuse("ValidationException", `name "${String(name)}" is not allowed`);
}

export function timesOf({ creatorRequestId, createdAt, modifiedAt }: Resource) {
    return { CreatorRequestId: creatorRequestId, CreationTime: createdAt, ModificationTime: modifiedAt };
}

export function taggedResource({ state }: ResolverCall, arn: string): Tagged {
    const all: readonly Tagged[] = [...state.lists, ...state.groups, ...state.associations];
    return all.find((each) => each.arn === arn) ?? refuse("ResourceNotFoundException", `there is no ${arn}`);
}
