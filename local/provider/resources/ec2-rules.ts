import type { IpPermission } from "@aws-sdk/client-ec2";
import { must, num, orMissing, str, type Props } from "../properties";
import type { ResourceEntry } from "../resource";
import { ec2Client, syncTags, tagSpecs } from "./ec2-common";

function permission(inputs: Props): IpPermission {
    const Description = str(inputs, "description");
    const [v4, v6, prefix, group] = ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"].map(
        (key) => str(inputs, key),
    );
    if (!(v4 || v6 || prefix || group)) {
        throw new Error("a rule needs cidrIpv4, cidrIpv6, prefixListId or referencedSecurityGroupId");
    }
    const IpProtocol = must(inputs, "ipProtocol");
    return {
        IpProtocol,
        ...(IpProtocol === "-1" ? {} : { FromPort: num(inputs, "fromPort"), ToPort: num(inputs, "toPort") }),
        ...(v4 ? { IpRanges: [{ CidrIp: v4, Description }] } : {}),
        ...(v6 ? { Ipv6Ranges: [{ CidrIpv6: v6, Description }] } : {}),
        ...(prefix ? { PrefixListIds: [{ PrefixListId: prefix, Description }] } : {}),
        ...(group ? { UserIdGroupPairs: [{ GroupId: group, Description }] } : {}),
    };
}

const RULE = [
    "cidrIpv4",
    "cidrIpv6",
    "description",
    "fromPort",
    "ipProtocol",
    "prefixListId",
    "referencedSecurityGroupId",
    "securityGroupId",
    "toPort",
];

/** One rule of a security group, with an id of its own. */
function rule(direction: "Ingress" | "Egress"): ResourceEntry {
    return {
        type: `aws:vpc/securityGroup${direction}Rule:SecurityGroup${direction}Rule`,
        properties: RULE,
        replaceOn: RULE,
        deleteBeforeReplace: true,
        tagged: true,
        async create(ctx, inputs) {
            const { sdk, ec2 } = await ec2Client(ctx);
            const request = {
                GroupId: must(inputs, "securityGroupId"),
                IpPermissions: [permission(inputs)],
                TagSpecifications: tagSpecs("security-group-rule", inputs),
            };
            const made = await (direction === "Ingress"
                ? ec2.send(new sdk.AuthorizeSecurityGroupIngressCommand(request))
                : ec2.send(new sdk.AuthorizeSecurityGroupEgressCommand(request)));
            const given = made.SecurityGroupRules?.[0]?.SecurityGroupRuleId;
            const id = given ?? `sgr-${Date.now().toString(16)}${Math.random().toString(16).slice(2, 8)}`;
            return {
                id,
                outs: { securityGroupRuleId: id, arn: await ctx.arn("ec2", `security-group-rule/${id}`) },
            };
        },
        update: (ctx, { id, olds, news }) => syncTags(ctx, id, olds, news),
        async read(ctx, id, state) {
            const { sdk, ec2 } = await ec2Client(ctx);
            const found = await orMissing(
                ec2.send(
                    new sdk.DescribeSecurityGroupsCommand({
                        GroupIds: [must(state, "securityGroupId")],
                    }),
                ),
            );
            return found?.SecurityGroups?.length ? { outs: { securityGroupRuleId: id } } : undefined;
        },
        async delete(ctx, _id, state) {
            const { sdk, ec2 } = await ec2Client(ctx);
            const request = { GroupId: must(state, "securityGroupId"), IpPermissions: [permission(state)] };
            await orMissing<unknown>(
                direction === "Ingress"
                    ? ec2.send(new sdk.RevokeSecurityGroupIngressCommand(request))
                    : ec2.send(new sdk.RevokeSecurityGroupEgressCommand(request)),
            );
        },
    };
}

export const ec2Rules: readonly ResourceEntry[] = [rule("Ingress"), rule("Egress")];
