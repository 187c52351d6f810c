import type { NetworkFirewallClient, RuleGroup } from "@aws-sdk/client-network-firewall";
import type { Context } from "../context";
import { list, must, obj, orMissing, pascal, str, tagChanges, tagList, type Props } from "../properties";
import type { ResourceEntry } from "../resource";

type Sdk = typeof import("@aws-sdk/client-network-firewall");

async function client(ctx: Context): Promise<{ sdk: Sdk; firewall: NetworkFirewallClient }> {
    const sdk = await import("@aws-sdk/client-network-firewall");
    return { sdk, firewall: ctx.client("networkfirewall", sdk.NetworkFirewallClient) };
}

/** Variables are a list of keys and values in Pulumi, a map in the SDK. */
function variables(props: Props | undefined, name: "ipSet" | "portSet"): Props | undefined {
    const sets = list<Props>(props ?? {}, `${name}s`);
    const entries = sets.map((set) => [
        must(set, "key"),
        { Definition: list(obj(set, name) ?? {}, "definitions") },
    ]);
    return entries.length > 0 ? (Object.fromEntries(entries) as Props) : undefined;
}

function content(inputs: Props): { RuleGroup?: RuleGroup; Rules?: string } {
    const group = obj(inputs, "ruleGroup");
    if (!group) {
        return { Rules: must(inputs, "rules") };
    }
    const { ruleVariables, ...rest } = group;
    return {
        RuleGroup: {
            ...pascal<RuleGroup>(rest),
            RuleVariables: ruleVariables
                ? {
                      IPSets: variables(ruleVariables as Props, "ipSet") as never,
                      PortSets: variables(ruleVariables as Props, "portSet") as never,
                  }
                : undefined,
        },
    };
}

async function syncTags(ctx: Context, id: string, olds: Props, news: Props): Promise<void> {
    const { sdk, firewall } = await client(ctx);
    const { set, remove } = tagChanges(olds, news);
    const Tags = tagList({ tags: set });
    if (Tags) {
        await firewall.send(new sdk.TagResourceCommand({ ResourceArn: id, Tags }));
    }
    if (remove.length > 0) {
        await firewall.send(new sdk.UntagResourceCommand({ ResourceArn: id, TagKeys: remove }));
    }
}

/**
 * Rules may be changed by somebody else, with `ignoreChanges: ["ruleGroup"]` in the program: an update for another
 * reason writes back those that are there.
 */
const ruleGroup: ResourceEntry = {
    type: "aws:networkfirewall/ruleGroup:RuleGroup",
    properties: ["capacity", "description", "name", "ruleGroup", "rules", "type"],
    declaredOnly: ["encryptionConfiguration"],
    replaceOn: ["capacity", "name", "type"],
    autoName: { property: "name", maxLength: 128 },
    tagged: true,
    async create(ctx, inputs) {
        const { sdk, firewall } = await client(ctx);
        const made = await firewall.send(
            new sdk.CreateRuleGroupCommand({
                RuleGroupName: must(inputs, "name"),
                Type: must(inputs, "type") as never,
                Capacity: Number(must(inputs, "capacity")),
                Description: str(inputs, "description"),
                Tags: tagList(inputs),
                ...content(inputs),
            }),
        );
        const arn = made.RuleGroupResponse?.RuleGroupArn ?? "";
        return { id: arn, outs: { arn, updateToken: made.UpdateToken } };
    },
    async update(ctx, { id, olds, news, changed }) {
        const { sdk, firewall } = await client(ctx);
        const found = await firewall.send(new sdk.DescribeRuleGroupCommand({ RuleGroupArn: id }));
        const rules = changed.has("ruleGroup") || changed.has("rules");
        let token = found.UpdateToken;
        if (rules || changed.has("description")) {
            const answer = await firewall.send(
                new sdk.UpdateRuleGroupCommand({
                    RuleGroupArn: id,
                    UpdateToken: token,
                    Description: str(news, "description"),
                    ...(rules ? content(news) : { RuleGroup: found.RuleGroup }),
                }),
            );
            token = answer.UpdateToken;
        }
        await syncTags(ctx, id, olds, news);
        return { updateToken: token };
    },
    async read(ctx, id) {
        const { sdk, firewall } = await client(ctx);
        const found = await orMissing(firewall.send(new sdk.DescribeRuleGroupCommand({ RuleGroupArn: id })));
        return found && { outs: { arn: id, updateToken: found.UpdateToken } };
    },
    async delete(ctx, id) {
        const { sdk, firewall } = await client(ctx);
        await orMissing(firewall.send(new sdk.DeleteRuleGroupCommand({ RuleGroupArn: id })));
    },
};

export const networkfirewall: readonly ResourceEntry[] = [ruleGroup];
