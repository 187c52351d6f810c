import type { FirehoseClient } from "@aws-sdk/client-firehose";
import type { Context } from "../context";
import { list, must, num, obj, orMissing, pascal, str, tagChanges, tagList, type Props } from "../properties";
import type { ResourceEntry } from "../resource";

type Sdk = typeof import("@aws-sdk/client-firehose");

async function client(ctx: Context): Promise<{ sdk: Sdk; firehose: FirehoseClient }> {
    const sdk = await import("@aws-sdk/client-firehose");
    return { sdk, firehose: ctx.client("firehose", sdk.FirehoseClient) };
}

const processing = (props: Props | undefined): Props | undefined =>
    props && {
        Enabled: props.enabled,
        Processors: list<Props>(props, "processors").map(({ type, parameters }) => ({
            Type: type,
            Parameters: pascal(parameters ?? []),
        })),
    };

const logging = (props: Props | undefined): Props | undefined =>
    props &&
    pascal({
        enabled: props.enabled,
        logGroupName: props.logGroupName,
        logStreamName: props.logStreamName,
    });

function s3(props: Props): Props {
    return {
        RoleARN: str(props, "roleArn"),
        BucketARN: str(props, "bucketArn"),
        Prefix: str(props, "prefix"),
        ErrorOutputPrefix: str(props, "errorOutputPrefix"),
        CompressionFormat: str(props, "compressionFormat") ?? "UNCOMPRESSED",
        BufferingHints: {
            SizeInMBs: num(props, "bufferingSize") ?? 5,
            IntervalInSeconds: num(props, "bufferingInterval") ?? 300,
        },
        EncryptionConfiguration: props.kmsKeyArn
            ? { KMSEncryptionConfig: { AWSKMSKeyARN: props.kmsKeyArn } }
            : { NoEncryptionConfig: "NoEncryption" },
        CloudWatchLoggingOptions: logging(obj(props, "cloudwatchLoggingOptions")),
    };
}

function extended(props: Props): Props {
    return {
        ...s3(props),
        CustomTimeZone: str(props, "customTimeZone"),
        FileExtension: str(props, "fileExtension"),
        ProcessingConfiguration: processing(obj(props, "processingConfiguration")),
        DynamicPartitioningConfiguration: props.dynamicPartitioningConfiguration
            ? { Enabled: (props.dynamicPartitioningConfiguration as Props).enabled }
            : undefined,
        S3BackupMode: str(props, "s3BackupMode"),
    };
}

function openSearch(props: Props): Props {
    const vpc = obj(props, "vpcConfig");
    return {
        RoleARN: str(props, "roleArn"),
        DomainARN: str(props, "domainArn"),
        ClusterEndpoint: str(props, "clusterEndpoint"),
        IndexName: str(props, "indexName"),
        IndexRotationPeriod: str(props, "indexRotationPeriod"),
        TypeName: str(props, "typeName"),
        BufferingHints: {
            SizeInMBs: num(props, "bufferingSize") ?? 5,
            IntervalInSeconds: num(props, "bufferingInterval") ?? 300,
        },
        RetryOptions: { DurationInSeconds: num(props, "retryDuration") ?? 300 },
        S3BackupMode: str(props, "s3BackupMode"),
        S3Configuration: s3(obj(props, "s3Configuration") ?? {}),
        ProcessingConfiguration: processing(obj(props, "processingConfiguration")),
        CloudWatchLoggingOptions: logging(obj(props, "cloudwatchLoggingOptions")),
        VpcConfiguration: vpc && {
            RoleARN: vpc.roleArn,
            SubnetIds: vpc.subnetIds,
            SecurityGroupIds: vpc.securityGroupIds,
        },
    };
}

function destination(inputs: Props): Props {
    const [toS3, toSearch] = ["extendedS3Configuration", "opensearchConfiguration"].map((key) =>
        obj(inputs, key),
    );
    return {
        ...(toS3 ? { ExtendedS3DestinationConfiguration: extended(toS3) } : {}),
        ...(toSearch ? { AmazonopensearchserviceDestinationConfiguration: openSearch(toSearch) } : {}),
    };
}

