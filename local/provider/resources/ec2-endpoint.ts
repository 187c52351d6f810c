import type { Context } from "../context";
import { bool, list, must, orMissing, str } from "../properties";
import type { ResourceEntry } from "../resource";
import { ec2Client, first, syncTags, tagSpecs } from "./ec2-common";

const without = (from: string[], others: string[]): string[] =>
    from.filter((entry) => !others.includes(entry));

/** Gateway endpoints are reached by the prefix list of their service; the emulator has those of S3 and DynamoDB. */
async function prefixListOf(ctx: Context, service: string, endpoint: string): Promise<string> {
    const { sdk, ec2 } = await ec2Client(ctx);
    const page = await ec2.send(
        new sdk.DescribePrefixListsCommand({
            Filters: [{ Name: "prefix-list-name", Values: [service] }],
        }),
    );
    const found = page.PrefixLists?.find(({ PrefixListName }) => PrefixListName === service);
    return found?.PrefixListId ?? `pl-${endpoint.slice(-8)}`;
}

const vpcEndpoint: ResourceEntry = {
    type: "aws:ec2/vpcEndpoint:VpcEndpoint",
    properties: [
        "policy",
        "privateDnsEnabled",
        "routeTableIds",
        "securityGroupIds",
        "serviceName",
        "subnetIds",
        "vpcEndpointType",
        "vpcId",
    ],
    declaredOnly: ["autoAccept", "dnsOptions", "ipAddressType", "subnetConfigurations"],
    replaceOn: ["serviceName", "vpcEndpointType", "vpcId"],
    tagged: true,
    async create(ctx, inputs) {
        const { sdk, ec2 } = await ec2Client(ctx);
        const kind = str(inputs, "vpcEndpointType") ?? "Gateway";
        const made = await ec2.send(
            new sdk.CreateVpcEndpointCommand({
                VpcId: must(inputs, "vpcId"),
                ServiceName: must(inputs, "serviceName"),
                VpcEndpointType: kind as never,
                PolicyDocument: str(inputs, "policy"),
                PrivateDnsEnabled: bool(inputs, "privateDnsEnabled"),
                RouteTableIds: list(inputs, "routeTableIds"),
                SubnetIds: list(inputs, "subnetIds"),
                SecurityGroupIds: list(inputs, "securityGroupIds"),
                TagSpecifications: tagSpecs("vpc-endpoint", inputs),
            }),
        );
        const id = made.VpcEndpoint?.VpcEndpointId ?? "";
        return {
            id,
            outs: {
                arn: await ctx.arn("ec2", `vpc-endpoint/${id}`),
                ownerId: await ctx.accountId(),
                state: "available",
                networkInterfaceIds: made.VpcEndpoint?.NetworkInterfaceIds ?? [],
                prefixListId:
                    kind === "Gateway" ? await prefixListOf(ctx, must(inputs, "serviceName"), id) : "",
                cidrBlocks: [],
                dnsEntries: (made.VpcEndpoint?.DnsEntries ?? []).map((entry) => ({
                    dnsName: entry.DnsName ?? "",
                    hostedZoneId: entry.HostedZoneId ?? "",
                })),
            },
        };
    },
    async update(ctx, { id, olds, oldInputs, news, changed }) {
        const { sdk, ec2 } = await ec2Client(ctx);
        const lists = (["routeTableIds", "subnetIds", "securityGroupIds"] as const).map((key) => {
            const [before, after] = [list<string>(oldInputs, key), list<string>(news, key)];
            return { key, add: without(after, before), remove: without(before, after) };
        });
        const changes = Object.fromEntries(
            lists.flatMap(({ key, add, remove }) => {
                const name = key.charAt(0).toUpperCase() + key.slice(1);
                return [
                    [`Add${name}`, add],
                    [`Remove${name}`, remove],
                ].filter(([, ids]) => ids.length > 0);
            }),
        ) as object;
        if (Object.keys(changes).length > 0 || changed.has("policy") || changed.has("privateDnsEnabled")) {
            await ec2.send(
                new sdk.ModifyVpcEndpointCommand({
                    VpcEndpointId: id,
                    ...changes,
                    ...(changed.has("policy")
                        ? { PolicyDocument: str(news, "policy"), ResetPolicy: !news.policy }
                        : {}),
                    ...(changed.has("privateDnsEnabled")
                        ? { PrivateDnsEnabled: bool(news, "privateDnsEnabled") }
                        : {}),
                }),
            );
        }
        await syncTags(ctx, id, olds, news);
    },
    async read(ctx, id) {
        const { sdk, ec2 } = await ec2Client(ctx);
        const found = await orMissing(
            ec2.send(new sdk.DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] })),
        );
        const endpoint = first(found?.VpcEndpoints);
        return endpoint && String(endpoint.State).toLowerCase() !== "deleted"
            ? { outs: { arn: await ctx.arn("ec2", `vpc-endpoint/${id}`) } }
            : undefined;
    },
    async delete(ctx, id) {
        const { sdk, ec2 } = await ec2Client(ctx);
        await orMissing(ec2.send(new sdk.DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] })));
    },
};

export const ec2Endpoint: readonly ResourceEntry[] = [vpcEndpoint];
