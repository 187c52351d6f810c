import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { componentType } from "./naming";

export interface NetworkArgs {
    readonly region: string;
    /** @default 10.64.0.0/20 */
    readonly cidrBlock?: string;
    readonly availabilityZones: number;
}

/**
 * The hub's private network: subnets without a way to the internet, endpoints for what the index function calls.
 */
export class Network extends pulumi.ComponentResource {
    readonly vpcId: pulumi.Output<string>;
    readonly privateSubnetIds: pulumi.Output<string[]>;
    /** Of the index function. */
    readonly clientSecurityGroupId: pulumi.Output<string>;
    /** Of the search domain and of interface endpoints: HTTPS from the client group. */
    readonly searchSecurityGroupId: pulumi.Output<string>;

    /** @param name The _unique_ name of the network. */
    constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
        super(componentType("network", "Network"), name, {}, opts);
        const child = { parent: this };
        const vpc = new awsx.ec2.Vpc(
            name,
            {
                cidrBlock: args.cidrBlock ?? "10.64.0.0/20",
                numberOfAvailabilityZones: args.availabilityZones,
                natGateways: { strategy: "None" },
                subnetStrategy: "Auto",
                subnetSpecs: [{ type: "Isolated", name: "private", cidrMask: 24 }],
            },
            child,
        );
        this.vpcId = vpc.vpcId;
        this.privateSubnetIds = vpc.isolatedSubnetIds;
        new aws.ec2.DefaultSecurityGroup(name, { vpcId: vpc.vpcId }, child);

        const client = this.securityGroup(`${name}-client`, "Calls search and AWS's endpoints");
        const server = this.securityGroup(`${name}-search`, "Takes HTTPS from the client group");
        const https = { ipProtocol: "tcp", fromPort: 443, toPort: 443 };
        new aws.vpc.SecurityGroupIngressRule(
            `${name}-search`,
            { securityGroupId: server.id, referencedSecurityGroupId: client.id, ...https },
            child,
        );
        new aws.vpc.SecurityGroupEgressRule(
            `${name}-client`,
            { securityGroupId: client.id, referencedSecurityGroupId: server.id, ...https },
            child,
        );
        const s3 = new aws.ec2.VpcEndpoint(
            `${name}-s3`,
            {
                vpcId: vpc.vpcId,
                vpcEndpointType: "Gateway",
                serviceName: `com.amazonaws.${args.region}.s3`,
                routeTableIds: vpc.routeTables.apply((tables) => tables.map((table) => table.id)),
            },
            child,
        );
        new aws.ec2.VpcEndpoint(
            `${name}-sqs`,
            {
                vpcId: vpc.vpcId,
                vpcEndpointType: "Interface",
                serviceName: `com.amazonaws.${args.region}.sqs`,
                subnetIds: this.privateSubnetIds,
                securityGroupIds: [server.id],
                privateDnsEnabled: true,
            },
            child,
        );
        new aws.vpc.SecurityGroupEgressRule(
            `${name}-client-s3`,
            { securityGroupId: client.id, prefixListId: s3.prefixListId, ...https },
            child,
        );
        this.clientSecurityGroupId = client.id;
        this.searchSecurityGroupId = server.id;
        this.registerOutputs({ vpcId: this.vpcId, privateSubnetIds: this.privateSubnetIds });
    }

    private securityGroup(name: string, description: string): aws.ec2.SecurityGroup {
        return new aws.ec2.SecurityGroup(name, { vpcId: this.vpcId, description }, { parent: this });
    }
}
