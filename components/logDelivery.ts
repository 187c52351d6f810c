import * as pulumi from "@pulumi/pulumi";
import { Statement } from "./naming";

/** Who writes a log into a bucket: a service of AWS, a Firehose stream of ours, or principals with rights of their own. */
export type LogWriter = "cloudtrail" | "loadBalancer" | "vendedLogs" | "s3Access" | "firehose" | "principals";

/** On whose behalf a service may write. */
export interface DeliveryScope {
    readonly accountId: string;
    /** All accounts of this organization, not only the one. */
    readonly organizationId?: string;
    /** The one trail that may write. */
    readonly trailArn?: string;
}

interface Service {
    readonly principal: string;
    /** What the service names as the source of a delivery; left out, it names the account alone. */
    readonly source?: (accountId: string) => string;
    /** Looks at the bucket's access control list first. */
    readonly readsAcl?: boolean;
    /** What it needs of the key of a bucket that is encrypted with one; left out, it cannot use such a bucket. */
    readonly keyActions?: readonly string[];
}

/**
 * The bucket and key policies that each service's own guide asks for. Without their condition on `s3:x-amz-acl`:
 * buckets here have no access control lists, and a service that sends none would be refused.
 */
const SERVICES: Partial<Record<LogWriter, Service>> = {
    cloudtrail: {
        principal: "cloudtrail.amazonaws.com",
        source: (accountId) => `arn:aws:cloudtrail:*:${accountId}:trail/*`,
        readsAcl: true,
        keyActions: ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*"],
    },
    loadBalancer: {
        principal: "logdelivery.elasticloadbalancing.amazonaws.com",
        source: (accountId) => `arn:aws:elasticloadbalancing:*:${accountId}:loadbalancer/*`,
    },
    vendedLogs: {
        principal: "delivery.logs.amazonaws.com",
        source: (accountId) => `arn:aws:logs:*:${accountId}:*`,
        readsAcl: true,
        keyActions: [
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey*",
            "kms:ReEncrypt*",
        ],
    },
    s3Access: { principal: "logging.s3.amazonaws.com" },
};

/** What the policy of a bucket that is made for a writer says. */
export function deliveryStatements(
    writer: LogWriter,
    bucketArn: pulumi.Output<string>,
    scope: DeliveryScope,
): Statement[] {
    const service = SERVICES[writer];
    if (!service) {
        return writer === "principals" && scope.organizationId
            ? [organizationPuts(bucketArn, scope.organizationId)]
            : [];
    }
    const allow = {
        Effect: "Allow" as const,
        Principal: { Service: service.principal },
        Condition: onBehalfOf(service, scope),
    };
    const keys = service.source ? `AWSLogs/${scope.organizationId ? "*" : `${scope.accountId}/*`}` : "*";
    return [
        {
            ...allow,
            Sid: "LogDelivery",
            Action: "s3:PutObject",
            Resource: pulumi.interpolate`${bucketArn}/${keys}`,
        },
        ...(service.readsAcl
            ? [{ ...allow, Sid: "LogDeliveryCheck", Action: "s3:GetBucketAcl", Resource: bucketArn }]
            : []),
    ];
}

/** What the policy of a bucket's key says, so that the writer can encrypt; in a key policy `*` is the key itself. */
export function deliveryKeyStatements(writer: LogWriter, scope: DeliveryScope): Statement[] {
    const service = SERVICES[writer];
    return service?.keyActions
        ? [
              {
                  Effect: "Allow",
                  Principal: { Service: service.principal },
                  Action: service.keyActions,
                  Resource: "*",
                  Condition: onBehalfOf(service, scope),
              },
          ]
        : [];
}

/** Whether the writer can use a bucket that is encrypted with a KMS key: load balancers and S3 access logs cannot. */
export function canEncrypt(writer: LogWriter): boolean {
    const service = SERVICES[writer];
    return service === undefined || service.keyActions !== undefined;
}

function onBehalfOf(service: Service, scope: DeliveryScope): Record<string, unknown> {
    if (scope.trailArn) {
        return { ArnEquals: { "aws:SourceArn": scope.trailArn } };
    }
    if (scope.organizationId) {
        return { StringEquals: { "aws:SourceOrgID": scope.organizationId } };
    }
    return service.source
        ? { ArnLike: { "aws:SourceArn": service.source(scope.accountId) } }
        : { StringEquals: { "aws:SourceAccount": scope.accountId } };
}

/** Accounts of the organization put objects under their own number, and read nothing. */
function organizationPuts(bucketArn: pulumi.Output<string>, organizationId: string): Statement {
    return {
        Sid: "OrganizationPuts",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: "s3:PutObject",
        Resource: pulumi.interpolate`${bucketArn}/$\{aws:PrincipalAccount}/*`,
        Condition: { StringEquals: { "aws:PrincipalOrgID": organizationId } },
    };
}
