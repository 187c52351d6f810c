import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { zones as zonesOf } from "./invokes";
import { DEFAULT_SPECS, planSubnets, type SubnetPlan, type SubnetSpec, type SubnetType } from "./vpc-layout";

type NatStrategy = "None" | "Single" | "OnePerAz";

/** Arguments of awsx.ec2.Vpc the local cloud has. */
export interface VpcArgs {
    cidrBlock?: string;
    numberOfAvailabilityZones?: number;
    availabilityZoneNames?: string[];
    subnetStrategy?: string;
    subnetSpecs?: SubnetSpec[];
    natGateways?: { strategy?: NatStrategy; elasticIpAllocationIds?: string[] };
    enableDnsHostnames?: boolean;
    enableDnsSupport?: boolean;
    instanceTenancy?: string;
    tags?: Record<string, string>;
    region?: string;
}

export const VPC_ARGS: readonly string[] = [
    "cidrBlock",
    "numberOfAvailabilityZones",
    "availabilityZoneNames",
    "subnetStrategy",
    "subnetSpecs",
    "natGateways",
    "enableDnsHostnames",
    "enableDnsSupport",
    "instanceTenancy",
    "tags",
    "region",
];

interface Made {
    plan: SubnetPlan;
    subnet: aws.ec2.Subnet;
    table: aws.ec2.RouteTable;
}

/** awsx.ec2.Vpc with the names and outputs of the original. */
export class LocalVpc extends pulumi.ComponentResource {
    readonly vpc: aws.ec2.Vpc;
    readonly vpcId: pulumi.Output<string>;
    readonly subnets: pulumi.Output<aws.ec2.Subnet[]>;
    readonly routeTables: aws.ec2.RouteTable[];
    readonly internetGateway: aws.ec2.InternetGateway | undefined;
    readonly natGateways: aws.ec2.NatGateway[] = [];
    readonly eips: aws.ec2.Eip[] = [];
    readonly publicSubnetIds: pulumi.Output<string[]>;
    readonly privateSubnetIds: pulumi.Output<string[]>;
    readonly isolatedSubnetIds: pulumi.Output<string[]>;

    constructor(
        private readonly label: string,
        private readonly args: VpcArgs,
        region: string,
        opts: pulumi.ComponentResourceOptions,
    ) {
        super("awsx:ec2:Vpc", label, {}, opts);
        const zones =
            args.availabilityZoneNames ?? zonesOf(region).slice(0, args.numberOfAvailabilityZones ?? 3);
        if (zones.length < (args.numberOfAvailabilityZones ?? 0)) {
            throw new Error(`awsx:ec2:Vpc: the local cloud has 3 availability zones`);
        }
        const cidrBlock = args.cidrBlock ?? "10.0.0.0/16";
        this.vpc = new aws.ec2.Vpc(
            label,
            {
                cidrBlock,
                enableDnsHostnames: args.enableDnsHostnames ?? true,
                enableDnsSupport: args.enableDnsSupport ?? true,
                instanceTenancy: args.instanceTenancy,
                tags: this.tags(label),
            },
            { parent: this },
        );
        this.vpcId = this.vpc.id;
        const made = planSubnets(cidrBlock, zones, args.subnetSpecs ?? DEFAULT_SPECS).map((plan) =>
            this.subnet(plan),
        );
        const publics = made.filter(({ plan }) => plan.type === "Public");
        if (publics.length > 0) {
            this.internetGateway = new aws.ec2.InternetGateway(
                label,
                {
                    vpcId: this.vpc.id,
                    tags: this.tags(label),
                },
                { parent: this.vpc },
            );
            publics.forEach((entry) => this.route(entry, { gatewayId: this.internetGateway?.id }));
        }
        this.addNatGateways(made, publics, zones);
        const ids = (type: SubnetType): pulumi.Output<string[]> =>
            pulumi.all(made.filter(({ plan }) => plan.type === type).map(({ subnet }) => subnet.id));
        this.publicSubnetIds = ids("Public");
        this.privateSubnetIds = ids("Private");
        this.isolatedSubnetIds = ids("Isolated");
        this.subnets = pulumi.output(made.map(({ subnet }) => subnet));
        this.routeTables = made.map(({ table }) => table);
        this.registerOutputs({
            vpc: this.vpc,
            vpcId: this.vpcId,
            publicSubnetIds: this.publicSubnetIds,
            privateSubnetIds: this.privateSubnetIds,
            isolatedSubnetIds: this.isolatedSubnetIds,
        });
    }

    private tags(name: string, more: Record<string, string> = {}): Record<string, string> {
        return { ...this.args.tags, Name: name, ...more };
    }

    private subnet(plan: SubnetPlan): Made {
        const name = `${this.label}-${plan.suffix}`;
        const tags = this.tags(name, { SubnetType: plan.type, ...plan.tags });
        const subnet = new aws.ec2.Subnet(
            name,
            {
                vpcId: this.vpc.id,
                cidrBlock: plan.cidrBlock,
                availabilityZone: plan.zone,
                mapPublicIpOnLaunch: plan.type === "Public",
                tags,
            },
            { parent: this.vpc },
        );
        const table = new aws.ec2.RouteTable(name, { vpcId: this.vpc.id, tags }, { parent: subnet });
        new aws.ec2.RouteTableAssociation(
            name,
            {
                routeTableId: table.id,
                subnetId: subnet.id,
            },
            { parent: table },
        );
        return { plan, subnet, table };
    }

    private route({ plan, table }: Made, to: Pick<aws.ec2.RouteArgs, "gatewayId" | "natGatewayId">): void {
        new aws.ec2.Route(
            `${this.label}-${plan.suffix}`,
            {
                routeTableId: table.id,
                destinationCidrBlock: "0.0.0.0/0",
                ...to,
            },
            { parent: table },
        );
    }

    private addNatGateways(made: Made[], publics: Made[], zones: string[]): void {
        const privates = made.filter(({ plan }) => plan.type === "Private");
        const byDefault = privates.length > 0 && publics.length > 0 ? "OnePerAz" : "None";
        const strategy = this.args.natGateways?.strategy ?? byDefault;
        if (strategy === "None") {
            return;
        }
        if (publics.length === 0) {
            throw new Error("awsx:ec2:Vpc: NAT gateways need a public subnet");
        }
        zones.slice(0, strategy === "Single" ? 1 : zones.length).forEach((zone, index) => {
            const name = `${this.label}-${index + 1}`;
            const home = publics.find(({ plan }) => plan.zone === zone) ?? publics[0];
            const given = this.args.natGateways?.elasticIpAllocationIds?.[index];
            if (!given) {
                this.eips.push(
                    new aws.ec2.Eip(name, { domain: "vpc", tags: this.tags(name) }, { parent: home.subnet }),
                );
            }
            this.natGateways.push(
                new aws.ec2.NatGateway(
                    name,
                    {
                        subnetId: home.subnet.id,
                        allocationId: given ?? this.eips[this.eips.length - 1].allocationId,
                        tags: this.tags(name),
                    },
                    { parent: home.subnet },
                ),
            );
        });
        privates.forEach((entry) => {
            const index = strategy === "Single" ? 0 : zones.indexOf(entry.plan.zone);
            this.route(entry, { natGatewayId: this.natGateways[index].id });
        });
    }
}
