import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ConstructResult, InvokeResult, Provider } from "@pulumi/pulumi/provider";
import { LocalVpc, VPC_ARGS, type VpcArgs } from "./vpc-component";

/** Resolves a value that may have outputs inside; the layout of a network must be known in a preview too. */
function known<T>(value: pulumi.Input<T>): Promise<T> {
    return new Promise((resolve, reject) => {
        const settled = pulumi.output(value) as pulumi.Output<T> & {
            promise(): Promise<T>;
            isKnown: Promise<boolean>;
        };
        settled.isKnown
            .then(async (isKnown) => {
                if (!isKnown) {
                    throw new Error("awsx:ec2:Vpc: its arguments must be known before the update");
                }
                resolve(await settled.promise());
            })
            .catch(reject);
    });
}

/** Components of `awsx` the local cloud has: one, the network. */
export class AwsxProvider implements Provider {
    readonly version = "3.9.0";

    async construct(
        name: string,
        type: string,
        inputs: pulumi.Inputs,
        options: pulumi.ComponentResourceOptions,
    ): Promise<ConstructResult> {
        if (type !== "awsx:ec2:Vpc") {
            throw new Error(`${type} is not supported by the local cloud`);
        }
        const unknown = Object.keys(inputs).filter((key) => !VPC_ARGS.includes(key));
        if (unknown.length > 0) {
            throw new Error(`${type}: property "${unknown[0]}" is not supported by the local cloud`);
        }
        const args = (await known(inputs)) as VpcArgs;
        const region = args.region ?? (await this.region(options));
        const vpc = new LocalVpc(name, args, region, options);
        return {
            urn: vpc.urn,
            state: {
                vpc: vpc.vpc,
                vpcId: vpc.vpcId,
                subnets: vpc.subnets,
                routeTables: vpc.routeTables,
                internetGateway: vpc.internetGateway,
                natGateways: vpc.natGateways,
                eips: vpc.eips,
                publicSubnetIds: vpc.publicSubnetIds,
                privateSubnetIds: vpc.privateSubnetIds,
                isolatedSubnetIds: vpc.isolatedSubnetIds,
                vpcEndpoints: [],
                routes: [],
            },
        };
    }

    async call(token: string): Promise<InvokeResult> {
        throw new Error(`${token} is not supported by the local cloud`);
    }

    private async region(options: pulumi.ComponentResourceOptions): Promise<string> {
        const providers = options.providers as Record<string, pulumi.ProviderResource> | undefined;
        const provider = providers?.aws;
        return (await aws.getRegion({}, provider ? { provider } : {})).region;
    }
}
