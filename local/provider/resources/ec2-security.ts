import type { IpPermission, SecurityGroup } from "@aws-sdk/client-ec2";
import type { Context } from "../context";
import { equal, list, must, num, orMissing, str, type Props } from "../properties";
import type { ResourceEntry } from "../resource";
import { ec2Client, first, syncTags, tagSpecs } from "./ec2-common";

type Direction = "ingress" | "egress";

/** An inline rule as the EC2 API has it; `self` is the group itself. */
function permission(rule: Props, groupId: string): IpPermission {
    const description = str(rule, "description");
    const groups = [...list<string>(rule, "securityGroups"), ...(rule.self === true ? [groupId] : [])];
    const protocol = str(rule, "protocol") ?? "-1";
    const all = protocol === "-1" || protocol === "all";
    return {
        IpProtocol: all ? "-1" : protocol,
        ...(all ? {} : { FromPort: num(rule, "fromPort"), ToPort: num(rule, "toPort") }),
        IpRanges: list<string>(rule, "cidrBlocks").map((CidrIp) => ({ CidrIp, Description: description })),
        Ipv6Ranges: list<string>(rule, "ipv6CidrBlocks").map((CidrIpv6) => ({
            CidrIpv6,
            Description: description,
        })),
        PrefixListIds: list<string>(rule, "prefixListIds").map((PrefixListId) => ({
            PrefixListId,
            Description: description,
        })),
        UserIdGroupPairs: groups.map((GroupId) => ({ GroupId, Description: description })),
    };
}

async function change(
    ctx: Context,
    GroupId: string,
    direction: Direction,
    add: boolean,
    IpPermissions: IpPermission[],
): Promise<void> {
    if (IpPermissions.length === 0) {
        return;
    }
    const { sdk, ec2 } = await ec2Client(ctx);
    const input = { GroupId, IpPermissions };
    if (direction === "ingress") {
        await (add
            ? ec2.send(new sdk.AuthorizeSecurityGroupIngressCommand(input))
            : ec2.send(new sdk.RevokeSecurityGroupIngressCommand(input)));
    } else {
        await (add
            ? ec2.send(new sdk.AuthorizeSecurityGroupEgressCommand(input))
            : ec2.send(new sdk.RevokeSecurityGroupEgressCommand(input)));
    }
}

async function find(ctx: Context, id: string): Promise<SecurityGroup | undefined> {
    const { sdk, ec2 } = await ec2Client(ctx);
    const found = await orMissing(ec2.send(new sdk.DescribeSecurityGroupsCommand({ GroupIds: [id] })));
    return first(found?.SecurityGroups);
}

/** Takes away every rule a group has: AWS gives new groups an open egress rule. */
async function clear(ctx: Context, id: string, directions: Direction[]): Promise<void> {
    const group = await find(ctx, id);
    for (const direction of directions) {
        const rules = direction === "ingress" ? group?.IpPermissions : group?.IpPermissionsEgress;
        await change(ctx, id, direction, false, rules ?? []);
    }
}

async function addRules(ctx: Context, id: string, inputs: Props, directions: Direction[]): Promise<void> {
    for (const direction of directions) {
        const rules = list<Props>(inputs, direction).map((rule) => permission(rule, id));
        await change(ctx, id, direction, true, rules);
    }
}

async function syncRules(ctx: Context, id: string, olds: Props, news: Props): Promise<void> {
    for (const direction of ["ingress", "egress"] as const) {
        const [before, after] = [olds, news].map((props) => list<Props>(props, direction));
        const missing = (from: Props[], others: Props[]): IpPermission[] =>
            from
                .filter((rule) => !others.some((other) => equal(rule, other)))
                .map((rule) => permission(rule, id));
        await change(ctx, id, direction, false, missing(before, after));
        await change(ctx, id, direction, true, missing(after, before));
    }
}

async function groupOuts(ctx: Context, id: string): Promise<Props> {
    return { arn: await ctx.arn("ec2", `security-group/${id}`), ownerId: await ctx.accountId() };
}

const securityGroup: ResourceEntry = {
    type: "aws:ec2/securityGroup:SecurityGroup",
    properties: ["description", "egress", "ingress", "name", "namePrefix", "revokeRulesOnDelete", "vpcId"],
    replaceOn: ["description", "name", "namePrefix", "vpcId"],
    autoName: { property: "name", prefixProperty: "namePrefix", maxLength: 255 },
    tagged: true,
    async create(ctx, inputs) {
        const { sdk, ec2 } = await ec2Client(ctx);
        const made = await ec2.send(
            new sdk.CreateSecurityGroupCommand({
                GroupName: must(inputs, "name"),
                Description: str(inputs, "description") ?? "Managed by Pulumi",
                VpcId: str(inputs, "vpcId"),
                TagSpecifications: tagSpecs("security-group", inputs),
            }),
        );
        const id = made.GroupId ?? "";
        await clear(ctx, id, ["egress"]);
        await addRules(ctx, id, inputs, ["ingress", "egress"]);
        return { id, outs: { ...(await groupOuts(ctx, id)), description: "Managed by Pulumi" } };
    },
    async update(ctx, { id, olds, oldInputs, news }) {
        await syncRules(ctx, id, oldInputs, news);
        await syncTags(ctx, id, olds, news);
    },
    async read(ctx, id) {
        const group = await find(ctx, id);
        return (
            group && { outs: { ...(await groupOuts(ctx, id)), name: group.GroupName, vpcId: group.VpcId } }
        );
    },
    async delete(ctx, id, state) {
        const { sdk, ec2 } = await ec2Client(ctx);
        if (state.revokeRulesOnDelete === true) {
            await orMissing(clear(ctx, id, ["ingress", "egress"]));
        }
        await orMissing(ec2.send(new sdk.DeleteSecurityGroupCommand({ GroupId: id })));
    },
};

/** Adopts the default group of a network; goes, as with AWS, without deleting it. */
const defaultSecurityGroup: ResourceEntry = {
    type: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    properties: ["egress", "ingress", "revokeRulesOnDelete", "vpcId"],
    replaceOn: ["vpcId"],
    tagged: true,
    async create(ctx, inputs) {
        const { sdk, ec2 } = await ec2Client(ctx);
        const page = await ec2.send(
            new sdk.DescribeSecurityGroupsCommand({
                Filters: [
                    { Name: "vpc-id", Values: [must(inputs, "vpcId")] },
                    { Name: "group-name", Values: ["default"] },
                ],
            }),
        );
        const id = first(page.SecurityGroups?.filter(({ GroupName }) => GroupName === "default"))?.GroupId;
        if (!id) {
            throw new Error(`${String(inputs.vpcId)} has no default security group`);
        }
        await clear(ctx, id, ["ingress", "egress"]);
        await addRules(ctx, id, inputs, ["ingress", "egress"]);
        await syncTags(ctx, id, {}, inputs);
        return {
            id,
            outs: {
                ...(await groupOuts(ctx, id)),
                name: "default",
                description: "default VPC security group",
            },
        };
    },
    async update(ctx, { id, olds, oldInputs, news }) {
        await syncRules(ctx, id, oldInputs, news);
        await syncTags(ctx, id, olds, news);
    },
    async read(ctx, id) {
        const group = await find(ctx, id);
        return group && { outs: { ...(await groupOuts(ctx, id)), vpcId: group.VpcId } };
    },
    async delete() {},
};

export const ec2Security: readonly ResourceEntry[] = [securityGroup, defaultSecurityGroup];
