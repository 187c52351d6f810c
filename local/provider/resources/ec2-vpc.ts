import type { Context } from "../context";
import { bool, must, orMissing, str, type Props } from "../properties";
import type { ResourceEntry } from "../resource";
import { ec2Client, first, syncTags, tagSpecs } from "./ec2-common";

async function vpcOuts(ctx: Context, id: string): Promise<Props | undefined> {
    const { sdk, ec2 } = await ec2Client(ctx);
    const found = await orMissing(ec2.send(new sdk.DescribeVpcsCommand({ VpcIds: [id] })));
    const vpc = first(found?.Vpcs);
    if (!vpc) {
        return undefined;
    }
    const Filters = [{ Name: "vpc-id", Values: [id] }];
    const tables = await ec2.send(new sdk.DescribeRouteTablesCommand({ Filters }));
    const main = tables.RouteTables?.find((table) =>
        table.Associations?.some((association) => association.Main),
    );
    const groups = await ec2.send(new sdk.DescribeSecurityGroupsCommand({ Filters }));
    const acls = await ec2.send(new sdk.DescribeNetworkAclsCommand({ Filters }));
    return {
        arn: await ctx.arn("ec2", `vpc/${id}`),
        cidrBlock: vpc.CidrBlock,
        ownerId: await ctx.accountId(),
        mainRouteTableId: main?.RouteTableId,
        defaultRouteTableId: main?.RouteTableId,
        defaultSecurityGroupId: groups.SecurityGroups?.find(({ GroupName }) => GroupName === "default")
            ?.GroupId,
        defaultNetworkAclId: acls.NetworkAcls?.find(({ IsDefault }) => IsDefault)?.NetworkAclId,
    };
}

async function setDns(ctx: Context, VpcId: string, inputs: Props): Promise<void> {
    const { sdk, ec2 } = await ec2Client(ctx);
    await ec2.send(
        new sdk.ModifyVpcAttributeCommand({
            VpcId,
            EnableDnsSupport: { Value: bool(inputs, "enableDnsSupport") ?? true },
        }),
    );
    await ec2.send(
        new sdk.ModifyVpcAttributeCommand({
            VpcId,
            EnableDnsHostnames: { Value: bool(inputs, "enableDnsHostnames") ?? false },
        }),
    );
}

const vpc: ResourceEntry = {
    type: "aws:ec2/vpc:Vpc",
    properties: ["cidrBlock", "enableDnsHostnames", "enableDnsSupport", "instanceTenancy"],
    declaredOnly: ["assignGeneratedIpv6CidrBlock", "enableNetworkAddressUsageMetrics"],
    replaceOn: ["cidrBlock", "instanceTenancy"],
    tagged: true,
    async create(ctx, inputs) {
        const { sdk, ec2 } = await ec2Client(ctx);
        const made = await ec2.send(
            new sdk.CreateVpcCommand({
                CidrBlock: must(inputs, "cidrBlock"),
                InstanceTenancy: str(inputs, "instanceTenancy") as never,
                TagSpecifications: tagSpecs("vpc", inputs),
            }),
        );
        const id = made.Vpc?.VpcId ?? "";
        await setDns(ctx, id, inputs);
        return { id, outs: (await vpcOuts(ctx, id)) ?? {} };
    },
    async update(ctx, { id, olds, news, changed }) {
        if (changed.has("enableDnsSupport") || changed.has("enableDnsHostnames")) {
            await setDns(ctx, id, news);
        }
        await syncTags(ctx, id, olds, news);
    },
    async read(ctx, id) {
        const outs = await vpcOuts(ctx, id);
        return outs && { outs };
    },
    async delete(ctx, id) {
        const { sdk, ec2 } = await ec2Client(ctx);
        await orMissing(ec2.send(new sdk.DeleteVpcCommand({ VpcId: id })));
    },
};

async function setSubnet(ctx: Context, SubnetId: string, inputs: Props): Promise<void> {
    const { sdk, ec2 } = await ec2Client(ctx);
    await ec2.send(
        new sdk.ModifySubnetAttributeCommand({
            SubnetId,
            MapPublicIpOnLaunch: { Value: bool(inputs, "mapPublicIpOnLaunch") === true },
        }),
    );
}

