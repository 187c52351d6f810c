import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { statSync } from "node:fs";
import * as path from "node:path";
import { componentType, Statement } from "./naming";

/** Files in MaxMind's format, on the machine that deploys. */
export interface GeoFiles {
    readonly city?: string;
    readonly asn?: string;
    readonly cityIpv6?: string;
    readonly asnIpv6?: string;
}

export interface GeoDatabasesArgs {
    readonly bucketName: pulumi.Input<string>;
    readonly kmsKeyArn: pulumi.Input<string>;
    readonly files: GeoFiles;
}

const PREFIX = "geo/";

/** Where functions look for each file. */
const KEYS: Readonly<Record<keyof GeoFiles, string>> = {
    city: `${PREFIX}city.mmdb`,
    asn: `${PREFIX}asn.mmdb`,
    cityIpv6: `${PREFIX}city-ipv6.mmdb`,
    asnIpv6: `${PREFIX}asn-ipv6.mmdb`,
};

/** The geographic databases that spokes enrich with, as objects beside the indicator snapshots. */
export class GeoDatabases extends pulumi.ComponentResource {
    /**
     * @param name The _unique_ name of the databases.
     * @throws Error when a file is not there
     */
    constructor(name: string, args: GeoDatabasesArgs, opts?: pulumi.ComponentResourceOptions) {
        super(componentType("storage", "GeoDatabases"), name, {}, opts);
        for (const which of Object.keys(KEYS) as (keyof GeoFiles)[]) {
            const file = args.files[which];
            if (file !== undefined) {
                new aws.s3.BucketObjectv2(
                    `${name}-${which}`,
                    {
                        bucket: args.bucketName,
                        key: KEYS[which],
                        source: new pulumi.asset.FileAsset(existing(which, file)),
                        contentType: "application/octet-stream",
                        serverSideEncryption: "aws:kms",
                        kmsKeyId: args.kmsKeyArn,
                    },
                    { parent: this },
                );
            }
        }
        this.registerOutputs();
    }
}

/** What a reader of the databases needs beside the right to list the bucket. */
export function geoRead(bucketArn: pulumi.Input<string>): Statement {
    return { Effect: "Allow", Action: "s3:GetObject", Resource: pulumi.interpolate`${bucketArn}/${PREFIX}*` };
}

function existing(which: string, file: string): string {
    const absolute = path.resolve(file);
    if (!statSync(absolute, { throwIfNoEntry: false })?.isFile()) {
        throw new Error(`syntheticsun:geo.${which}: there is no file ${absolute}`);
    }
    return absolute;
}
