import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { S3Reader } from "../s3-object";
import { parseIPv4, parseIPv6 } from "./address";

/** Below this prefix of the lake bucket each account and region writes its public addresses. */
export const OWN_ADDRESSES_PREFIX = "addresses/";

/** Object `addresses/<account>/<region>.json`. */
export interface OwnAddresses {
    /** ISO 8601. */
    readonly at: string;
    /** Elastic IPs, and the public addresses of NAT gateways and network interfaces. */
    readonly addresses: readonly string[];
}

/** An account that names more is not believed: it could switch enforcement off for everyone. */
export const MOST_ADDRESSES = 5000;

export function ownAddressesKey(accountId: string, region: string): string {
    return `${OWN_ADDRESSES_PREFIX}${accountId}/${region}.json`;
}

/** What all accounts have written, and what is wrong with some of it. */
export interface AllOwnAddresses {
    readonly addresses: readonly string[];
    readonly problems: readonly string[];
}

/** Reads what all accounts have written. What one wrote wrongly costs the others nothing. */
export async function readOwnAddresses(s3: S3Reader, bucket: string): Promise<AllOwnAddresses> {
    const addresses: string[] = [];
    const problems: string[] = [];
    let token: string | undefined;
    do {
        const page = await s3.send(
            new ListObjectsV2Command({
                Bucket: bucket,
                Prefix: OWN_ADDRESSES_PREFIX,
                ContinuationToken: token,
            }),
        );
        const objects = (page.Contents ?? []).map(async ({ Key }) => {
            const object = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
            return { Key, found: parse((await object.Body?.transformToString()) ?? "") };
        });
        // An organization has hundreds of them, and every collector reads them all.
        for (const { Key, found } of await Promise.all(objects)) {
            if (typeof found === "string") {
                problems.push(`s3://${bucket}/${Key} ${found}`);
            } else {
                addresses.push(...found);
            }
        }
        token = page.NextContinuationToken;
    } while (token !== undefined);
    return { addresses, problems };
}

/** @returns the addresses, or what is wrong with the text */
function parse(text: string): string[] | string {
    let addresses: unknown;
    try {
        addresses = (JSON.parse(text) as Partial<OwnAddresses> | null)?.addresses;
    } catch {
        // Told below.
    }
    if (!Array.isArray(addresses)) {
        return "is no list of an account's addresses: remove it, it is written again within the hour";
    }
    if (addresses.length > MOST_ADDRESSES) {
        return `names ${addresses.length} addresses, more than ${MOST_ADDRESSES}: none is believed; is the account safe?`;
    }
    // Single addresses only: no account may keep a whole network from being blocked.
    return addresses.filter(
        (address): address is string =>
            typeof address === "string" && (parseIPv4(address) >= 0 || parseIPv6(address) !== undefined),
    );
}
