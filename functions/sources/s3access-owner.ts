import { LogOwner } from "./log-owner";
import { DeliveryContext } from "./source";

/** Keys that S3 partitions by date tell whose bucket it is: `…/account/region/bucket/2026/11/24/…`. */
export function bucketOwnerOf({ origin }: DeliveryContext): LogOwner | undefined {
    const key = /(?:^|\/)(\d{12})\/([a-z]{2}(?:-[a-z]+)+-\d)\/[^/]+\/\d{4}\/\d\d\/\d\d\//.exec(origin);
    return key ? { accountId: key[1], region: key[2] } : undefined;
}

/** @returns the region in a name of S3's such as `bucket.s3.eu-west-1.amazonaws.com` */
export function regionOf(host: string): string | undefined {
    return /(?:^|\.)s3[.-](?:dualstack\.|fips\.)*([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\./.exec(host)?.[1];
}
