/** What the deployment says about places: an object of the spoke's own bucket, since 50 IP sets outgrow the environment. */

/** The object's key. */
export const PLACES_KEY = "settings/places.json";

export interface IpSetRef {
    readonly id: string;
    readonly name: string;
}

export interface WafSettings {
    readonly place: "waf";
    readonly scope: "REGIONAL" | "CLOUDFRONT";
    readonly ipv4Sets: readonly IpSetRef[];
    readonly ipv6Sets: readonly IpSetRef[];
}

export interface GuardDutySettings {
    readonly place: "guardduty";
    readonly detectorId: string;
    /** Bucket of the account and region that holds the list files. */
    readonly bucket: string;
    /** Ids of threat intel sets of format TXT, at most 6. */
    readonly threatIntelSets: readonly string[];
    /** Ids of threat entity sets of format TXT. */
    readonly threatEntitySets: readonly string[];
    /** Entities that one threat entity set takes. @default 1000 */
    readonly entityLimit?: number;
}

export interface DnsFirewallSettings {
    readonly place: "dns-firewall";
    readonly domainListId: string;
    /** Bucket of the account and region that holds the list file. */
    readonly bucket: string;
    /** Entries that the list may hold; a domain takes two. @default 100000, the quota over all lists */
    readonly room?: number;
}

export interface NetworkFirewallSettings {
    readonly place: "network-firewall";
    /** Stateful rule group of a domain list. */
    readonly domainGroupArn?: string;
    /** Stateful rule group of Suricata rules. */
    readonly suricataGroupArn?: string;
    readonly action: "drop" | "alert";
}

export type PlaceSettings = WafSettings | GuardDutySettings | DnsFirewallSettings | NetworkFirewallSettings;

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === "string" && value !== "";
const texts: Check = (value) => Array.isArray(value) && value.every(text);
const oneOf =
    (...values: string[]): Check =>
    (value) =>
        values.includes(value as string);
const optional =
    (check: Check): Check =>
    (value) =>
        value === undefined || check(value);
const count: Check = (value) => Number.isInteger(value) && (value as number) >= 0;
const ipSets: Check = (value) =>
    Array.isArray(value) && value.every((set: Partial<IpSetRef> | null) => text(set?.id) && text(set?.name));

const CHECKS: { readonly [place in PlaceSettings["place"]]: Readonly<Record<string, Check>> } = {
    waf: { scope: oneOf("REGIONAL", "CLOUDFRONT"), ipv4Sets: ipSets, ipv6Sets: ipSets },
    guardduty: {
        detectorId: text,
        bucket: text,
        threatIntelSets: texts,
        threatEntitySets: texts,
        entityLimit: optional(count),
    },
    "dns-firewall": { domainListId: text, bucket: text, room: optional(count) },
    "network-firewall": {
        domainGroupArn: optional(text),
        suricataGroupArn: optional(text),
        action: oneOf("drop", "alert"),
    },
};

/** @throws Error that names the place and the field that is wrong */
export function parsePlaces(json: string): PlaceSettings[] {
    let places: unknown;
    try {
        places = JSON.parse(json);
    } catch {
        places = undefined;
    }
    if (!Array.isArray(places)) {
        throw new Error(
            `${PLACES_KEY} must be a JSON list, as [{"place": "waf", …}]: deploy the spoke again`,
        );
    }
    for (const [index, settings] of (places as (Record<string, unknown> | null)[]).entries()) {
        const checks = CHECKS[settings?.place as PlaceSettings["place"]] as Record<string, Check> | undefined;
        if (!settings || !checks) {
            throw new Error(
                `place ${index} of ${PLACES_KEY} must be one of ${Object.keys(CHECKS).join(", ")}`,
            );
        }
        const wrong = Object.keys(checks).find((field) => !checks[field](settings[field]));
        if (wrong) {
            throw new Error(
                `place ${index} of ${PLACES_KEY} (${String(settings.place)}): ${wrong} is missing or wrong`,
            );
        }
    }
    return places as PlaceSettings[];
}
