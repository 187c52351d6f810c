import * as pulumi from "@pulumi/pulumi";
import { accessLogFormat } from "../components/apiGatewayFormat";
import { EncryptionKey } from "../components/encryptionKey";
import { Enforcement } from "../components/enforcement";
import { Environment } from "../components/environment";
import { HubReference } from "../components/hubReference";
import { LogSource } from "../components/logSource";
import { OwnAddresses } from "../components/ownAddresses";
import { SpokeConfig } from "../config/schema";
import { enforcementPlaces } from "./places";
import { targetProvider } from "./provider";
import { keySharing, logSources } from "./sources";

/** An account in a region: its logs matched, its web ACL filled. */
export function spoke(config: SpokeConfig): Record<string, pulumi.Input<unknown>> {
    const provider = targetProvider(config);
    const opts = { providers: [provider] };
    const name = `syntheticsun-${config.environment}`;
    const hub = hubReference(config.hubStack);

    const key = new EncryptionKey(
        name,
        { accountId: config.account, region: config.region, ...keySharing(config) },
        opts,
    );
    const environment: Environment = {
        accountId: config.account,
        region: config.region,
        organizationId: config.organizationId,
        logRetentionDays: config.logRetentionDays,
        kmsKeyArn: key.arn,
        alarmTopicArn: config.alarmTopicArn,
        disposable: config.local,
    };
    const sources = logSources(name, config, { environment, hub }, opts);
    const { waf, vpcflow, apigateway } = sources;
    const places = enforcementPlaces(name, config, { environment, logStreamArn: waf?.streamArn }, opts);
    const enforcement = new Enforcement(
        `${name}-enforce`,
        { environment, hub, places: places.all, bucket: places.bucket, schedule: config.enforceSchedule },
        opts,
    );
    const ownAddresses = new OwnAddresses(
        `${name}-addresses`,
        {
            environment,
            lake: {
                bucketName: hub.lakeBucketName,
                bucketArn: hub.lakeBucketArn,
                region: hub.region,
                kmsKeyArn: hub.kmsKeyArn,
            },
        },
        opts,
    );
    return {
        sources: Object.fromEntries(
            Object.entries(sources).map(([kind, source]) => [kind, sourceOutputs(source)]),
        ),
        wafLogBucket: waf?.bucketName,
        wafFunction: waf?.functionName,
        flowLogGroup: vpcflow?.logGroupName,
        flowLogRoleArn: vpcflow?.writerRoleArn,
        flowFunction: vpcflow?.functionName,
        apiGatewayAccessLog: apigateway && {
            destinationArn: apigateway.logGroupArn,
            httpFormat: accessLogFormat("http"),
            restFormat: accessLogFormat("rest"),
        },
        ownAddressesFunction: ownAddresses.functionName,
        enforceFunction: enforcement.functionName,
        webAclArn: places.waf.webAclArn,
        ipv4SetIds: places.waf.ipv4SetIds,
        ipv6SetIds: places.waf.ipv6SetIds,
        dnsFirewallRuleGroupId: places.dnsFirewall?.ruleGroupId,
        networkFirewallRuleGroupArns: places.networkFirewall && [
            places.networkFirewall.domainGroupArn,
            places.networkFirewall.suricataGroupArn,
        ],
    };
}

function sourceOutputs({ functionName, bucketName, queueUrl, logGroupName }: LogSource) {
    return { functionName, bucketName, queueUrl, logGroupName };
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
