import * as pulumi from "@pulumi/pulumi";
import { EncryptionKey } from "../components/encryptionKey";
import { Environment } from "../components/environment";
import { GeoDatabases } from "../components/geoDatabases";
import { IocPipeline } from "../components/iocPipeline";
import { BlockLists } from "../components/blockLists";
import { Lake } from "../components/lake";
import { Network } from "../components/network";
import { OwnAddresses } from "../components/ownAddresses";
import { SearchDomain } from "../components/searchDomain";
import { HubConfig } from "../config/schema";
import { targetProvider } from "./provider";

/** The security tooling account: feeds, indicators, the lake and search. */
export function hub(config: HubConfig): Record<string, pulumi.Output<unknown>> {
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
    const pipeline = new IocPipeline(
        name,
        {
            environment,
            feeds: config.feeds,
            schedule: config.collectSchedule,
            settings: {
                allowList: config.allowList,
                guard: config.guard,
                widest: config.widest,
                allowDocumentation: config.local,
            },
            warningListFiles: config.warningLists,
            lakeBucketName: lake.bucket.name,
            lakeBucketArn: lake.bucket.arn,
        },
        opts,
    );
    new GeoDatabases(
        `${name}-geo`,
        { bucketName: pipeline.snapshotBucket.name, kmsKeyArn: key.arn, files: config.geo },
        opts,
    );
    const ownAddresses = new OwnAddresses(
        `${name}-addresses`,
        {
            environment,
            lake: {
                bucketName: lake.bucket.name,
                bucketArn: lake.bucket.arn,
                region: config.region,
                kmsKeyArn: key.arn,
            },
        },
        opts,
    );
    if (config.blockLists) {
        new BlockLists(
            `${name}-lists`,
            { environment, pipeline, lakeBucketName: lake.bucket.name, lakeBucketArn: lake.bucket.arn },
            opts,
        );
    }
    return {
        region: pulumi.output<string>(config.region),
        kmsKeyArn: key.arn,
        iocTable: pipeline.tableName,
        overridesTable: pipeline.overridesTableName,
        feedSecretArns: pulumi.all(pipeline.feedSecretArns),
        ownAddressesFunction: ownAddresses.functionName,
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
