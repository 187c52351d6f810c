import type { Context } from "../context";
import { equal, list, must, orMissing, str, type Props } from "../properties";
import type { ResourceEntry } from "../resource";
import { ec2Client, first, syncTags, tagSpecs } from "./ec2-common";

/** A route as the EC2 API has it; inline routes of a table say `cidrBlock`. */
function target(props: Props): Props {
    return {
        DestinationCidrBlock: str(props, "destinationCidrBlock") ?? str(props, "cidrBlock"),
        DestinationIpv6CidrBlock: str(props, "destinationIpv6CidrBlock") ?? str(props, "ipv6CidrBlock"),
        DestinationPrefixListId: str(props, "destinationPrefixListId"),
        GatewayId: str(props, "gatewayId"),
        NatGatewayId: str(props, "natGatewayId"),
        TransitGatewayId: str(props, "transitGatewayId"),
        VpcEndpointId: str(props, "vpcEndpointId"),
        VpcPeeringConnectionId: str(props, "vpcPeeringConnectionId"),
        NetworkInterfaceId: str(props, "networkInterfaceId"),
        EgressOnlyInternetGatewayId: str(props, "egressOnlyGatewayId"),
    };
}

async function addRoute(ctx: Context, table: string, props: Props): Promise<void> {
    const { sdk, ec2 } = await ec2Client(ctx);
    await ec2.send(new sdk.CreateRouteCommand({ RouteTableId: table, ...target(props) }));
}

async function dropRoute(ctx: Context, RouteTableId: string, props: Props): Promise<void> {
    const { sdk, ec2 } = await ec2Client(ctx);
    const { DestinationCidrBlock, DestinationIpv6CidrBlock, DestinationPrefixListId } = target(
        props,
    ) as Record<string, string | undefined>;
    await orMissing(
        ec2.send(
            new sdk.DeleteRouteCommand({
                RouteTableId,
                DestinationCidrBlock,
                DestinationIpv6CidrBlock,
                DestinationPrefixListId,
            }),
        ),
    );
}

const routeTable: ResourceEntry = {
    type: "aws:ec2/routeTable:RouteTable",
    properties: ["routes", "vpcId"],
    declaredOnly: ["propagatingVgws"],
    replaceOn: ["vpcId"],
    tagged: true,
    async create(ctx, inputs) {
        const { sdk, ec2 } = await ec2Client(ctx);
        const made = await ec2.send(
            new sdk.CreateRouteTableCommand({
                VpcId: must(inputs, "vpcId"),
                TagSpecifications: tagSpecs("route-table", inputs),
            }),
        );
        const id = made.RouteTable?.RouteTableId ?? "";
        for (const route of list<Props>(inputs, "routes")) {
            await addRoute(ctx, id, route);
        }
        return {
            id,
            outs: { arn: await ctx.arn("ec2", `route-table/${id}`), ownerId: await ctx.accountId() },
        };
    },
    async update(ctx, { id, olds, oldInputs, news }) {
        const [before, after] = [oldInputs, news].map((props) => list<Props>(props, "routes"));
        for (const route of before.filter((entry) => !after.some((other) => equal(entry, other)))) {
            await dropRoute(ctx, id, route);
        }
        for (const route of after.filter((entry) => !before.some((other) => equal(entry, other)))) {
            await addRoute(ctx, id, route);
        }
        await syncTags(ctx, id, olds, news);
    },
    async read(ctx, id) {
        const { sdk, ec2 } = await ec2Client(ctx);
        const found = await orMissing(ec2.send(new sdk.DescribeRouteTablesCommand({ RouteTableIds: [id] })));
        return first(found?.RouteTables) && { outs: { arn: await ctx.arn("ec2", `route-table/${id}`) } };
    },
    async delete(ctx, id) {
        const { sdk, ec2 } = await ec2Client(ctx);
        await orMissing(ec2.send(new sdk.DeleteRouteTableCommand({ RouteTableId: id })));
    },
};

const routeTableAssociation: ResourceEntry = {
    type: "aws:ec2/routeTableAssociation:RouteTableAssociation",
    properties: ["gatewayId", "routeTableId", "subnetId"],
    replaceOn: ["gatewayId", "routeTableId", "subnetId"],
    deleteBeforeReplace: true,
    async create(ctx, inputs) {
        const { sdk, ec2 } = await ec2Client(ctx);
        const made = await ec2.send(
            new sdk.AssociateRouteTableCommand({
                RouteTableId: must(inputs, "routeTableId"),
                SubnetId: str(inputs, "subnetId"),
                GatewayId: str(inputs, "gatewayId"),
            }),
        );
        return { id: made.AssociationId ?? "", outs: {} };
    },
    async read(ctx, id, state) {
        const { sdk, ec2 } = await ec2Client(ctx);
        const found = await orMissing(
            ec2.send(
                new sdk.DescribeRouteTablesCommand({
                    RouteTableIds: [must(state, "routeTableId")],
                }),
            ),
        );
        const associations = first(found?.RouteTables)?.Associations ?? [];
        return associations.some((association) => association.RouteTableAssociationId === id)
            ? { outs: {} }
            : undefined;
    },
    async delete(ctx, id) {
        const { sdk, ec2 } = await ec2Client(ctx);
        await orMissing(ec2.send(new sdk.DisassociateRouteTableCommand({ AssociationId: id })));
    },
};

const ROUTE = [
    "destinationCidrBlock",
    "destinationIpv6CidrBlock",
    "destinationPrefixListId",
    "egressOnlyGatewayId",
    "gatewayId",
    "natGatewayId",
    "networkInterfaceId",
    "routeTableId",
    "transitGatewayId",
    "vpcEndpointId",
    "vpcPeeringConnectionId",
];

const route: ResourceEntry = {
    type: "aws:ec2/route:Route",
    properties: ROUTE,
    replaceOn: ROUTE,
    deleteBeforeReplace: true,
    async create(ctx, inputs) {
        const table = must(inputs, "routeTableId");
        await addRoute(ctx, table, inputs);
        const destination =
            str(inputs, "destinationCidrBlock") ??
            str(inputs, "destinationIpv6CidrBlock") ??
            str(inputs, "destinationPrefixListId") ??
            "";
        return { id: `r-${table}_${destination}`, outs: { state: "active", origin: "CreateRoute" } };
    },
    async read(ctx, _id, state) {
        const { sdk, ec2 } = await ec2Client(ctx);
        const found = await orMissing(
            ec2.send(
                new sdk.DescribeRouteTablesCommand({
                    RouteTableIds: [must(state, "routeTableId")],
                }),
            ),
        );
        const wanted = target(state);
        const routes = first(found?.RouteTables)?.Routes ?? [];
        return routes.some((entry) =>
            wanted.DestinationCidrBlock
                ? entry.DestinationCidrBlock === wanted.DestinationCidrBlock
                : entry.DestinationIpv6CidrBlock === wanted.DestinationIpv6CidrBlock ||
                  entry.DestinationPrefixListId === wanted.DestinationPrefixListId,
        )
            ? { outs: {} }
            : undefined;
    },
    delete: (ctx, _id, state) => dropRoute(ctx, must(state, "routeTableId"), state),
};

export const ec2Routes: readonly ResourceEntry[] = [routeTable, routeTableAssociation, route];
