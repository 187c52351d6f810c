import { BucketSettings, LogGroupSettings, SourceKind } from "../config/sources";
import { LogWriter } from "./logDelivery";

/** How a kind of log comes as objects of a bucket. */
export interface BucketWay {
    readonly writer: LogWriter;
    /** Folder of the service below `AWSLogs/<account>/`; left out, the writer has no layout of its own. */
    readonly folder?: string;
}

/** How a kind of log comes as events of a log group. */
export interface LogGroupWay {
    /** Service that writes with a role of this account; left out, it writes as itself. */
    readonly writesWithRole?: string;
}

/** How findings come over the account's event bus. */
export interface EventsWay {
    readonly source: string;
    readonly detailType: string;
}

/** The ways that a kind of log can come. */
export interface KindWays {
    readonly bucket?: BucketWay;
    readonly logGroup?: LogGroupWay;
    readonly events?: EventsWay;
}

/** How each kind comes, from the guide of the service that writes it. */
export const KINDS: Readonly<Record<SourceKind, KindWays>> = {
    cloudtrail: { bucket: { writer: "cloudtrail", folder: "CloudTrail" } },
    vpcflow: {
        bucket: { writer: "vendedLogs", folder: "vpcflowlogs" },
        logGroup: { writesWithRole: "vpc-flow-logs.amazonaws.com" },
    },
    alb: { bucket: { writer: "loadBalancer", folder: "elasticloadbalancing" } },
    nlb: { bucket: { writer: "vendedLogs", folder: "elasticloadbalancing" } },
    waf: { bucket: { writer: "firehose", folder: "WAFLogs" } },
    apigateway: { logGroup: {} },
    suricata: { bucket: { writer: "principals" }, logGroup: {} },
    securityhub: { events: { source: "aws.securityhub", detailType: "Security Hub Findings - Imported" } },
    guardduty: { events: { source: "aws.guardduty", detailType: "GuardDuty Finding" } },
    route53: { bucket: { writer: "vendedLogs", folder: "vpcdnsquerylogs" }, logGroup: {} },
    s3access: { bucket: { writer: "s3Access" } },
    cloudfront: { bucket: { writer: "vendedLogs", folder: "CloudFront" } },
};

/** How the keys of a kind's objects begin. */
export function keyPrefix({ folder }: BucketWay, accountId: string, settings: BucketSettings): string {
    if (settings.prefix !== undefined) {
        return settings.prefix;
    }
    if (folder === undefined) {
        return "";
    }
    return settings.organization ? "AWSLogs/" : `AWSLogs/${accountId}/${folder}/`;
}

/** Where a source's log comes from. */
export interface Origins {
    readonly bucket?: BucketSettings;
    readonly logGroup?: LogGroupSettings;
}

/**
 * Where a source's log comes from: as asked for, else from a log group that is made, else from a bucket that is made.
 * @throws Error when the kind does not come the way that is asked for
 */
export function waysOf(kind: SourceKind, { bucket, logGroup }: Origins): Origins {
    const ways = KINDS[kind];
    for (const [name, asked, way] of [
        ["bucket", bucket, ways.bucket],
        ["logGroup", logGroup, ways.logGroup],
    ]) {
        if (asked && !way) {
            throw new Error(`${kind} logs cannot come from a ${name} [${name}]`);
        }
    }
    if (bucket || logGroup) {
        return { bucket, logGroup };
    }
    return ways.logGroup ? { logGroup: {} } : { bucket: ways.bucket && {} };
}