const stream: ResourceEntry = {
    type: "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
    properties: [
        "destination",
        "extendedS3Configuration",
        "kinesisSourceConfiguration",
        "name",
        "opensearchConfiguration",
        "serverSideEncryption",
    ],
    replaceOn: ["name", "destination", "kinesisSourceConfiguration"],
    autoName: { property: "name", maxLength: 64 },
    tagged: true,
    async create(ctx, inputs) {
        const { sdk, firehose } = await client(ctx);
        const source = obj(inputs, "kinesisSourceConfiguration");
        const sse = obj(inputs, "serverSideEncryption");
        const made = await firehose.send(
            new sdk.CreateDeliveryStreamCommand({
                DeliveryStreamName: must(inputs, "name"),
                DeliveryStreamType: source ? "KinesisStreamAsSource" : "DirectPut",
                KinesisStreamSourceConfiguration: source && {
                    KinesisStreamARN: str(source, "kinesisStreamArn"),
                    RoleARN: str(source, "roleArn"),
                },
                DeliveryStreamEncryptionConfigurationInput: sse?.enabled
                    ? {
                          KeyType: (str(sse, "keyType") ?? "AWS_OWNED_CMK") as never,
                          KeyARN: str(sse, "keyArn"),
                      }
                    : undefined,
                ...destination(inputs),
                Tags: tagList(inputs),
            }),
        );
        return {
            id: made.DeliveryStreamARN ?? "",
            outs: {
                arn: made.DeliveryStreamARN,
                versionId: "1",
                destinationId: "destinationId-000000000001",
            },
        };
    },
    async update(ctx, { olds, news, changed }) {
        const { sdk, firehose } = await client(ctx);
        const DeliveryStreamName = must(news, "name");
        if (changed.has("extendedS3Configuration") || changed.has("opensearchConfiguration")) {
            const found = await firehose.send(new sdk.DescribeDeliveryStreamCommand({ DeliveryStreamName }));
            const wanted = destination(news);
            await firehose.send(
                new sdk.UpdateDestinationCommand({
                    DeliveryStreamName,
                    CurrentDeliveryStreamVersionId: found.DeliveryStreamDescription?.VersionId,
                    DestinationId: found.DeliveryStreamDescription?.Destinations?.[0]?.DestinationId,
                    ExtendedS3DestinationUpdate: wanted.ExtendedS3DestinationConfiguration as never,
                    AmazonopensearchserviceDestinationUpdate:
                        wanted.AmazonopensearchserviceDestinationConfiguration as never,
                }),
            );
        }
        if (changed.has("serverSideEncryption")) {
            const sse = obj(news, "serverSideEncryption");
            await (sse?.enabled
                ? firehose.send(
                      new sdk.StartDeliveryStreamEncryptionCommand({
                          DeliveryStreamName,
                          DeliveryStreamEncryptionConfigurationInput: {
                              KeyType: (str(sse, "keyType") ?? "AWS_OWNED_CMK") as never,
                              KeyARN: str(sse, "keyArn"),
                          },
                      }),
                  )
                : firehose.send(new sdk.StopDeliveryStreamEncryptionCommand({ DeliveryStreamName })));
        }
        const { set, remove } = tagChanges(olds, news);
        if (Object.keys(set).length > 0) {
            await firehose.send(
                new sdk.TagDeliveryStreamCommand({
                    DeliveryStreamName,
                    Tags: tagList({ tags: set }),
                }),
            );
        }
        if (remove.length > 0) {
            await firehose.send(new sdk.UntagDeliveryStreamCommand({ DeliveryStreamName, TagKeys: remove }));
        }
    },
    async read(ctx, id) {
        const { sdk, firehose } = await client(ctx);
        const DeliveryStreamName = id.split("/").pop();
        const found = await orMissing(
            firehose.send(new sdk.DescribeDeliveryStreamCommand({ DeliveryStreamName })),
        );
        return found && { outs: { arn: id, name: DeliveryStreamName } };
    },
    async delete(ctx, id) {
        const { sdk, firehose } = await client(ctx);
        await orMissing(
            firehose.send(new sdk.DeleteDeliveryStreamCommand({ DeliveryStreamName: id.split("/").pop() })),
        );
    },
};

export const firehose: readonly ResourceEntry[] = [stream];
