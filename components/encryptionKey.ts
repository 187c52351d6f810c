import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { componentType, policyDocument, Statement } from "./naming";

export interface EncryptionKeyArgs {
    readonly accountId: string;
    readonly region: string;
    /** Accounts of this organization may encrypt and decrypt through S3; left out, only this account may. */
    readonly sharedWithOrganization?: string;
    /** What services of AWS may do with it beside. */
    readonly statements?: readonly Statement[];
}

/** The customer managed key of a stack, rotated each year. */
export class EncryptionKey extends pulumi.ComponentResource {
    readonly arn: pulumi.Output<string>;

    /** @param name The _unique_ name of the key. */
    constructor(name: string, args: EncryptionKeyArgs, opts?: pulumi.ComponentResourceOptions) {
        super(componentType("security", "EncryptionKey"), name, {}, opts);
        const key = new aws.kms.Key(
            name,
            {
                description: "SyntheticSun: logs, tables, topics, buckets and secrets",
                enableKeyRotation: true,
                deletionWindowInDays: 30,
                policy: policyDocument(keyStatements(args)),
            },
            { parent: this },
        );
        new aws.kms.Alias(name, { name: `alias/${name}`, targetKeyId: key.keyId }, { parent: this });
        this.arn = key.arn;
        this.registerOutputs({ arn: this.arn });
    }
}

/** Statements of the key policy; in a key policy the resource `*` is the key itself. */
export function keyStatements(args: EncryptionKeyArgs): Statement[] {
    const { accountId, region, sharedWithOrganization } = args;
    const use = ["kms:Decrypt", "kms:GenerateDataKey"];
    const statements: Statement[] = [
        {
            Sid: "Administer",
            Effect: "Allow",
            Principal: { AWS: `arn:aws:iam::${accountId}:root` },
            Action: "kms:*",
            Resource: "*",
        },
        {
            Sid: "CloudWatchLogs",
            Effect: "Allow",
            Principal: { Service: `logs.${region}.amazonaws.com` },
            Action: [
                "kms:Encrypt",
                "kms:Decrypt",
                "kms:ReEncrypt*",
                "kms:GenerateDataKey*",
                "kms:DescribeKey",
            ],
            Resource: "*",
            Condition: {
                ArnLike: { "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:${region}:${accountId}:*` },
            },
        },
    ];
    if (sharedWithOrganization) {
        statements.push({
            Sid: "OrganizationThroughS3",
            Effect: "Allow",
            Principal: { AWS: "*" },
            Action: use,
            Resource: "*",
            Condition: {
                StringEquals: {
                    "aws:PrincipalOrgID": sharedWithOrganization,
                    "kms:ViaService": `s3.${region}.amazonaws.com`,
                },
            },
        });
    }
    return [...statements, ...(args.statements ?? [])];
}
