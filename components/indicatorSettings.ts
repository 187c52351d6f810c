import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { readFileSync, statSync } from "node:fs";
import * as path from "node:path";
import { IndicatorSettings, SETTINGS_KEY } from "../functions/indicators/settings";
import { Environment } from "./environment";
import { PrivateBucket } from "./privateBucket";

export interface IndicatorSettingsArgs {
    readonly environment: Environment;
    readonly bucket: PrivateBucket;
    /** Feeds' definitions, with the ARNs of their secrets. */
    readonly feeds: pulumi.Input<IndicatorSettings["feeds"]>;
    readonly settings: Omit<IndicatorSettings, "feeds" | "warningLists">;
    /** Files of MISP warning lists on the machine that deploys. */
    readonly warningListFiles: readonly string[];
}

/**
 * Puts into the snapshot bucket what the deployment says about indicators, and the warning lists: more than environment
 * variables hold.
 * @throws Error when a file is no warning list
 */
export function indicatorSettings(
    name: string,
    args: IndicatorSettingsArgs,
    opts: pulumi.CustomResourceOptions,
): void {
    const object = {
        bucket: args.bucket.name,
        contentType: "application/json",
        serverSideEncryption: "aws:kms",
        kmsKeyId: args.environment.kmsKeyArn,
    };
    const warningLists = args.warningListFiles.map((file, index) => {
        const key = `settings/warning-list-${index}.json`;
        const source = new pulumi.asset.FileAsset(warningList(file));
        new aws.s3.BucketObjectv2(`${name}-warning-list-${index}`, { ...object, key, source }, opts);
        return key;
    });
    const content = pulumi.jsonStringify({ ...args.settings, feeds: args.feeds, warningLists });
    new aws.s3.BucketObjectv2(`${name}-settings`, { ...object, key: SETTINGS_KEY, content }, opts);
}

interface WarningListFile {
    readonly name?: unknown;
    readonly list?: unknown;
}

/** @returns the absolute path of a warning list; a wrong file is told now, not by a function that fails */
function warningList(file: string): string {
    const absolute = path.resolve(file);
    if (!statSync(absolute, { throwIfNoEntry: false })?.isFile()) {
        throw new Error(`syntheticsun:warningLists: there is no file ${absolute}`);
    }
    let content: WarningListFile | null | undefined;
    try {
        content = JSON.parse(readFileSync(absolute, "utf8")) as WarningListFile | null;
    } catch {
        // Told below.
    }
    if (typeof content?.name !== "string" || !Array.isArray(content.list)) {
        throw new Error(`syntheticsun:warningLists: ${absolute} is no MISP warning list`);
    }
    return absolute;
}
