import * as pulumi from "@pulumi/pulumi";
import { Environment } from "./environment";
import { InlineFunction } from "./inlineFunction";
import { componentType, Statement } from "./naming";
import { Network } from "./network";
import { PrivateBucket } from "./privateBucket";
import { S3Trigger } from "./s3Trigger";
import { SearchDomain } from "./searchDomain";

export interface LakeArgs {
    readonly environment: Environment;
    readonly search: SearchDomain;
    /** Where the index function stands; left out, in no VPC. */
    readonly network?: Network;
}

/** Tries of an object before it is given up: OpenSearch may be away for a day (tries are 5 minutes apart at most). */
const MAX_TRIES = 1000;
const TIMEOUT_SECONDS = 120;

/** The bucket that holds every enriched record, and the function that makes OpenSearch a view of it. */
export class Lake extends pulumi.ComponentResource {
    readonly bucket: PrivateBucket;
    readonly indexQueueUrl: pulumi.Output<string>;
    readonly indexFunction: pulumi.Output<string>;

    /** @param name The _unique_ name of the lake. */
    constructor(name: string, args: LakeArgs, opts?: pulumi.ComponentResourceOptions) {
        super(componentType("storage", "Lake"), name, {}, opts);
        const child = { parent: this };
        const { environment, search } = args;
        this.bucket = new PrivateBucket(
            name,
            {
                environment,
                statements: (bucketArn) => lakeWriters(bucketArn, environment.organizationId),
            },
            child,
        );
        const trigger = new S3Trigger(
            `${name}-index`,
            {
                environment,
                bucket: { name: this.bucket.name, arn: this.bucket.arn },
                prefix: "logs/",
                functionTimeout: TIMEOUT_SECONDS,
                maxReceiveCount: MAX_TRIES,
            },
            child,
        );
        const index = new InlineFunction(
            `${name}-index`,
            {
                handler: "index-documents",
                environment,
                description: "Indexes the lake's documents in OpenSearch",
                memorySize: 1024,
                timeout: TIMEOUT_SECONDS,
                network: args.network,
                variables: {
                    LAKE_BUCKET: this.bucket.name,
                    QUEUE_URL: trigger.queueUrl,
                    OPENSEARCH_ENDPOINT: search.endpoint,
                    REPLICAS: environment.disposable ? "0" : "1",
                },
                statements: [
                    {
                        Effect: "Allow",
                        Action: "s3:GetObject",
                        Resource: pulumi.interpolate`${this.bucket.arn}/logs/*`,
                    },
                    // Listing makes an object that is gone a 404 instead of a 403.
                    { Effect: "Allow", Action: "s3:ListBucket", Resource: this.bucket.arn },
                    {
                        Effect: "Allow",
                        Action: "s3:PutObject",
                        Resource: pulumi.interpolate`${this.bucket.arn}/quarantine/index/*`,
                    },
                    {
                        Effect: "Allow",
                        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
                        Resource: environment.kmsKeyArn,
                    },
                    trigger.consumerStatement,
                    ...search.writerStatements,
                ],
            },
            child,
        );
        trigger.consumedBy(`${name}-index`, index.function, 5);
        this.indexQueueUrl = trigger.queueUrl;
        this.indexFunction = index.function.name;
        this.registerOutputs({ bucketName: this.bucket.name });
    }
}

/** Accounts of the organization put logs and reports under their own number, and read nothing. */
function lakeWriters(bucketArn: pulumi.Output<string>, organizationId: string): Statement[] {
    return [
        {
            Sid: "OrganizationPuts",
            Effect: "Allow",
            Principal: { AWS: "*" },
            Action: "s3:PutObject",
            Resource: [
                pulumi.interpolate`${bucketArn}/logs/*/$\{aws:PrincipalAccount}/*`,
                pulumi.interpolate`${bucketArn}/quarantine/*/$\{aws:PrincipalAccount}/*`,
                pulumi.interpolate`${bucketArn}/addresses/$\{aws:PrincipalAccount}/*`,
                pulumi.interpolate`${bucketArn}/enforcement/$\{aws:PrincipalAccount}/*`,
            ],
            Condition: { StringEquals: { "aws:PrincipalOrgID": organizationId } },
        },
    ];
}
