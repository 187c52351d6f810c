import { DeliveryContext } from "./source";

/** Whose log it is. */
export interface LogOwner {
    readonly accountId: string;
    readonly region: string;
}

/**
 * The account and region that a log is of: where AWS delivers logs of many accounts into one bucket, the key tells them,
 * `…/AWSLogs/[o-organization/]account/service/region/…`; otherwise who delivered it.
 */
export function logOwner({ accountId, region, origin }: DeliveryContext): LogOwner {
    const key = /(?:^|\/)AWSLogs\/(?:o-[a-z0-9]+\/)?(\d{12})\/[^/]+\/(?:([a-z]{2}(?:-[a-z]+)+-\d)\/)?/.exec(
        origin,
    );
    return { accountId: key?.[1] ?? accountId, region: key?.[2] ?? region };
}
