import * as pulumi from "@pulumi/pulumi";
import { Environment } from "./environment";
import { InlineFunction } from "./inlineFunction";
import { componentType, Statement } from "./naming";
import { Schedule } from "./schedule";

export interface OwnAddressesArgs {
    readonly environment: Environment;
    /** The hub's lake. */
    readonly lake: {
        readonly bucketName: pulumi.Input<string>;
        readonly bucketArn: pulumi.Input<string>;
        readonly region: pulumi.Input<string>;
        readonly kmsKeyArn: pulumi.Input<string>;
    };
}

/** Tells the hub each hour which public addresses the account has in the region: they are never blocked. */
export class OwnAddresses extends pulumi.ComponentResource {
    readonly functionName: pulumi.Output<string>;

    /** @param name The _unique_ name of the function. */
    constructor(
        name: string,
        { environment, lake }: OwnAddressesArgs,
        opts?: pulumi.ComponentResourceOptions,
    ) {
        super(componentType("indicators", "OwnAddresses"), name, {}, opts);
        const child = { parent: this };
        const own = new InlineFunction(
            name,
            {
                handler: "own-addresses",
                environment,
                description: "Tells the hub the account's public addresses, which are never blocked",
                memorySize: 256,
                timeout: 120,
                variables: {
                    ACCOUNT_ID: environment.accountId,
                    LAKE_BUCKET: lake.bucketName,
                    LAKE_REGION: lake.region,
                    LAKE_KMS_KEY: lake.kmsKeyArn,
                },
                statements: [
                    DESCRIBE_ADDRESSES,
                    {
                        Effect: "Allow",
                        Action: "s3:PutObject",
                        Resource: pulumi.interpolate`${lake.bucketArn}/addresses/${environment.accountId}/${environment.region}.json`,
                    },
                    {
                        Effect: "Allow",
                        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
                        Resource: lake.kmsKeyArn,
                    },
                ],
            },
            child,
        );
        new Schedule(
            name,
            {
                environment,
                functionArn: own.function.arn,
                events: { hourly: { expression: "rate(1 hour)", input: {} } },
            },
            child,
        );
        this.functionName = own.function.name;
        this.registerOutputs({ functionName: this.functionName });
    }
}

/** What reading the organization's own addresses needs. */
export function ownAddressesRead(lakeBucketArn: pulumi.Input<string>): Statement[] {
    return [
        {
            Effect: "Allow",
            Action: "s3:GetObject",
            Resource: pulumi.interpolate`${lakeBucketArn}/addresses/*`,
        },
        {
            Effect: "Allow",
            Action: "s3:ListBucket",
            Resource: lakeBucketArn,
            Condition: { StringLike: { "s3:prefix": "addresses/*" } },
        },
    ];
}

/** These actions know no resource (Service Authorization Reference, EC2). */
const DESCRIBE_ADDRESSES: Statement = {
    Effect: "Allow",
    Action: ["ec2:DescribeAddresses", "ec2:DescribeNatGateways", "ec2:DescribeNetworkInterfaces"],
    Resource: "*",
};
