import * as pulumi from "@pulumi/pulumi";
import { EncryptionKey } from "../components/encryptionKey";
import { Enforcement } from "../components/enforcement";
import { Environment } from "../components/environment";
import { HubReference } from "../components/logSource";
import { VpcFlowLogs } from "../components/vpcFlowLogs";
import { WafLogs } from "../components/wafLogs";
import { SpokeConfig } from "../config/schema";
import { targetProvider } from "./provider";

/** An account in a region: its logs matched, its web ACL filled. */
export function spoke(config: SpokeConfig): Record<string, pulumi.Output<unknown>> {
    const provider = targetProvider(config);
    const opts = { providers: [provider] };
    const name = `syntheticsun-${config.environment}`;
    const hub = hubReference(config.hubStack);

    const key = new EncryptionKey(name, { accountId: config.account, region: config.region }, opts);
    const environment: Environment = {
        accountId: config.account,
        region: config.region,
        organizationId: config.organizationId,
        logRetentionDays: config.logRetentionDays,
        kmsKeyArn: key.arn,
        disposable: config.local,
    };
    const waf = new WafLogs(`${name}-waf`, { environment, hub }, opts);
    const flow = new VpcFlowLogs(
        `${name}-vpcflow`,
        { environment, hub, format: config.vpcFlow.format },
        opts,
    );
    const enforcement = new Enforcement(
        `${name}-enforce`,
        { environment, hub, logStreamArn: waf.streamArn, ...config.waf },
        opts,
    );
    return {
        wafLogBucket: waf.bucketName,
        wafFunction: waf.functionName,
        flowLogGroup: flow.logGroupName,
        flowLogRoleArn: flow.deliveryRoleArn,
        flowFunction: flow.functionName,
        webAclArn: enforcement.webAclArn,
        enforceFunction: enforcement.functionName,
        ipv4SetIds: enforcement.ipv4SetIds,
        ipv6SetIds: enforcement.ipv6SetIds,
    };
}

function hubReference(stack: string): HubReference {
    const outputs = new pulumi.StackReference(stack);
    const text = (name: string) => outputs.requireOutput(name) as pulumi.Output<string>;
    return {
        region: text("region"),
        kmsKeyArn: text("kmsKeyArn"),
        lakeBucketName: text("lakeBucketName"),
        lakeBucketArn: text("lakeBucketArn"),
        snapshotBucketName: text("snapshotBucketName"),
        snapshotBucketArn: text("snapshotBucketArn"),
        publishedTopicArn: text("publishedTopicArn"),
    };
}
