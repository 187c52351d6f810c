import type { EC2Client } from "@aws-sdk/client-ec2";
import type { Context } from "../context";
import { tagChanges, tagList, type Props } from "../properties";

type Sdk = typeof import("@aws-sdk/client-ec2");

/** The EC2 module and a client. */
export async function ec2Client(ctx: Context): Promise<{ sdk: Sdk; ec2: EC2Client }> {
    const sdk = await import("@aws-sdk/client-ec2");
    return { sdk, ec2: ctx.client("ec2", sdk.EC2Client) };
}

/** Tags as a create call wants them. */
export function tagSpecs(kind: string, inputs: Props): never {
    const tags = tagList(inputs);
    return (tags ? [{ ResourceType: kind, Tags: tags }] : undefined) as never;
}

/** Brings the tags of any EC2 resource to the new ones. */
export async function syncTags(ctx: Context, id: string, olds: Props, news: Props): Promise<void> {
    const { sdk, ec2 } = await ec2Client(ctx);
    const { set, remove } = tagChanges(olds, news);
    const Tags = tagList({ tags: set });
    if (Tags) {
        await ec2.send(new sdk.CreateTagsCommand({ Resources: [id], Tags }));
    }
    if (remove.length > 0) {
        await ec2.send(new sdk.DeleteTagsCommand({ Resources: [id], Tags: remove.map((Key) => ({ Key })) }));
    }
}

/** `undefined` for an id nobody knows: some EC2 calls of the emulator answer with an empty list in place of an error. */
export const first = <T>(items: T[] | undefined): T | undefined => items?.[0];
