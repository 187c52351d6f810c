import { readIfChanged, S3Reader } from "../s3-object";
import { readOwnAddresses } from "./own-addresses";
import { Safety } from "./safety";
import { IndicatorSettings } from "./settings";
import { WarningList } from "./warning-list";

/** Where the rules come from. */
export interface SafetySource {
    readonly s3: S3Reader;
    /** The snapshot bucket: it holds the warning lists. */
    readonly bucket: string;
    /** The lake, where each account writes its public addresses. */
    readonly lake?: { readonly s3: S3Reader; readonly bucket: string };
}

/**
 * Reads all that must never be blocked.
 * @throws Error when a warning list is missing or none: without it, harmless values would be blocked
 */
export async function loadSafety(settings: IndicatorSettings, source: SafetySource): Promise<Safety> {
    const warningLists = await Promise.all(
        settings.warningLists.map((key) => readWarningList(source.s3, source.bucket, key)),
    );
    const own = source.lake && (await readOwnAddresses(source.lake.s3, source.lake.bucket));
    for (const problem of own?.problems ?? []) {
        console.warn(JSON.stringify({ event: "own-addresses-not-read", problem }));
    }
    return new Safety({
        allowList: settings.allowList,
        ownAddresses: own?.addresses,
        warningLists,
        widest: settings.widest,
        allowDocumentation: settings.allowDocumentation,
    });
}

async function readWarningList(s3: S3Reader, bucket: string, key: string): Promise<WarningList> {
    const answer = await readIfChanged(s3, bucket, key);
    if (answer.state !== "read") {
        throw new Error(`warning list s3://${bucket}/${key} is missing: deploy the hub again`);
    }
    try {
        return new WarningList(Buffer.from(answer.body).toString("utf8"));
    } catch (error) {
        throw new Error(`s3://${bucket}/${key}: ${error instanceof Error ? error.message : String(error)}`);
    }
}
