import * as pulumi from "@pulumi/pulumi";
import { BucketSettings } from "../config/sources";
import { Environment } from "./environment";
import { canEncrypt, DeliveryScope, deliveryStatements } from "./logDelivery";
import { BucketWay, keyPrefix } from "./logKinds";
import { PrivateBucket } from "./privateBucket";

/** Days that raw logs are kept in a bucket of ours: the lake has what they say for as long as one likes. */
const RAW_LOG_DAYS = 30;

/** Where a source's objects lie. */
export interface LogBucket {
    readonly name: pulumi.Input<string>;
    readonly arn: pulumi.Input<string>;
    /** Set when the bucket is not ours. */
    readonly existingName?: string;
    /** Keys of the log begin so. */
    readonly prefix: string;
    /** Key of an existing bucket. */
    readonly kmsKeyArn?: string;
}

export interface LogBucketArgs {
    readonly environment: Environment;
    readonly way: BucketWay;
    readonly settings: BucketSettings;
}

/** The bucket that the settings name, else one that is made for the writer of the log. */
export function logBucket(
    name: string,
    { environment, way, settings }: LogBucketArgs,
    opts: pulumi.ComponentResourceOptions,
): LogBucket {
    const prefix = keyPrefix(way, environment.accountId, settings);
    if (settings.name !== undefined) {
        return {
            name: settings.name,
            arn: `arn:aws:s3:::${settings.name}`,
            existingName: settings.name,
            prefix,
            kmsKeyArn: settings.kmsKeyArn,
        };
    }
    const bucket = new PrivateBucket(
        name,
        {
            environment,
            expireAfterDays: RAW_LOG_DAYS,
            encryptedByS3: !canEncrypt(way.writer),
            statements: (bucketArn) =>
                deliveryStatements(way.writer, bucketArn, deliveryScope(environment, settings)),
        },
        opts,
    );
    return { name: bucket.name, arn: bucket.arn, prefix };
}

/** Who may deliver to a bucket that is created. */
export function deliveryScope(
    { accountId, organizationId }: Pick<Environment, "accountId" | "organizationId">,
    settings: BucketSettings,
): DeliveryScope {
    return {
        accountId,
        organizationId: settings.organization ? organizationId : undefined,
        trailArn: settings.trailArn,
    };
}
