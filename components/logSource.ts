import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Environment } from "./environment";
import { InlineFunction } from "./inlineFunction";
import { snapshotRead } from "./iocPipeline";
import { componentType, Statement } from "./naming";

/** What a spoke knows of its hub. */
export interface HubReference {
    readonly region: pulumi.Input<string>;
    readonly kmsKeyArn: pulumi.Input<string>;
    readonly lakeBucketName: pulumi.Input<string>;
    readonly lakeBucketArn: pulumi.Input<string>;
    readonly snapshotBucketName: pulumi.Input<string>;
    readonly snapshotBucketArn: pulumi.Input<string>;
    readonly publishedTopicArn: pulumi.Input<string>;
}

export interface LogSourceArgs {
    readonly environment: Environment;
    readonly hub: HubReference;
    /** Kind of log, as `functions/sources/registry.ts` names it. */
    readonly kind: "waf" | "vpcflow";
    /** Field order of a text format that the user chose. */
    readonly format?: string;
    /** What reading the log itself needs. */
    readonly statements: readonly Statement[];
    readonly timeout: number;
}

/** The function that decodes, enriches and writes to the hub's lake one kind of log. Triggers are wired around it. */
export class LogSource extends pulumi.ComponentResource {
    readonly function: aws.lambda.Function;

    /** @param name The _unique_ name of the source. */
    constructor(name: string, args: LogSourceArgs, opts?: pulumi.ComponentResourceOptions) {
        super(componentType("logs", "LogSource"), name, {}, opts);
        const { environment, hub } = args;
        const enrich = new InlineFunction(
            name,
            {
                handler: "enrich",
                environment,
                description: `Decodes ${args.kind} logs, matches them against indicators, writes them to the lake`,
                memorySize: 1024,
                timeout: args.timeout,
                variables: {
                    KIND: args.kind,
                    FORMAT: args.format ?? "",
                    ACCOUNT_ID: environment.accountId,
                    LAKE_BUCKET: hub.lakeBucketName,
                    LAKE_REGION: hub.region,
                    LAKE_KMS_KEY: hub.kmsKeyArn,
                    SNAPSHOT_BUCKET: hub.snapshotBucketName,
                    SNAPSHOT_REGION: hub.region,
                },
                statements: [
                    ...snapshotRead(hub.snapshotBucketArn),
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
                    ...args.statements,
                ],
            },
            { parent: this },
        );
        this.function = enrich.function;
        this.registerOutputs({ functionName: this.function.name });
    }
}