const subnet: ResourceEntry = {
    type: "aws:ec2/subnet:Subnet",
    properties: ["availabilityZone", "cidrBlock", "mapPublicIpOnLaunch", "vpcId"],
    declaredOnly: [
        "assignIpv6AddressOnCreation",
        "enableDns64",
        "enableResourceNameDnsARecordOnLaunch",
        "enableResourceNameDnsAaaaRecordOnLaunch",
        "ipv6CidrBlock",
        "privateDnsHostnameTypeOnLaunch",
    ],
    replaceOn: ["availabilityZone", "cidrBlock", "vpcId"],
    tagged: true,
    async create(ctx, inputs) {
        const { sdk, ec2 } = await ec2Client(ctx);
        const made = await ec2.send(
            new sdk.CreateSubnetCommand({
                VpcId: must(inputs, "vpcId"),
                CidrBlock: must(inputs, "cidrBlock"),
                AvailabilityZone: str(inputs, "availabilityZone"),
                TagSpecifications: tagSpecs("subnet", inputs),
            }),
        );
        const id = made.Subnet?.SubnetId ?? "";
        if (bool(inputs, "mapPublicIpOnLaunch")) {
            await setSubnet(ctx, id, inputs);
        }
        return {
            id,
            outs: {
                arn: await ctx.arn("ec2", `subnet/${id}`),
                ownerId: await ctx.accountId(),
                availabilityZone: made.Subnet?.AvailabilityZone,
                availabilityZoneId: made.Subnet?.AvailabilityZoneId,
            },
        };
    },
    async update(ctx, { id, olds, news, changed }) {
        if (changed.has("mapPublicIpOnLaunch")) {
            await setSubnet(ctx, id, news);
        }
        await syncTags(ctx, id, olds, news);
    },
    async read(ctx, id) {
        const { sdk, ec2 } = await ec2Client(ctx);
        const found = await orMissing(ec2.send(new sdk.DescribeSubnetsCommand({ SubnetIds: [id] })));
        const subnets = first(found?.Subnets);
        return (
            subnets && {
                outs: {
                    arn: await ctx.arn("ec2", `subnet/${id}`),
                    availabilityZone: subnets.AvailabilityZone,
                    vpcId: subnets.VpcId,
                    cidrBlock: subnets.CidrBlock,
                },
            }
        );
    },
    async delete(ctx, id) {
        const { sdk, ec2 } = await ec2Client(ctx);
        await orMissing(ec2.send(new sdk.DeleteSubnetCommand({ SubnetId: id })));
    },
};

const flowLog: ResourceEntry = {
    type: "aws:ec2/flowLog:FlowLog",
    properties: [
        "deliverCrossAccountRole",
        "eniId",
        "iamRoleArn",
        "logDestination",
        "logDestinationType",
        "logFormat",
        "maxAggregationInterval",
        "subnetId",
        "trafficType",
        "transitGatewayId",
        "vpcId",
    ],
    declaredOnly: ["destinationOptions"],
    replaceOn: [
        "deliverCrossAccountRole",
        "eniId",
        "iamRoleArn",
        "logDestination",
        "logDestinationType",
        "logFormat",
        "maxAggregationInterval",
        "subnetId",
        "trafficType",
        "transitGatewayId",
        "vpcId",
    ],
    tagged: true,
    async create(ctx, inputs) {
        const { sdk, ec2 } = await ec2Client(ctx);
        const kinds = {
            vpcId: "VPC",
            subnetId: "Subnet",
            eniId: "NetworkInterface",
            transitGatewayId: "TransitGateway",
        };
        const [property, ResourceType] = Object.entries(kinds).find(([key]) => inputs[key]) ?? [
            "vpcId",
            "VPC",
        ];
        const made = await ec2.send(
            new sdk.CreateFlowLogsCommand({
                ResourceIds: [must(inputs, property)],
                ResourceType: ResourceType as never,
                TrafficType: str(inputs, "trafficType") as never,
                LogDestinationType: (str(inputs, "logDestinationType") ?? "cloud-watch-logs") as never,
                LogDestination: str(inputs, "logDestination"),
                LogFormat: str(inputs, "logFormat"),
                DeliverLogsPermissionArn: str(inputs, "iamRoleArn"),
                DeliverCrossAccountRole: str(inputs, "deliverCrossAccountRole"),
                MaxAggregationInterval: inputs.maxAggregationInterval as number | undefined,
                TagSpecifications: tagSpecs("vpc-flow-log", inputs),
            }),
        );
        const id = made.FlowLogIds?.[0] ?? "";
        return { id, outs: { arn: await ctx.arn("ec2", `vpc-flow-log/${id}`) } };
    },
    update: (ctx, { id, olds, news }) => syncTags(ctx, id, olds, news),
    async read(ctx, id) {
        const { sdk, ec2 } = await ec2Client(ctx);
        const found = await orMissing(ec2.send(new sdk.DescribeFlowLogsCommand({ FlowLogIds: [id] })));
        return first(found?.FlowLogs) && { outs: { arn: await ctx.arn("ec2", `vpc-flow-log/${id}`) } };
    },
    async delete(ctx, id) {
        const { sdk, ec2 } = await ec2Client(ctx);
        await orMissing(ec2.send(new sdk.DeleteFlowLogsCommand({ FlowLogIds: [id] })));
    },
};

export const ec2Vpc: readonly ResourceEntry[] = [vpc, subnet, flowLog];
