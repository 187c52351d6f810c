import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { PlaceReport } from "./place";

/** Object `enforcement/<account>/<name>.json` of the lake: what the last run of an account and region did. */
export interface EnforcementReport {
    /** Of the snapshot that was enforced. */
    readonly version: string;
    readonly sha256: string;
    /** ISO 8601. */
    readonly at: string;
    /** `room` of each with its list is what `holdings` needs to say where an indicator is enforced. */
    readonly places: readonly PlaceReport[];
    readonly failed: readonly { readonly place: string; readonly error: string }[];
}

export interface ReportTarget {
    readonly s3: Pick<S3Client, "send">;
    readonly bucket: string;
    readonly accountId: string;
    /** The region, or the region and what reports beside it. */
    readonly name: string;
    readonly kmsKeyId?: string;
}

export async function writeReport(target: ReportTarget, report: EnforcementReport): Promise<void> {
    const { s3, bucket, accountId, name, kmsKeyId } = target;
    await s3.send(
        new PutObjectCommand({
            Bucket: bucket,
            Key: `enforcement/${accountId}/${name}.json`,
            Body: JSON.stringify(report),
            ContentType: "application/json",
            ...(kmsKeyId ? { ServerSideEncryption: "aws:kms", SSEKMSKeyId: kmsKeyId } : {}),
        }),
    );
}
