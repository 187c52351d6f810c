import { GuardDutyClient } from "@aws-sdk/client-guardduty";
import { NetworkFirewallClient } from "@aws-sdk/client-network-firewall";
import { Route53ResolverClient } from "@aws-sdk/client-route53resolver";
import { S3Client } from "@aws-sdk/client-s3";
import { WAFV2Client } from "@aws-sdk/client-wafv2";
import { dnsFirewallPlace } from "../enforcement/dns-firewall";
import { guardDutyPlace } from "../enforcement/guardduty";
import { ListFiles } from "../enforcement/list-files";
import { networkFirewallPlace } from "../enforcement/network-firewall";
import { Place } from "../enforcement/place";
import { Sleep } from "../enforcement/retry";
import { parsePlaces, PLACES_KEY, PlaceSettings, WafSettings } from "../enforcement/settings";
import { wafPlace } from "../enforcement/waf";
import { readIfChanged, S3Reader } from "../s3-object";
import { publishedHandler } from "./published";
import { Environment, required } from "./settings";

/** What the handler talks to; tests pass their own. */
export interface EnforceClients {
    /** S3 where the snapshots are. */
    readonly snapshots: Pick<S3Client, "send">;
    /** S3 where the lake is. */
    readonly lake: Pick<S3Client, "send">;
    /** S3 of this region, for settings and list files. */
    readonly s3: Pick<S3Client, "send">;
    readonly waf: (scope: WafSettings["scope"]) => Pick<WAFV2Client, "send">;
    readonly guardDuty: Pick<GuardDutyClient, "send">;
    readonly resolver: Pick<Route53ResolverClient, "send">;
    readonly networkFirewall: Pick<NetworkFirewallClient, "send">;
    readonly pause?: Sleep;
}

/** Blocks in the places of this account and region what the published snapshot names, and reports to the lake. */
export function createHandler(env: Environment, clients: EnforceClients = awsClients(env)) {
    const accountId = required(env, "ACCOUNT_ID");
    const placesBucket = required(env, "PLACES_BUCKET");
    return publishedHandler({
        snapshots: clients.snapshots,
        snapshotBucket: required(env, "SNAPSHOT_BUCKET"),
        places: async () => {
            const places = await readPlaces(clients.s3, placesBucket);
            return places.map((settings) => placeOf(settings, clients, accountId));
        },
        report: {
            s3: clients.lake,
            bucket: required(env, "LAKE_BUCKET"),
            accountId,
            name: required(env, "AWS_REGION"),
            kmsKeyId: env.LAKE_KMS_KEY || undefined,
        },
    });
}

async function readPlaces(s3: S3Reader, bucket: string): Promise<PlaceSettings[]> {
    const answer = await readIfChanged(s3, bucket, PLACES_KEY);
    if (answer.state !== "read") {
        throw new Error(`s3://${bucket}/${PLACES_KEY} is missing: deploy the spoke again`);
    }
    return parsePlaces(Buffer.from(answer.body).toString("utf8"));
}

function placeOf(settings: PlaceSettings, clients: EnforceClients, accountId: string): Place {
    const { pause } = clients;
    switch (settings.place) {
        case "waf":
            return wafPlace({ client: clients.waf(settings.scope), ...settings, pause });
        case "guardduty": {
            const { detectorId, bucket } = settings;
            const files = new ListFiles(clients.s3, bucket);
            return guardDutyPlace({
                client: clients.guardDuty,
                detectorId,
                accountId,
                files,
                settings,
                pause,
            });
        }
        case "dns-firewall": {
            const { domainListId, bucket, room } = settings;
            const files = new ListFiles(clients.s3, bucket);
            return dnsFirewallPlace({ client: clients.resolver, domainListId, files, room, pause });
        }
        case "network-firewall":
            return networkFirewallPlace({ client: clients.networkFirewall, settings, pause });
    }
}

function awsClients(env: Environment): EnforceClients {
    return {
        snapshots: new S3Client({ region: required(env, "SNAPSHOT_REGION") }),
        lake: new S3Client({ region: required(env, "LAKE_REGION") }),
        s3: new S3Client({}),
        // A CloudFront web ACL is managed from us-east-1 only.
        waf: (scope) => new WAFV2Client(scope === "CLOUDFRONT" ? { region: "us-east-1" } : {}),
        guardDuty: new GuardDutyClient({}),
        resolver: new Route53ResolverClient({}),
        networkFirewall: new NetworkFirewallClient({}),
    };
}
