import { gzipSync } from "node:zlib";
import { SourceKind } from "../../config/sources";
import { albTraffic } from "./alb";
import { apigatewayTraffic } from "./apigateway";
import { batches } from "./batches";
import { CLOUDFRONT_HEADER, cloudfrontTraffic } from "./cloudfront";
import { cloudtrailDigest, cloudtrailTraffic } from "./cloudtrail";
import { guarddutyTraffic } from "./guardduty";
import { FileName, KEYS } from "./keys";
import { nlbTraffic } from "./nlb";
import { route53Traffic } from "./route53";
import { s3accessTraffic } from "./s3access";
import { securityhubTraffic } from "./securityhub";
import { suricataTraffic } from "./suricata";
import { Expected, sumOf, Traffic, TrafficOptions } from "./traffic";
import { FLOW_HEADERS, vpcflowTraffic } from "./vpcflow";
import { wafTraffic } from "./waf";

/** An object in a bucket. */
export interface ObjectParcel {
    readonly to: "bucket";
    readonly key: string;
    readonly body: Buffer;
}

/** Events of a log stream, no more than CloudWatch Logs takes at once. */
export interface EventsParcel {
    readonly to: "logGroup";
    readonly stream: string;
    readonly messages: readonly string[];
    /** Time of the events, Unix milliseconds. */
    readonly time: number;
}

/** An event on the account's event bus. */
export interface BusParcel {
    readonly to: "eventBus";
    readonly source: string;
    readonly detailType: string;
    readonly detail: string;
}

/** What a service hands over at once. */
export type Parcel = ObjectParcel | EventsParcel | BusParcel;

/** Traffic of one kind on its way. */
export interface Lot {
    readonly parcels: readonly Parcel[];
    readonly expected: Expected;
}

/**
 * Makes traffic of a kind the way its service delivers it: in files, as events of a log group, or on the event bus; of a
 * kind that comes in two ways, in both.
 */
export function lotOf(kind: SourceKind, options: TrafficOptions): Lot {
    const lots = MAKERS[kind](options);
    return {
        parcels: lots.flatMap(({ parcels }) => parcels),
        expected: sumOf(lots.map(({ expected }) => expected)),
    };
}

const MAKERS: Readonly<Record<SourceKind, (options: TrafficOptions) => Lot[]>> = {
    cloudtrail: (options) => [
        ...files(options, cloudtrailTraffic, (name, records) => ({
            key: KEYS.cloudtrail(name),
            body: gzipSync(`{"Records":[${records.join(",")}]}`),
        })),
        file(options, cloudtrailDigest(options), (name, [record]) => ({
            key: KEYS.cloudtrailDigest(name),
            body: gzipSync(record),
        })),
    ],
    vpcflow: (options) => [
        events(part(options, 0.9), vpcflowTraffic, "eni-0a1b2c3d4e5f60718-all"),
        file(options, vpcflowTraffic(part(options, 0.1), "custom"), (name, records) => ({
            key: KEYS.vpcflow(name),
            body: gzipLines([FLOW_HEADERS.custom, ...records]),
        })),
    ],
    alb: (options) => files(options, albTraffic, lines(KEYS.alb)),
    nlb: (options) => files(options, nlbTraffic, lines(KEYS.nlb)),
    waf: (options) => files(options, wafTraffic, lines(KEYS.waf)),
    apigateway: (options) => [events(options, apigatewayTraffic, "a1b2c3d4e5-prod")],
    suricata: (options) => [
        events(part(options, 0.5), suricataTraffic, "sensor-1"),
        file(options, suricataTraffic(part(options, 0.5)), lines(KEYS.suricata)),
    ],
    securityhub: (options) => [
        findings(securityhubTraffic(options), 3, (records) => ({
            source: "aws.securityhub",
            detailType: "Security Hub Findings - Imported",
            detail: `{"findings":[${records.join(",")}]}`,
        })),
    ],
    guardduty: (options) => [
        findings(guarddutyTraffic(options), 1, ([record]) => ({
            source: "aws.guardduty",
            detailType: "GuardDuty Finding",
            detail: record,
        })),
    ],
    route53: (options) => [
        events(part(options, 0.5), route53Traffic, "vpc-0a1b2c3d4e5f60718"),
        file(options, route53Traffic(part(options, 0.5)), lines(KEYS.route53)),
    ],
    s3access: (options) =>
        files(options, s3accessTraffic, (name, records) => ({
            key: KEYS.s3access(name),
            body: Buffer.from(`${records.join("\n")}\n`),
        })),
    cloudfront: (options) => [
        file(options, cloudfrontTraffic(part(options, 0.5), "w3c"), (name, records) => ({
            key: KEYS.cloudfront(name),
            body: gzipLines([...CLOUDFRONT_HEADER, ...records]),
        })),
        file(options, cloudfrontTraffic(part(options, 0.5), "json"), lines(KEYS.cloudfront)),
    ],
};

/** Records of a file, and of a log stream, at most. */
const RECORDS_PER_FILE = 2500;

type Maker = (options: TrafficOptions) => Traffic;
type Packer = (name: FileName, records: readonly string[]) => Pick<ObjectParcel, "key" | "body">;

/** A share of the records, and of those that are broken. */
function part(options: TrafficOptions, share: number): TrafficOptions {
    return {
        ...options,
        count: Math.round(options.count * share),
        broken: Math.round(options.broken * share),
    };
}

/** Gzip files of lines. */
function lines(key: (name: FileName) => string): Packer {
    return (name, records) => ({ key: key(name), body: gzipLines(records) });
}

function gzipLines(records: readonly string[]): Buffer {
    return gzipSync(`${records.join("\n")}\n`, { level: 1 });
}

/** As many files as the records need. */
function files(options: TrafficOptions, make: Maker, pack: Packer): Lot[] {
    const count = Math.ceil(options.count / RECORDS_PER_FILE);
    return Array.from({ length: count }, () => file(options, make(part(options, 1 / count)), pack));
}

function file(options: TrafficOptions, { records, expected }: Traffic, pack: Packer): Lot {
    const { accountId, region, until, random } = options;
    const name = { accountId, region, time: new Date(until), unique: random.hex(16) };
    return { parcels: [{ to: "bucket", ...pack(name, records) }], expected };
}

function events(options: TrafficOptions, make: Maker, stream: string): Lot {
    const { records, expected } = make(options);
    const { until } = options;
    // Another run writes another stream: what a stream's records are called depends on where they stand in it.
    return {
        parcels: [...batches(records)].map((messages) => ({
            to: "logGroup",
            stream: `${stream}-${until}`,
            messages,
            time: until,
        })),
        expected,
    };
}

function findings(
    { records, expected }: Traffic,
    perEvent: number,
    pack: (records: readonly string[]) => Omit<BusParcel, "to">,
): Lot {
    const parcels: BusParcel[] = [];
    for (let at = 0; at < records.length; at += perEvent) {
        parcels.push({ to: "eventBus", ...pack(records.slice(at, at + perEvent)) });
    }
    return { parcels, expected };
}
