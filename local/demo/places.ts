import { CreateDetectorCommand, GuardDutyClient, ListDetectorsCommand } from "@aws-sdk/client-guardduty";
import { S3Client } from "@aws-sdk/client-s3";
import {
    EnableSecurityHubCommand,
    paginateGetFindings,
    ResourceConflictException,
    SecurityHubClient,
} from "@aws-sdk/client-securityhub";
import type { EnforcementReport } from "../../functions/enforcement/enforcement-report";
import type { PlaceReport } from "../../functions/enforcement/place";
import { readJson } from "../../functions/indicators/stored-json";
import { LocalAccount } from "../accounts";
import { DemoContext, settingsIn, Spoke } from "./context";
import { until } from "./until";

/**
 * Switches on what an account has before SyntheticSun: Security Hub, and GuardDuty.
 * @returns the id of its detector
 */
export async function switchOnDetection(context: DemoContext, account: LocalAccount): Promise<string> {
    try {
        await new SecurityHubClient(serviceSettings(context, account)).send(new EnableSecurityHubCommand({}));
    } catch (error) {
        if (!(error instanceof ResourceConflictException)) {
            throw error;
        }
    }
    const client = new GuardDutyClient(serviceSettings(context, account));
    const { DetectorIds = [] } = await client.send(new ListDetectorsCommand({}));
    if (DetectorIds.length > 0) {
        return DetectorIds[0];
    }
    const { DetectorId } = await client.send(new CreateDetectorCommand({ Enable: true }));
    return DetectorId!;
}

/**
 * Waits until a spoke has enforced a snapshot everywhere.
 * @returns what its places reported
 */
export function waitForPlaces(
    context: DemoContext,
    { account }: Spoke,
    version: string | number,
): Promise<readonly PlaceReport[]> {
    const s3 = new S3Client(settingsIn(context));
    const { id, region } = account;
    return until(`the report that ${id} ${region} has enforced version ${version}`, 120_000, async () => {
        const key = `enforcement/${id}/${region}.json`;
        const report = await readJson<EnforcementReport>(s3, context.hub.lakeBucketName, key);
        return report?.version === version && report.failed.length === 0 ? report.places : undefined;
    });
}

/** Findings that a spoke's functions have imported into Security Hub. */
export async function countFindings(context: DemoContext, account: LocalAccount): Promise<number> {
    const client = new SecurityHubClient(serviceSettings(context, account));
    const active = { RecordState: [{ Value: "ACTIVE", Comparison: "EQUALS" as const }] };
    let count = 0;
    for await (const { Findings = [] } of paginateGetFindings(
        { client },
        { Filters: active, MaxResults: 100 },
    )) {
        count += Findings.length;
    }
    return count;
}

/** The account's root, at the stand-in for services that no emulator has. */
function serviceSettings(context: DemoContext, account: LocalAccount) {
    return {
        endpoint: context.cloud.servicesEndpoint,
        region: account.region,
        credentials: { accessKeyId: account.id, secretAccessKey: "local" },
    };
}
