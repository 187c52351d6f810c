import type { AwsCredentialIdentity } from "@smithy/types";
import { SourceKind } from "../../config/sources";
import { ClientConfig, clientConfig, HUB, LocalAccount } from "../accounts";
import { Cloud } from "../engines";
import { DeployTarget } from "../deploy";
import { MispProcess } from "../misp/process";
import { PulumiTool } from "../tools/pulumi";

/** What the demo's stages hand on. */
export interface DemoContext {
    cloud: Cloud;
    pulumi: PulumiTool;
    misp: MispProcess;
    deployer: AwsCredentialIdentity;
    hub: HubOutputs;
    spokes: Spoke[];
    /** Of GuardDuty in the first spoke. */
    detectorId: string;
}

/** A spoke that is deployed. */
export interface Spoke {
    readonly account: LocalAccount;
    readonly outputs: SpokeOutputs;
}

/** Outputs of the hub's stack that the demo reads. */
export interface HubOutputs {
    readonly feedSecretArns: Readonly<Record<string, string>>;
    readonly ownAddressesFunction: string;
    readonly collectFunction: string;
    readonly compileFunction: string;
    readonly indexFunction: string;
    readonly snapshotBucketName: string;
    readonly lakeBucketName: string;
    readonly iocTable: string;
    readonly searchEndpoint: string;
}

/** Where a kind's log goes, and what reads it. */
export interface SourceOutputs {
    readonly functionName: string;
    readonly bucketName?: string;
    readonly logGroupName?: string;
}

/** Outputs of a spoke's stack that the demo reads. */
export interface SpokeOutputs {
    readonly sources: Readonly<Partial<Record<SourceKind, SourceOutputs>>>;
    readonly ownAddressesFunction: string;
    readonly enforceFunction: string;
    readonly ipv4SetIds: readonly string[];
    readonly ipv6SetIds: readonly string[];
}

export function deployTarget(context: DemoContext): DeployTarget {
    return {
        awsEndpoint: context.cloud.awsEndpoint,
        deployer: context.deployer,
        pulumi: context.pulumi,
    };
}

/** Clients' settings in the hub, or in a spoke. */
export function settingsIn(context: DemoContext, account: LocalAccount = HUB): ClientConfig {
    return clientConfig(context.cloud.awsEndpoint, context.deployer, account);
}
