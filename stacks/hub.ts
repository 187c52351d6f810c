import * as pulumi from "@pulumi/pulumi";
import { EncryptionKey } from "../components/encryptionKey";
import { Environment } from "../components/environment";
import { GeoDatabases } from "../components/geoDatabases";
import { IocPipeline } from "../components/iocPipeline";
import { Lake } from "../components/lake";
import { Network } from "../components/network";
import { SearchDomain } from "../components/searchDomain";
import { HubConfig } from "../config/schema";
import { targetProvider } from "./provider";

/** The security tooling account: feeds, indicators, the lake and search. */
export function hub(config: HubConfig): Record<string, pulumi.Output<string>> {
    const provider = targetProvider(config);
    const opts = { providers: [provider] };
    const name = `syntheticsun-hub-${config.environment}`;

    const key = new EncryptionKey(
        name,
        {
            accountId: config.account,
            region: config.region,
            sharedWithOrganization: config.organizationId,
        },
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
    const pipeline = new IocPipeline(
        name,
        {
            environment,
            mispUrl: config.misp.url,
            mispTags: config.misp.tags,
            schedule: config.collectSchedule,
            allowList: config.allowList,
            allowDocumentation: config.local,
        },
        opts,
    );
    new GeoDatabases(
        `${name}-geo`,
        { bucketName: pipeline.snapshotBucket.name, kmsKeyArn: key.arn, files: config.geo },
        opts,
    );
    const network = new Network(
        name,
        { region: config.region, availabilityZones: Math.min(3, config.search.instanceCount) },
        opts,
    );
    const search = new SearchDomain(
        // A domain's name has 28 characters at most.
        `ssun-${config.environment}`,
        { environment, network, ...config.search },
        opts,
    );
    const lake = new Lake(`${name}-lake`, { environment, search, network }, opts);
    return {
        region: pulumi.output<string>(config.region),
        kmsKeyArn: key.arn,
        iocTable: pipeline.tableName,
        mispSecretArn: pipeline.mispSecretArn,
        collectFunction: pipeline.collectFunction,
        compileFunction: pipeline.compileFunction,
        snapshotBucketName: pipeline.snapshotBucket.name,
        snapshotBucketArn: pipeline.snapshotBucket.arn,
        publishedTopicArn: pipeline.publishedTopicArn,
        lakeBucketName: lake.bucket.name,
        lakeBucketArn: lake.bucket.arn,
        indexQueueUrl: lake.indexQueueUrl,
        indexFunction: lake.indexFunction,
        searchEndpoint: search.endpoint,
    };
}
