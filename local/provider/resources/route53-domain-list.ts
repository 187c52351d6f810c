import type { FirewallDomainUpdateOperation } from "@aws-sdk/client-route53resolver";
import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../context";
import { list, must, orMissing, tagList } from "../properties";
import type { ResourceEntry } from "../resource";
import { resolverClient, syncTags } from "./route53-common";

const MAX_PER_REQUEST = 1_000;

/** Looks until the list is at rest. */
async function settled(ctx: Context, id: string): Promise<void> {
    const { sdk, resolver } = await resolverClient(ctx);
    for (;;) {
        const look = new sdk.GetFirewallDomainListCommand({ FirewallDomainListId: id });
        const { FirewallDomainList } = await resolver.send(look);
        if (!/^(IMPORTING|UPDATING)$/.test(FirewallDomainList?.Status ?? "")) {
            return;
        }
        await sleep(200);
    }
}

async function update(
    ctx: Context,
    id: string,
    Operation: FirewallDomainUpdateOperation,
    domains: readonly string[],
): Promise<void> {
    const { sdk, resolver } = await resolverClient(ctx);
    for (let start = 0; start < domains.length; start += MAX_PER_REQUEST) {
        const Domains = domains.slice(start, start + MAX_PER_REQUEST);
        await settled(ctx, id);
        await resolver.send(
            new sdk.UpdateFirewallDomainsCommand({ FirewallDomainListId: id, Operation, Domains }),
        );
    }
    await settled(ctx, id);
}

/** Domains are written when the program changes them: with `ignoreChanges` somebody else may fill the list. */
export const resolverDomainList: ResourceEntry = {
    type: "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList",
    properties: ["domains", "name"],
    replaceOn: ["name"],
    autoName: { property: "name", maxLength: 64 },
    tagged: true,
    async create(ctx, inputs) {
        const { sdk, resolver } = await resolverClient(ctx);
        const request = { Name: must(inputs, "name"), Tags: tagList(inputs) };
        const made = await resolver.send(new sdk.CreateFirewallDomainListCommand(request));
        const { Id: id = "", Arn: arn } = made.FirewallDomainList ?? {};
        await update(ctx, id, "ADD", list<string>(inputs, "domains"));
        return { id, outs: { arn } };
    },
    async update(ctx, { id, olds, oldInputs, news, changed }) {
        if (changed.has("domains")) {
            const wanted = new Set(list<string>(news, "domains"));
            const before = new Set(list<string>(oldInputs, "domains"));
            await update(
                ctx,
                id,
                "REMOVE",
                [...before].filter((domain) => !wanted.has(domain)),
            );
            await update(
                ctx,
                id,
                "ADD",
                [...wanted].filter((domain) => !before.has(domain)),
            );
        }
        await syncTags(ctx, olds, news);
    },
    async read(ctx, id) {
        const { sdk, resolver } = await resolverClient(ctx);
        const look = new sdk.GetFirewallDomainListCommand({ FirewallDomainListId: id });
        const found = await orMissing(resolver.send(look));
        return found && { outs: { arn: found.FirewallDomainList?.Arn } };
    },
    async delete(ctx, id) {
        const { sdk, resolver } = await resolverClient(ctx);
        await orMissing(
            settled(ctx, id).then(() =>
                resolver.send(new sdk.DeleteFirewallDomainListCommand({ FirewallDomainListId: id })),
            ),
        );
    },
};
