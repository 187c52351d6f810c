import type { WAFV2Client } from "@aws-sdk/client-wafv2";
import type { Context } from "../context";
import { equal, list, must, obj, orMissing, str, tagChanges, tagList, type Props } from "../properties";
import type { ResourceEntry } from "../resource";
import { toWaf } from "./wafv2-rules";

type Sdk = typeof import("@aws-sdk/client-wafv2");
interface Reference {
    Id: string;
    Name: string;
    Scope: never;
}

async function client(ctx: Context): Promise<{ sdk: Sdk; waf: WAFV2Client }> {
    const sdk = await import("@aws-sdk/client-wafv2");
    return { sdk, waf: ctx.client("wafv2", sdk.WAFV2Client) };
}

const reference = (id: string, props: Props): Reference => ({
    Id: id,
    Name: must(props, "name"),
    Scope: must(props, "scope") as never,
});

async function syncTags(ctx: Context, olds: Props, news: Props): Promise<void> {
    const { sdk, waf } = await client(ctx);
    const { set, remove } = tagChanges(olds, news);
    const ResourceARN = String(olds.arn);
    const Tags = tagList({ tags: set });
    if (Tags) {
        await waf.send(new sdk.TagResourceCommand({ ResourceARN, Tags }));
    }
    if (remove.length > 0) {
        await waf.send(new sdk.UntagResourceCommand({ ResourceARN, TagKeys: remove }));
    }
}

const same = (left: readonly string[], right: readonly string[]): boolean =>
    equal([...left].sort(), [...right].sort());

/**
 * Addresses may be changed by somebody else, with `ignoreChanges: ["addresses"]` in the program: an update for another
 * reason writes back those that are there.
 */
const ipSet: ResourceEntry = {
    type: "aws:wafv2/ipSet:IpSet",
    properties: ["addresses", "description", "ipAddressVersion", "name", "namePrefix", "scope"],
    replaceOn: ["ipAddressVersion", "name", "namePrefix", "scope"],
    autoName: { property: "name", prefixProperty: "namePrefix", maxLength: 128 },
    tagged: true,
    async create(ctx, inputs) {
        const { sdk, waf } = await client(ctx);
        const made = await waf.send(
            new sdk.CreateIPSetCommand({
                Name: must(inputs, "name"),
                Scope: must(inputs, "scope") as never,
                Description: str(inputs, "description"),
                IPAddressVersion: must(inputs, "ipAddressVersion") as never,
                Addresses: list<string>(inputs, "addresses"),
                Tags: tagList(inputs),
            }),
        );
        return {
            id: made.Summary?.Id ?? "",
            outs: { arn: made.Summary?.ARN, lockToken: made.Summary?.LockToken },
        };
    },
    async update(ctx, { id, olds, news, changed }) {
        const { sdk, waf } = await client(ctx);
        const at = reference(id, news);
        const found = await waf.send(new sdk.GetIPSetCommand(at));
        let token = found.LockToken;
        if (changed.has("addresses") || changed.has("description")) {
            const answer = await waf.send(
                new sdk.UpdateIPSetCommand({
                    ...at,
                    Description: str(news, "description"),
                    Addresses: changed.has("addresses")
                        ? list<string>(news, "addresses")
                        : (found.IPSet?.Addresses ?? []),
                    LockToken: token,
                }),
            );
            token = answer.NextLockToken;
        }
        await syncTags(ctx, olds, news);
        return { lockToken: token };
    },
    async read(ctx, id, state) {
        const { sdk, waf } = await client(ctx);
        const found = await orMissing(waf.send(new sdk.GetIPSetCommand(reference(id, state))));
        const actual = found?.IPSet?.Addresses ?? [];
        return (
            found && {
                outs: { arn: found.IPSet?.ARN, lockToken: found.LockToken },
                inputs: same(actual, list<string>(state, "addresses")) ? {} : { addresses: actual },
            }
        );
    },
    async delete(ctx, id, state) {
        const { sdk, waf } = await client(ctx);
        const at = reference(id, state);
        const found = await orMissing(waf.send(new sdk.GetIPSetCommand(at)));
        if (found) {
            await orMissing(waf.send(new sdk.DeleteIPSetCommand({ ...at, LockToken: found.LockToken })));
        }
    },
};

