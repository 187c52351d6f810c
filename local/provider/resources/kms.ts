import type { KMSClient } from "@aws-sdk/client-kms";
import type { Context } from "../context";
import { bool, must, num, orMissing, str, tagChanges, tagMap, type Props } from "../properties";
import type { ResourceEntry } from "../resource";

type Sdk = typeof import("@aws-sdk/client-kms");

async function client(ctx: Context): Promise<{ sdk: Sdk; kms: KMSClient }> {
    const sdk = await import("@aws-sdk/client-kms");
    return { sdk, kms: ctx.client("kms", sdk.KMSClient) };
}

const tags = (map: Record<string, string>): { TagKey: string; TagValue: string }[] =>
    Object.entries(map).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));

async function setRotation(ctx: Context, KeyId: string, inputs: Props): Promise<void> {
    const { sdk, kms } = await client(ctx);
    await (bool(inputs, "enableKeyRotation")
        ? kms.send(
              new sdk.EnableKeyRotationCommand({
                  KeyId,
                  RotationPeriodInDays: num(inputs, "rotationPeriodInDays"),
              }),
          )
        : kms.send(new sdk.DisableKeyRotationCommand({ KeyId })));
}

const key: ResourceEntry = {
    type: "aws:kms/key:Key",
    properties: [
        "bypassPolicyLockoutSafetyCheck",
        "customerMasterKeySpec",
        "deletionWindowInDays",
        "description",
        "enableKeyRotation",
        "isEnabled",
        "keyUsage",
        "multiRegion",
        "policy",
        "rotationPeriodInDays",
    ],
    replaceOn: ["customerMasterKeySpec", "keyUsage", "multiRegion"],
    tagged: true,
    async create(ctx, inputs) {
        const { sdk, kms } = await client(ctx);
        const made = await kms.send(
            new sdk.CreateKeyCommand({
                Description: str(inputs, "description"),
                KeySpec: str(inputs, "customerMasterKeySpec") as never,
                KeyUsage: str(inputs, "keyUsage") as never,
                MultiRegion: bool(inputs, "multiRegion"),
                Policy: str(inputs, "policy"),
                BypassPolicyLockoutSafetyCheck: bool(inputs, "bypassPolicyLockoutSafetyCheck"),
                Tags: tags(tagMap(inputs)),
            }),
        );
        const KeyId = made.KeyMetadata?.KeyId ?? "";
        if (bool(inputs, "enableKeyRotation")) {
            await setRotation(ctx, KeyId, inputs);
        }
        if (bool(inputs, "isEnabled") === false) {
            await kms.send(new sdk.DisableKeyCommand({ KeyId }));
        }
        return { id: KeyId, outs: { keyId: KeyId, arn: made.KeyMetadata?.Arn } };
    },
    async update(ctx, { id: KeyId, olds, news, changed }) {
        const { sdk, kms } = await client(ctx);
        if (changed.has("policy") && str(news, "policy")) {
            await kms.send(
                new sdk.PutKeyPolicyCommand({ KeyId, PolicyName: "default", Policy: str(news, "policy") }),
            );
        }
        if (changed.has("description")) {
            await kms.send(
                new sdk.UpdateKeyDescriptionCommand({ KeyId, Description: str(news, "description") ?? "" }),
            );
        }
        if (changed.has("enableKeyRotation") || changed.has("rotationPeriodInDays")) {
            await setRotation(ctx, KeyId, news);
        }
        if (changed.has("isEnabled")) {
            await (bool(news, "isEnabled") === false
                ? kms.send(new sdk.DisableKeyCommand({ KeyId }))
                : kms.send(new sdk.EnableKeyCommand({ KeyId })));
        }
        const { set, remove } = tagChanges(olds, news);
        if (Object.keys(set).length > 0) {
            await kms.send(new sdk.TagResourceCommand({ KeyId, Tags: tags(set) }));
        }
        if (remove.length > 0) {
            await kms.send(new sdk.UntagResourceCommand({ KeyId, TagKeys: remove }));
        }
    },
    async read(ctx, id) {
        const { sdk, kms } = await client(ctx);
        const found = await orMissing(kms.send(new sdk.DescribeKeyCommand({ KeyId: id })));
        const metadata = found?.KeyMetadata;
        return metadata && metadata.KeyState !== "PendingDeletion"
            ? { outs: { keyId: metadata.KeyId, arn: metadata.Arn } }
            : undefined;
    },
    async delete(ctx, id, state) {
        const { sdk, kms } = await client(ctx);
        const found = await orMissing(kms.send(new sdk.DescribeKeyCommand({ KeyId: id })));
        if (found && found.KeyMetadata?.KeyState !== "PendingDeletion") {
            await kms.send(
                new sdk.ScheduleKeyDeletionCommand({
                    KeyId: id,
                    PendingWindowInDays: num(state, "deletionWindowInDays"),
                }),
            );
        }
    },
};

async function aliasOuts(ctx: Context, name: string, target: string): Promise<Props> {
    const keyId = target.split("/").pop() as string;
    return { arn: await ctx.arn("kms", name), targetKeyArn: await ctx.arn("kms", `key/${keyId}`) };
}

const alias: ResourceEntry = {
    type: "aws:kms/alias:Alias",
    properties: ["name", "namePrefix", "targetKeyId"],
    replaceOn: ["name", "namePrefix"],
    autoName: { property: "name", prefixProperty: "namePrefix", maxLength: 250 },
    async create(ctx, inputs) {
        const { sdk, kms } = await client(ctx);
        const given = must(inputs, "name");
        const AliasName = given.startsWith("alias/") ? given : `alias/${given}`;
        await kms.send(new sdk.CreateAliasCommand({ AliasName, TargetKeyId: must(inputs, "targetKeyId") }));
        return { id: AliasName, outs: await aliasOuts(ctx, AliasName, must(inputs, "targetKeyId")) };
    },
    async update(ctx, { id, news }) {
        const { sdk, kms } = await client(ctx);
        await kms.send(new sdk.UpdateAliasCommand({ AliasName: id, TargetKeyId: must(news, "targetKeyId") }));
        return aliasOuts(ctx, id, must(news, "targetKeyId"));
    },
    async read(ctx, id) {
        const { sdk, kms } = await client(ctx);
        const page = await kms.send(new sdk.ListAliasesCommand({ Limit: 1000 }));
        const found = page.Aliases?.find(({ AliasName }) => AliasName === id);
        return found && { outs: { name: id, ...(await aliasOuts(ctx, id, found.TargetKeyId ?? "")) } };
    },
    async delete(ctx, id) {
        const { sdk, kms } = await client(ctx);
        await orMissing(kms.send(new sdk.DeleteAliasCommand({ AliasName: id })));
    },
};

export const kms: readonly ResourceEntry[] = [key, alias];
