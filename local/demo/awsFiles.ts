import * as fs from "node:fs";
import * as path from "node:path";
import { gunzipSync } from "node:zlib";
import { SourceKind } from "../../config/sources";

/** A log file, named as its writer names it. */
export interface AwsFile {
    readonly path: string;
    readonly kind: SourceKind;
    /** What its name tells. */
    readonly accountId?: string;
    readonly region?: string;
    /** Key of the object in a spoke's bucket, below `AWSLogs/<account>/` where the service has a folder there. */
    readonly key: string;
    readonly hasFolder: boolean;
}

export interface AwsFiles {
    readonly files: readonly AwsFile[];
    /** Files that no source here reads, each with the reason. */
    readonly unknown: readonly string[];
}

/** Folders of the services below `AWSLogs/<account>/`. */
const SERVICES: Readonly<Record<string, SourceKind>> = {
    cloudtrail: "cloudtrail",
    "cloudtrail-digest": "cloudtrail",
    "cloudtrail-insight": "cloudtrail",
    cloudfront: "cloudfront",
    elasticloadbalancing: "alb",
    vpcdnsquerylogs: "route53",
    vpcflowlogs: "vpcflow",
    waflogs: "waf",
};

const BELOW_AWS_LOGS = /(?:^|\/)AWSLogs\/(?:o-[a-z0-9]+\/)?(\d{12})\/(([^/]+)\/.+)$/;
const REGION = /^[^/]+\/([a-z]{2}(?:-[a-z]+)+-\d)\//;
const NETWORK_LOAD_BALANCER = /_elasticloadbalancing_[^/]*_net\.[^/]*$/;

/** How files are named, for those that lie anywhere. */
interface Naming {
    readonly kind: SourceKind;
    readonly pattern: RegExp;
    /** Folder of the service below `AWSLogs/<account>/`. */
    readonly folder?: string;
}

const NAMINGS: readonly Naming[] = [
    {
        kind: "cloudtrail",
        pattern: /^(?<account>\d{12})_CloudTrail-Digest_(?<region>[a-z0-9-]+)_.*\.json(?:\.gz)?$/,
        folder: "CloudTrail-Digest",
    },
    {
        kind: "cloudtrail",
        pattern: /^(?<account>\d{12})_CloudTrail(?:-Insight)?_(?<region>[a-z0-9-]+)_.*\.json(?:\.gz)?$/,
        folder: "CloudTrail",
    },
    {
        kind: "vpcflow",
        pattern: /^(?<account>\d{12})_vpcflowlogs_(?<region>[a-z0-9-]+)_.*\.log(?:\.gz)?$/,
        folder: "vpcflowlogs",
    },
    {
        kind: "alb",
        pattern:
            /^(?:conn_log\.)?(?<account>\d{12})_elasticloadbalancing_(?<region>[a-z0-9-]+)_.*\.log(?:\.gz)?$/,
        folder: "elasticloadbalancing",
    },
    {
        kind: "waf",
        pattern: /^(?:aws-waf-logs-|(?<account>\d{12})_waflogs_(?<region>[a-z0-9-]+)_)/,
        folder: "WAFLogs",
    },
    {
        kind: "route53",
        pattern: /^vpc-[0-9a-f]+_vpcdnsquerylogs_(?<account>\d{12})_.*\.log(?:\.gz)?$/,
        folder: "vpcdnsquerylogs",
    },
    {
        // EMLARXS9EXAMPLE.2026-11-24-14.RT4KCN4SGK9.gz
        kind: "cloudfront",
        pattern: /^E[0-9A-Z]+\.\d{4}(?:-\d{2}){3}\.[0-9A-Za-z]{8,}\.gz$/,
        folder: "CloudFront",
    },
    // 2026-11-24-14-31-07-0123456789ABCDEF
    { kind: "s3access", pattern: /^\d{4}(?:-\d{2}){5}-[0-9A-F]{16}$/ },
    { kind: "suricata", pattern: /^eve\b.*\.json(?:\.gz)?$/ },
];

/** Finds the log files below a folder. Nothing here is fatal. */
export function findAwsFiles(root: string): AwsFiles {
    const files: AwsFile[] = [];
    const unknown: string[] = [];
    for (const entry of fs.readdirSync(root, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) {
            continue;
        }
        const file = path.join(entry.parentPath, entry.name);
        const found = recognize(file.split(path.sep).join("/"), entry.name);
        if (typeof found === "string") {
            unknown.push(`${file}: ${found}`);
        } else {
            files.push({ path: file, ...found });
        }
    }
    files.sort((a, b) => (a.path < b.path ? -1 : 1));
    return { files, unknown: unknown.sort() };
}

/** @returns what the file is, or why it is none of ours */
function recognize(file: string, name: string): Omit<AwsFile, "path"> | string {
    const below = BELOW_AWS_LOGS.exec(file);
    const naming = NAMINGS.find(({ pattern }) => pattern.test(name));
    const kind = below ? SERVICES[below[3].toLowerCase()] : naming?.kind;
    if (kind === undefined) {
        return below ? `no source here reads ${below[3]}` : "not named like a log file that AWS writes";
    }
    const { account, region } = naming?.pattern.exec(name)?.groups ?? {};
    const folder = below ? undefined : naming?.folder;
    const path = region === undefined ? name : `${region}/${name}`;
    return {
        kind: kind === "alb" && NETWORK_LOAD_BALANCER.test(name) ? "nlb" : kind,
        accountId: below?.[1] ?? account,
        region: (below && REGION.exec(below[2])?.[1]) ?? region,
        key: below?.[2] ?? (folder === undefined ? name : `${folder}/${path}`),
        hasFolder: below !== null || folder !== undefined,
    };
}

/** Counts the records of files. */
export class RecordCounter {
    private readonly eventIds = new Set<string>();

    /** @throws Error for a gzip file that is damaged or cut off: how many records it had is not to be known then */
    count(kind: SourceKind, file: Buffer): number {
        const bytes = file[0] === 0x1f && file[1] === 0x8b ? gunzipSync(file) : file;
        const text = bytes.toString("utf8");
        return kind === "cloudtrail"
            ? this.countEvents(text)
            : text.split("\n").filter((line) => /\S/.test(line) && !isHeader(kind, line)).length;
    }

    /** An event that trails write several times is one document. A digest is one record. */
    private countEvents(text: string): number {
        const { Records } = JSON.parse(text) as { Records?: readonly { readonly eventID?: string }[] };
        return Records === undefined ? 1 : Records.filter(({ eventID }) => this.isNew(eventID)).length;
    }

    private isNew(eventId: string | undefined): boolean {
        const isKnown = eventId !== undefined && this.eventIds.has(eventId);
        if (eventId !== undefined) {
            this.eventIds.add(eventId);
        }
        return !isKnown;
    }
}

function isHeader(kind: SourceKind, line: string): boolean {
    return kind === "vpcflow"
        ? /^[a-z].*\b(?:account-id|srcaddr)\b/.test(line)
        : kind === "cloudfront" && line.startsWith("#");
}