function aclRequest(inputs: Props): Props {
    return {
        Description: str(inputs, "description"),
        DefaultAction: toWaf(obj(inputs, "defaultAction")),
        Rules: toWaf(list(inputs, "rules")),
        VisibilityConfig: toWaf(obj(inputs, "visibilityConfig")),
        CaptchaConfig: toWaf(obj(inputs, "captchaConfig")),
        ChallengeConfig: toWaf(obj(inputs, "challengeConfig")),
        TokenDomains: inputs.tokenDomains,
        CustomResponseBodies: inputs.customResponseBodies
            ? Object.fromEntries(
                  list<Props>(inputs, "customResponseBodies").map((body) => [
                      must(body, "key"),
                      { Content: body.content, ContentType: body.contentType },
                  ]),
              )
            : undefined,
    };
}

const webAcl: ResourceEntry = {
    type: "aws:wafv2/webAcl:WebAcl",
    properties: [
        "captchaConfig",
        "challengeConfig",
        "customResponseBodies",
        "defaultAction",
        "description",
        "name",
        "namePrefix",
        "rules",
        "scope",
        "tokenDomains",
        "visibilityConfig",
    ],
    declaredOnly: ["associationConfig", "dataProtectionConfig"],
    replaceOn: ["name", "namePrefix", "scope"],
    autoName: { property: "name", prefixProperty: "namePrefix", maxLength: 128 },
    tagged: true,
    async create(ctx, inputs) {
        const { sdk, waf } = await client(ctx);
        const made = await waf.send(
            new sdk.CreateWebACLCommand({
                Name: must(inputs, "name"),
                Scope: must(inputs, "scope"),
                ...aclRequest(inputs),
                Tags: tagList(inputs),
            } as never),
        );
        const { Id, ARN, LockToken } = made.Summary ?? {};
        return {
            id: Id ?? "",
            outs: { arn: ARN, lockToken: LockToken, capacity: 0, applicationIntegrationUrl: "" },
        };
    },
    async update(ctx, { id, olds, news }) {
        const { sdk, waf } = await client(ctx);
        const at = reference(id, news);
        const found = await waf.send(new sdk.GetWebACLCommand(at));
        const answer = await waf.send(
            new sdk.UpdateWebACLCommand({
                ...at,
                ...aclRequest(news),
                LockToken: found.LockToken,
            } as never),
        );
        await syncTags(ctx, olds, news);
        return { lockToken: answer.NextLockToken };
    },
    async read(ctx, id, state) {
        const { sdk, waf } = await client(ctx);
        const found = await orMissing(waf.send(new sdk.GetWebACLCommand(reference(id, state))));
        return found && { outs: { arn: found.WebACL?.ARN, lockToken: found.LockToken } };
    },
    async delete(ctx, id, state) {
        const { sdk, waf } = await client(ctx);
        const at = reference(id, state);
        const found = await orMissing(waf.send(new sdk.GetWebACLCommand(at)));
        if (found) {
            await orMissing(waf.send(new sdk.DeleteWebACLCommand({ ...at, LockToken: found.LockToken })));
        }
    },
};

/** The emulator has no logging configurations: kept in state only. */
const logging: ResourceEntry = {
    type: "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
    properties: [],
    declaredOnly: ["logDestinationConfigs", "loggingFilter", "redactedFields", "resourceArn"],
    replaceOn: ["resourceArn", "logDestinationConfigs"],
    create: async (_ctx, inputs) => ({ id: must(inputs, "resourceArn"), outs: {} }),
    update: async () => undefined,
    read: async () => ({ outs: {} }),
    delete: async () => undefined,
};

export const wafv2: readonly ResourceEntry[] = [ipSet, webAcl, logging];
