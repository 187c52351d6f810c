import type { DomainStatus, OpenSearchClient } from "@aws-sdk/client-opensearch";
import type { Context } from "../context";
import { must, obj, orMissing, pascal, str, tagChanges, tagList, tagMap, type Props } from "../properties";
import type { ResourceEntry } from "../resource";

type Sdk = typeof import("@aws-sdk/client-opensearch");

async function client(ctx: Context): Promise<{ sdk: Sdk; opensearch: OpenSearchClient }> {
    const sdk = await import("@aws-sdk/client-opensearch");
    return { sdk, opensearch: ctx.client("opensearch", sdk.OpenSearchClient) };
}

const RENAME: Record<string, string> = {
    subnetIds: "SubnetIds",
    kmsKeyId: "KmsKeyId",
    enforceHttps: "EnforceHTTPS",
    tlsSecurityPolicy: "TLSSecurityPolicy",
    masterUserArn: "MasterUserARN",
    ebsEnabled: "EBSEnabled",
    customEndpointCertificateArn: "CustomEndpointCertificateArn",
};

/** Pulumi has these only as echoes of the service; the SDK does not take them. */
function without(props: Props | undefined, ...keys: string[]): Props | undefined {
    return props && Object.fromEntries(Object.entries(props).filter(([key]) => !keys.includes(key)));
}

function request(inputs: Props): Props {
    const vpc = without(obj(inputs, "vpcOptions"), "availabilityZones", "vpcId");
    const security = obj(inputs, "advancedSecurityOptions");
    return {
        EngineVersion: str(inputs, "engineVersion"),
        AccessPolicies: str(inputs, "accessPolicies"),
        AdvancedOptions: inputs.advancedOptions ? tagMap(inputs, "advancedOptions") : undefined,
        AdvancedSecurityOptions: security && pascal(security, RENAME),
        ClusterConfig: pascal(inputs.clusterConfig, RENAME),
        CognitoOptions: pascal(inputs.cognitoOptions, RENAME),
        DomainEndpointOptions: pascal(inputs.domainEndpointOptions, RENAME),
        EBSOptions: pascal(inputs.ebsOptions, RENAME),
        EncryptionAtRestOptions: pascal(inputs.encryptAtRest, RENAME),
        NodeToNodeEncryptionOptions: pascal(inputs.nodeToNodeEncryption, RENAME),
        SnapshotOptions: pascal(inputs.snapshotOptions, RENAME),
        VPCOptions: vpc && pascal(vpc, RENAME),
    };
}

function outputs(domain: Partial<DomainStatus> = {}): Props {
    const endpoint = domain.Endpoint ?? Object.values(domain.Endpoints ?? {})[0] ?? "";
    return {
        arn: domain.ARN,
        domainId: domain.DomainId,
        endpoint,
        dashboardEndpoint: `${endpoint}/_dashboards`,
        domainName: domain.DomainName,
    };
}

const domain: ResourceEntry = {
    type: "aws:opensearch/domain:Domain",
    properties: [
        "accessPolicies",
        "advancedOptions",
        "advancedSecurityOptions",
        "clusterConfig",
        "cognitoOptions",
        "domainEndpointOptions",
        "domainName",
        "ebsOptions",
        "encryptAtRest",
        "engineVersion",
        "nodeToNodeEncryption",
        "snapshotOptions",
        "vpcOptions",
    ],
    declaredOnly: [
        "aimlOptions",
        "autoTuneOptions",
        "deploymentStrategyOptions",
        "identityCenterOptions",
        "ipAddressType",
        "logPublishingOptions",
        "offPeakWindowOptions",
        "softwareUpdateOptions",
    ],
    replaceOn: ["domainName"],
    autoName: { property: "domainName", maxLength: 28, lowerCase: true },
    tagged: true,
    async create(ctx, inputs) {
        const { sdk, opensearch } = await client(ctx);
        const made = await opensearch.send(
            new sdk.CreateDomainCommand({
                DomainName: must(inputs, "domainName"),
                ...(request(inputs) as object),
                TagList: tagList(inputs),
            }),
        );
        const found = await opensearch.send(
            new sdk.DescribeDomainCommand({ DomainName: must(inputs, "domainName") }),
        );
        return { id: made.DomainStatus?.ARN ?? "", outs: outputs(found.DomainStatus) };
    },
    async update(ctx, { id, olds, news }) {
        const { sdk, opensearch } = await client(ctx);
        const DomainName = must(news, "domainName");
        await opensearch.send(
            new sdk.UpdateDomainConfigCommand({
                DomainName,
                ...({ ...request(news), EngineVersion: undefined } as object),
            }),
        );
        if (str(olds, "engineVersion") !== str(news, "engineVersion") && str(news, "engineVersion")) {
            await opensearch.send(
                new sdk.UpgradeDomainCommand({
                    DomainName,
                    TargetVersion: str(news, "engineVersion"),
                }),
            );
        }
        const { set, remove } = tagChanges(olds, news);
        if (Object.keys(set).length > 0) {
            await opensearch.send(new sdk.AddTagsCommand({ ARN: id, TagList: tagList({ tags: set }) }));
        }
        if (remove.length > 0) {
            await opensearch.send(new sdk.RemoveTagsCommand({ ARN: id, TagKeys: remove }));
        }
        const found = await opensearch.send(new sdk.DescribeDomainCommand({ DomainName }));
        return outputs(found.DomainStatus);
    },
    async read(ctx, id) {
        const { sdk, opensearch } = await client(ctx);
        const DomainName = id.split("/").pop();
        const found = await orMissing(opensearch.send(new sdk.DescribeDomainCommand({ DomainName })));
        return found && { outs: outputs(found.DomainStatus) };
    },
    async delete(ctx, id) {
        const { sdk, opensearch } = await client(ctx);
        await orMissing(opensearch.send(new sdk.DeleteDomainCommand({ DomainName: id.split("/").pop() })));
    },
};

export const opensearch: readonly ResourceEntry[] = [domain];
