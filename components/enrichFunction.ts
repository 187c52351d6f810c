import * as pulumi from "@pulumi/pulumi";
import { Enrichment, SourceKind } from "../config/sources";
import { Environment } from "./environment";
import { geoRead } from "./geoDatabases";
import { HubReference } from "./hubReference";
import { InlineFunction } from "./inlineFunction";
import { snapshotRead } from "./indicatorStore";
import { Statement } from "./naming";

export interface EnrichFunctionArgs {
    readonly environment: Environment;
    readonly hub: HubReference;
    readonly kind: SourceKind;
    /** Field order of a text log that has no header line. */
    readonly format?: string;
    readonly enrichment: Enrichment;
    /** Import a finding into Security Hub when a record that was let through matches an indicator. */
    readonly findings?: boolean;
    /** MiB. */
    readonly memorySize: number;
    /** Seconds. */
    readonly timeout: number;
    /** Of the function's own queue, when it has one: an object that outlasts the function goes on from a message. */
    readonly queue?: { readonly url: pulumi.Input<string>; readonly arn: pulumi.Input<string> };
    /** What reading the log itself needs. */
    readonly statements: readonly Statement[];
}

/** The function that decodes one kind of log, enriches it and writes it to the hub's lake. */
export function enrichFunction(
    name: string,
    args: EnrichFunctionArgs,
    opts: pulumi.ComponentResourceOptions,
): InlineFunction {
    const { environment, hub, kind, enrichment, findings, queue } = args;
    return new InlineFunction(
        name,
        {
            handler: "enrich",
            environment,
            description: `Decodes ${kind} logs, matches them against indicators, writes them to the lake`,
            memorySize: args.memorySize,
            timeout: args.timeout,
            variables: {
                KIND: kind,
                FORMAT: args.format ?? "",
                ENRICHMENT: JSON.stringify(enrichment),
                ACCOUNT_ID: environment.accountId,
                LAKE_BUCKET: hub.lakeBucketName,
                LAKE_REGION: hub.region,
                LAKE_KMS_KEY: hub.kmsKeyArn,
                SNAPSHOT_BUCKET: hub.snapshotBucketName,
                SNAPSHOT_REGION: hub.region,
                ...(queue ? { QUEUE_URL: queue.url } : {}),
                ...(findings ? { SECURITY_HUB: "true" } : {}),
            },
            statements: [
                ...snapshotRead(hub.snapshotBucketArn),
                ...(enrichment.geo ? [geoRead(hub.snapshotBucketArn)] : []),
                ...(enrichment.networkInterfaces ? [DESCRIBE_INTERFACES] : []),
                ...(queue
                    ? [{ Effect: "Allow" as const, Action: "sqs:SendMessage", Resource: queue.arn }]
                    : []),
                {
                    Effect: "Allow",
                    Action: "s3:PutObject",
                    Resource: ["logs", "quarantine"].map(
                        (prefix) =>
                            pulumi.interpolate`${hub.lakeBucketArn}/${prefix}/*/${environment.accountId}/*`,
                    ),
                },
                {
                    Effect: "Allow",
                    Action: ["kms:Decrypt", "kms:GenerateDataKey"],
                    Resource: [hub.kmsKeyArn, environment.kmsKeyArn],
                },
                ...(findings ? [importFindings(environment)] : []),
                ...args.statements,
            ],
        },
        opts,
    );
}

/** Findings of one's own are those of the account's default product. */
function importFindings({ accountId, region }: Environment): Statement {
    return {
        Effect: "Allow",
        Action: "securityhub:BatchImportFindings",
        Resource: `arn:aws:securityhub:${region}:${accountId}:product/${accountId}/default`,
    };
}

/** These actions know no resource (Service Authorization Reference, EC2). */
const DESCRIBE_INTERFACES: Statement = {
    Effect: "Allow",
    Action: ["ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces"],
    Resource: "*",
};
