import { EC2Client } from "@aws-sdk/client-ec2";
import { AddressEnricher, AddressResolver } from "../enrichment/enricher";
import { Enrichment } from "../enrichment/enrichment";
import { GeoLoader } from "../enrichment/geo-loader";
import { IpApi } from "../enrichment/ip-api";
import { NetworkInterfaces } from "../enrichment/network-interfaces";
import { ReverseDns } from "../enrichment/reverse-dns";
import { SnapshotLoader } from "../indicators/load";
import { Snapshot } from "../indicators/snapshot";
import { S3Reader } from "../s3-object";
import { Environment, required } from "./settings";

/** What documents are enriched with: the `ENRICHMENT` variable, as JSON. */
interface Settings {
    readonly indicators?: boolean;
    readonly geo?: boolean;
    readonly networkInterfaces?: boolean;
    readonly reverseDns?: boolean;
    readonly ipApi?: false | { readonly baseUrl?: string };
    readonly originalEvent?: boolean;
}

const DEFAULTS: Settings = { indicators: true };

/** @throws Error when the variable is no JSON object */
function settingsOf(env: Environment): Settings {
    if (!env.ENRICHMENT) {
        return DEFAULTS;
    }
    try {
        return { ...DEFAULTS, ...(JSON.parse(env.ENRICHMENT) as Settings) };
    } catch {
        throw new Error("environment variable ENRICHMENT is no JSON object");
    }
}

/** Makes the enrichment of an execution environment, which keeps what it has learned until the indicators change. */
export class Enrichments {
    private readonly settings: Settings;
    private readonly loader: SnapshotLoader | undefined;
    private readonly addresses: readonly AddressEnricher[];
    private readonly resolvers: readonly AddressResolver[];
    private current?: { readonly enrichment: Enrichment; readonly snapshot: Snapshot | undefined };

    /** @param snapshots the bucket of snapshots and databases, in its own region */
    constructor(
        env: Environment,
        snapshots: S3Reader,
        ec2: () => Pick<EC2Client, "send"> = () => new EC2Client({}),
    ) {
        const settings = settingsOf(env);
        const bucket = required(env, "SNAPSHOT_BUCKET");
        this.settings = settings;
        this.loader = settings.indicators === false ? undefined : new SnapshotLoader(snapshots, bucket);
        this.addresses = [
            ...(settings.geo ? [new GeoLoader(snapshots, bucket)] : []),
            ...(settings.networkInterfaces
                ? [new NetworkInterfaces({ client: ec2(), region: env.AWS_REGION })]
                : []),
        ];
        this.resolvers = [
            ...(settings.reverseDns ? [new ReverseDns()] : []),
            // A database tells the same, and sooner.
            ...(settings.ipApi && !settings.geo ? [new IpApi({ url: settings.ipApi.baseUrl })] : []),
        ];
    }

    /** @throws what reading the snapshot throws when there is none to fall back to */
    async latest(): Promise<Enrichment> {
        const snapshot = await this.loader?.current();
        if (!this.current || this.current.snapshot !== snapshot) {
            const enrichment = new Enrichment({
                indicators: snapshot,
                addresses: this.addresses,
                resolvers: this.resolvers,
                keepOriginal: this.settings.originalEvent,
            });
            this.current = { enrichment, snapshot };
        }
        return this.current.enrichment;
    }
}
