import type { Route53ResolverClient } from "@aws-sdk/client-route53resolver";
import type { Context } from "../context";
import { tagChanges, tagList, type Props } from "../properties";

type Sdk = typeof import("@aws-sdk/client-route53resolver");

export async function resolverClient(ctx: Context): Promise<{ sdk: Sdk; resolver: Route53ResolverClient }> {
    const sdk = await import("@aws-sdk/client-route53resolver");
    return { sdk, resolver: ctx.client("route53resolver", sdk.Route53ResolverClient) };
}

export async function syncTags(ctx: Context, olds: Props, news: Props): Promise<void> {
    const { sdk, resolver } = await resolverClient(ctx);
    const { set, remove } = tagChanges(olds, news);
    const ResourceArn = String(olds.arn);
    const Tags = tagList({ tags: set });
    if (Tags) {
        await resolver.send(new sdk.TagResourceCommand({ ResourceArn, Tags }));
    }
    if (remove.length > 0) {
        await resolver.send(new sdk.UntagResourceCommand({ ResourceArn, TagKeys: remove }));
    }
}
