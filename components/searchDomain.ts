import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Environment } from "./environment";
import { componentType, policyDocument, Statement } from "./naming";
import { Network } from "./network";

export interface SearchDomainArgs {
    readonly environment: Environment;
    /** An endpoint that is there already; left out, a domain is made. */
    readonly endpoint?: string;
    readonly network?: Network;
    readonly instanceType: string;
    readonly instanceCount: number;
    readonly volumeGiB: number;
}

/** Where analysts look: an OpenSearch domain in private subnets, or one that exists. */
export class SearchDomain extends pulumi.ComponentResource {
    /** URL of the REST API. */
    readonly endpoint: pulumi.Output<string>;
    /** What the index function needs: writing documents and templates, no more. */
    readonly writerStatements: readonly Statement[];

    /** @param name The _unique_ name of the domain. */
    constructor(name: string, args: SearchDomainArgs, opts?: pulumi.ComponentResourceOptions) {
        super(componentType("search", "SearchDomain"), name, {}, opts);
        if (args.endpoint) {
            this.endpoint = pulumi.output(args.endpoint);
            this.writerStatements = [];
        } else {
            const domain = this.domain(name, args);
            // The local cloud's OpenSearch speaks plain HTTP, on this machine alone.
            const scheme = args.environment.disposable ? "http" : "https";
            this.endpoint = pulumi.interpolate`${scheme}://${domain.endpoint}`;
            this.writerStatements = [
                {
                    Effect: "Allow",
                    Action: ["es:ESHttpPost", "es:ESHttpPut", "es:ESHttpGet"],
                    Resource: pulumi.interpolate`${domain.arn}/*`,
                },
            ];
        }
        this.registerOutputs({ endpoint: this.endpoint });
    }

    private domain(name: string, args: SearchDomainArgs): aws.opensearch.Domain {
        const { environment, network } = args;
        const zones = Math.min(3, args.instanceCount);
        return new aws.opensearch.Domain(
            name,
            {
                engineVersion: "OpenSearch_3.1",
                clusterConfig: {
                    instanceType: args.instanceType,
                    instanceCount: args.instanceCount,
                    zoneAwarenessEnabled: zones > 1,
                    ...(zones > 1 ? { zoneAwarenessConfig: { availabilityZoneCount: zones } } : {}),
                },
                ebsOptions: { ebsEnabled: true, volumeType: "gp3", volumeSize: args.volumeGiB },
                encryptAtRest: { enabled: true, kmsKeyId: environment.kmsKeyArn },
                nodeToNodeEncryption: { enabled: true },
                domainEndpointOptions: {
                    enforceHttps: true,
                    tlsSecurityPolicy: "Policy-Min-TLS-1-2-PFS-2023-10",
                },
                ...(network
                    ? {
                          vpcOptions: {
                              subnetIds: network.privateSubnetIds.apply((ids) => ids.slice(0, zones)),
                              securityGroupIds: [network.searchSecurityGroupId],
                          },
                      }
                    : {}),
                accessPolicies: policyDocument([
                    {
                        Effect: "Allow",
                        Principal: { AWS: `arn:aws:iam::${environment.accountId}:root` },
                        Action: ["es:ESHttpGet", "es:ESHttpPost", "es:ESHttpPut"],
                        Resource: `arn:aws:es:${environment.region}:${environment.accountId}:domain/*`,
                    },
                ]),
            },
            { parent: this },
        );
    }
}
