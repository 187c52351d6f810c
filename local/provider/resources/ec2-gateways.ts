import type { Context } from "../context";
import { must, orMissing, str, type Props } from "../properties";
import type { ResourceEntry } from "../resource";
import { ec2Client, first, syncTags, tagSpecs } from "./ec2-common";

async function attach(ctx: Context, id: string, VpcId: string | undefined, on: boolean): Promise<void> {
    if (!VpcId) {
        return;
    }
    const { sdk, ec2 } = await ec2Client(ctx);
    const input = { InternetGatewayId: id, VpcId };
    if (on) {
        await ec2.send(new sdk.AttachInternetGatewayCommand(input));
    } else {
        await orMissing(
            ec2.send(new sdk.DetachInternetGatewayCommand(input)).catch((error: Error) => {
                if (!/not.?attached/i.test(`${error.name} ${error.message}`)) {
                    throw error;
                }
            }),
        );
    }
}

const internetGateway: ResourceEntry = {
    type: "aws:ec2/internetGateway:InternetGateway",
    properties: ["vpcId"],
    replaceOn: [],
    tagged: true,
    async create(ctx, inputs) {
        const { sdk, ec2 } = await ec2Client(ctx);
        const made = await ec2.send(
            new sdk.CreateInternetGatewayCommand({
                TagSpecifications: tagSpecs("internet-gateway", inputs),
            }),
        );
        const id = made.InternetGateway?.InternetGatewayId ?? "";
        await attach(ctx, id, str(inputs, "vpcId"), true);
        return {
            id,
            outs: { arn: await ctx.arn("ec2", `internet-gateway/${id}`), ownerId: await ctx.accountId() },
        };
    },
    async update(ctx, { id, olds, oldInputs, news, changed }) {
        if (changed.has("vpcId")) {
            await attach(ctx, id, str(oldInputs, "vpcId"), false);
            await attach(ctx, id, str(news, "vpcId"), true);
        }
        await syncTags(ctx, id, olds, news);
    },
    async read(ctx, id) {
        const { sdk, ec2 } = await ec2Client(ctx);
        const found = await orMissing(
            ec2.send(new sdk.DescribeInternetGatewaysCommand({ InternetGatewayIds: [id] })),
        );
        return (
            first(found?.InternetGateways) && {
                outs: { arn: await ctx.arn("ec2", `internet-gateway/${id}`) },
            }
        );
    },
    async delete(ctx, id, state) {
        const { sdk, ec2 } = await ec2Client(ctx);
        await attach(ctx, id, str(state, "vpcId"), false);
        await orMissing(ec2.send(new sdk.DeleteInternetGatewayCommand({ InternetGatewayId: id })));
    },
};

const natGateway: ResourceEntry = {
    type: "aws:ec2/natGateway:NatGateway",
    properties: ["allocationId", "connectivityType", "privateIp", "subnetId"],
    declaredOnly: ["secondaryAllocationIds", "secondaryPrivateIpAddressCount", "secondaryPrivateIpAddresses"],
    replaceOn: ["allocationId", "connectivityType", "privateIp", "subnetId"],
    tagged: true,
    async create(ctx, inputs) {
        const { sdk, ec2 } = await ec2Client(ctx);
        const made = await ec2.send(
            new sdk.CreateNatGatewayCommand({
                SubnetId: must(inputs, "subnetId"),
                AllocationId: str(inputs, "allocationId"),
                ConnectivityType: str(inputs, "connectivityType") as never,
                PrivateIpAddress: str(inputs, "privateIp"),
                TagSpecifications: tagSpecs("natgateway", inputs),
            }),
        );
        const address = made.NatGateway?.NatGatewayAddresses?.[0];
        return {
            id: made.NatGateway?.NatGatewayId ?? "",
            outs: {
                publicIp: address?.PublicIp ?? "",
                privateIp: address?.PrivateIp ?? "",
                networkInterfaceId: address?.NetworkInterfaceId ?? "",
            },
        };
    },
    update: (ctx, { id, olds, news }) => syncTags(ctx, id, olds, news),
    async read(ctx, id) {
        const { sdk, ec2 } = await ec2Client(ctx);
        const found = await orMissing(ec2.send(new sdk.DescribeNatGatewaysCommand({ NatGatewayIds: [id] })));
        const state = first(found?.NatGateways)?.State;
        return state && state !== "deleted" && state !== "deleting" ? { outs: {} } : undefined;
    },
    async delete(ctx, id) {
        const { sdk, ec2 } = await ec2Client(ctx);
        await orMissing(ec2.send(new sdk.DeleteNatGatewayCommand({ NatGatewayId: id })));
    },
};

function address(found: { AllocationId?: string; PublicIp?: string } = {}): Props {
    return { allocationId: found.AllocationId, publicIp: found.PublicIp };
}

const eip: ResourceEntry = {
    type: "aws:ec2/eip:Eip",
    properties: ["domain", "instance", "networkInterface"],
    declaredOnly: ["associateWithPrivateIp", "networkBorderGroup", "publicIpv4Pool"],
    replaceOn: ["domain", "networkBorderGroup", "publicIpv4Pool", "instance", "networkInterface"],
    tagged: true,
    async create(ctx, inputs) {
        const { sdk, ec2 } = await ec2Client(ctx);
        const made = await ec2.send(
            new sdk.AllocateAddressCommand({
                Domain: (str(inputs, "domain") ?? "vpc") as never,
                TagSpecifications: tagSpecs("elastic-ip", inputs),
            }),
        );
        const id = made.AllocationId ?? "";
        const [InstanceId, NetworkInterfaceId] = [str(inputs, "instance"), str(inputs, "networkInterface")];
        if (InstanceId || NetworkInterfaceId) {
            await ec2.send(
                new sdk.AssociateAddressCommand({ AllocationId: id, InstanceId, NetworkInterfaceId }),
            );
        }
        return { id, outs: { ...address(made), arn: await ctx.arn("ec2", `elastic-ip/${id}`) } };
    },
    update: (ctx, { id, olds, news }) => syncTags(ctx, id, olds, news),
    async read(ctx, id) {
        const { sdk, ec2 } = await ec2Client(ctx);
        const found = await orMissing(ec2.send(new sdk.DescribeAddressesCommand({ AllocationIds: [id] })));
        const one = first(found?.Addresses);
        return one && { outs: address(one) };
    },
    async delete(ctx, id) {
        const { sdk, ec2 } = await ec2Client(ctx);
        const found = await orMissing(ec2.send(new sdk.DescribeAddressesCommand({ AllocationIds: [id] })));
        const association = first(found?.Addresses)?.AssociationId;
        if (association) {
            await orMissing(ec2.send(new sdk.DisassociateAddressCommand({ AssociationId: association })));
        }
        await orMissing(ec2.send(new sdk.ReleaseAddressCommand({ AllocationId: id })));
    },
};

export const ec2Gateways: readonly ResourceEntry[] = [internetGateway, natGateway, eip];
