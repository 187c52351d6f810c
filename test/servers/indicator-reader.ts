import { DynamoDBClient, paginateScan } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import { GetIPSetCommand, WAFV2Client } from "@aws-sdk/client-wafv2";
import { EnforcementReport } from "../../functions/enforcement/enforcement-report";
import { PlaceReport } from "../../functions/enforcement/place";
import { CURRENT_KEY, CurrentSnapshot } from "../../functions/indicators/current";
import { FeedState, stateKey } from "../../functions/indicators/feed-list";
import { Indicator } from "../../functions/indicators/indicator";
import { Snapshot } from "../../functions/indicators/snapshot";
import { fromItem } from "../../functions/indicators/table-item";
import { ACCOUNT, IndicatorCloud, REGION } from "./indicator-cloud";

/** All that blocks, and what it was made of. */
export interface InForce {
    /** Digest of the snapshot. */
    readonly sha256: string;
    /** Networks of WAF's IP sets, sorted. */
    readonly waf: readonly string[];
    /** Block lists by file name. */
    readonly lists: Readonly<Record<string, string>>;
}

/** Reads what a hub holds. */
export class IndicatorReader {
    constructor(protected readonly cloud: IndicatorCloud) {}

    async state(feed: string): Promise<FeedState> {
        return JSON.parse(await this.text(this.cloud.buckets.snapshots, stateKey(feed))) as FeedState;
    }

    async current(): Promise<CurrentSnapshot> {
        return JSON.parse(await this.text(this.cloud.buckets.snapshots, CURRENT_KEY)) as CurrentSnapshot;
    }

    async snapshot(): Promise<Snapshot> {
        const { key } = await this.current();
        return Snapshot.decode(await this.bytes(this.cloud.buckets.snapshots, key));
    }

    /** The IOC table, by value. */
    async table(): Promise<Map<string, Indicator>> {
        const found: Indicator[] = [];
        const client = this.cloud.client(DynamoDBClient);
        for await (const { Items = [] } of paginateScan({ client }, { TableName: this.cloud.tables.ioc })) {
            found.push(...Items.flatMap((item) => fromItem(item) ?? []));
        }
        found.sort((a, b) => (a.value < b.value ? -1 : 1));
        return new Map(found.map((indicator) => [indicator.value, indicator]));
    }

    /** Networks of each IP set. */
    async ipSets(): Promise<string[][]> {
        const client = this.cloud.client(WAFV2Client);
        const sets: string[][] = [];
        for (const { id, name } of [...this.cloud.ipv4Sets, ...this.cloud.ipv6Sets]) {
            const get = new GetIPSetCommand({ Id: id, Name: name, Scope: "REGIONAL" });
            sets.push((await client.send(get)).IPSet?.Addresses ?? []);
        }
        return sets;
    }

    /** What WAF's last enforcement reported. */
    async wafReport(): Promise<PlaceReport> {
        const report = await this.text(this.cloud.buckets.lake, `enforcement/${ACCOUNT}/${REGION}.json`);
        return (JSON.parse(report) as EnforcementReport).places[0];
    }

    async inForce(): Promise<InForce> {
        const Bucket = this.cloud.buckets.lists;
        const lists: Record<string, string> = {};
        for await (const { Contents = [] } of paginateListObjectsV2(
            { client: this.cloud.client(S3Client) },
            { Bucket },
        )) {
            for (const { Key = "" } of Contents) {
                lists[Key.replace("lists/", "")] = await this.text(Bucket, Key);
            }
        }
        return { sha256: (await this.current()).sha256, waf: (await this.ipSets()).flat().sort(), lists };
    }

    private async text(bucket: string, key: string): Promise<string> {
        return Buffer.from(await this.bytes(bucket, key)).toString("utf8");
    }

    private async bytes(Bucket: string, Key: string): Promise<Uint8Array> {
        const { Body } = await this.cloud.client(S3Client).send(new GetObjectCommand({ Bucket, Key }));
        return (await Body?.transformToByteArray()) ?? new Uint8Array();
    }
}
