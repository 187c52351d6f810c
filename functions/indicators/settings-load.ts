import { S3Reader } from "../s3-object";
import { IndicatorSettings, SETTINGS_KEY } from "./settings";
import { readJson } from "./stored-json";

/** @throws Error when the snapshot bucket has no settings, or damaged ones */
export async function loadSettings(s3: S3Reader, bucket: string): Promise<IndicatorSettings> {
    const settings = await readJson<IndicatorSettings>(s3, bucket, SETTINGS_KEY);
    if (!settings) {
        throw new Error(`s3://${bucket}/${SETTINGS_KEY} is missing: deploy the hub again`);
    }
    return settings;
}
