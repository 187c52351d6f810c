import * as sdk from "@aws-sdk/client-securityhub";
import { isIPv4, isIPv6 } from "node:net";

/** Who imports, and where. */
export interface Importer {
    readonly account: string;
    readonly region: string;
}

type Check = (value: unknown) => boolean;

/** Bounds of a finding (Security Hub user guide, "AWS Security Finding Format"). The types are checked by the model. */
const MAX_FINDING_BYTES = 240 * 1024;
const length =
    (most: number): Check =>
    (value) =>
        typeof value === "string" && value.length >= 1 && value.length <= most;
const count =
    (most: number, each: Check = () => true): Check =>
    (value) =>
        Array.isArray(value) && value.length <= most && value.every(each);
const oneOf =
    (values: object): Check =>
    (value) =>
        Object.values(values).includes(value);
const whole =
    (least: number, most: number): Check =>
    (value) =>
        Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
const time: Check = (value) =>
    typeof value === "string" &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)$/.test(value) &&
    !Number.isNaN(Date.parse(value));
const type: Check = (value) =>
    /^(Software and Configuration Checks|TTPs|Effects|Unusual Behaviors|Sensitive Data Identifications)(\/[^/]+){0,2}$/.test(
        String(value),
    );
const fields =
    (most: number, valueLength: number): Check =>
    (value) => {
        const entries = Object.entries(value as object);
        return (
            entries.length <= most &&
            entries.every(([key, text]) => key.length <= 128 && String(text).length <= valueLength)
        );
    };
const port = whole(0, 65_535);

/** What is wrong, by path in a finding. `[]` is each of a list. */
const CHECKS: readonly (readonly [string, Check, string])[] = [
    ["SchemaVersion", (value) => value === "2018-10-08", "must be 2018-10-08"],
    ["Id", length(512), "must have 1 to 512 characters"],
    ["GeneratorId", length(512), "must have 1 to 512 characters"],
    ["Title", length(256), "must have 1 to 256 characters"],
    ["Description", length(1024), "must have 1 to 1024 characters"],
    ["CreatedAt", time, "must be an ISO 8601 time"],
    ["UpdatedAt", time, "must be an ISO 8601 time"],
    ["FirstObservedAt", time, "must be an ISO 8601 time"],
    ["LastObservedAt", time, "must be an ISO 8601 time"],
    ["Types", count(50, type), "must be of namespace/category/classifier, at most 50"],
    [
        "Severity.Label",
        oneOf(sdk.SeverityLabel),
        `must be one of ${Object.values(sdk.SeverityLabel).join(", ")}`,
    ],
    ["Severity.Normalized", whole(0, 100), "must be 0 to 100"],
    ["Severity.Original", length(64), "must have 1 to 64 characters"],
    ["Confidence", whole(0, 100), "must be 0 to 100"],
    ["Criticality", whole(0, 100), "must be 0 to 100"],
    ["ProductFields", fields(50, 2048), "must be 50 at most, of 128 and 2048 characters"],
    ["UserDefinedFields", fields(50, 1024), "must be 50 at most, of 128 and 1024 characters"],
    ["RecordState", oneOf(sdk.RecordState), "must be ACTIVE or ARCHIVED"],
    ["Workflow.Status", oneOf(sdk.WorkflowStatus), "must be NEW, NOTIFIED, RESOLVED or SUPPRESSED"],
    ["VerificationState", oneOf(sdk.VerificationState), "is not one of the states"],
    ["RelatedFindings", count(10), "must be 10 at most"],
    ["Remediation.Recommendation.Text", length(512), "must have 1 to 512 characters"],
    ["Resources", count(32), "must be 1 to 32"],
    ["Resources", (value) => (value as unknown[]).length > 0, "must be 1 to 32"],
    ["Resources[].Id", length(512), "must have 1 to 512 characters"],
    ["Resources[].Partition", oneOf(sdk.Partition), "must be aws, aws-cn or aws-us-gov"],
    ["Resources[].Tags", fields(50, 256), "must be 50 at most, of 128 and 256 characters"],
    ["Network.Direction", oneOf(sdk.NetworkDirection), "must be IN or OUT"],
    ["Network.Protocol", length(16), "must have 1 to 16 characters"],
    ["Network.SourceIpV4", (value) => isIPv4(String(value)), "must be an IPv4 address"],
    ["Network.DestinationIpV4", (value) => isIPv4(String(value)), "must be an IPv4 address"],
    ["Network.SourceIpV6", (value) => isIPv6(String(value)), "must be an IPv6 address"],
    ["Network.DestinationIpV6", (value) => isIPv6(String(value)), "must be an IPv6 address"],
    ["Network.SourcePort", port, "must be 0 to 65535"],
    ["Network.DestinationPort", port, "must be 0 to 65535"],
    ["Network.SourceDomain", length(128), "must have 1 to 128 characters"],
    ["Network.DestinationDomain", length(128), "must have 1 to 128 characters"],
    ["ThreatIntelIndicators", count(5), "must be 5 at most"],
    ["ThreatIntelIndicators[].Type", oneOf(sdk.ThreatIntelIndicatorType), "is not one of the types"],
    ["ThreatIntelIndicators[].Value", length(512), "must have 1 to 512 characters"],
    [
        "ThreatIntelIndicators[].Category",
        oneOf(sdk.ThreatIntelIndicatorCategory),
        "is not one of the categories",
    ],
    ["ThreatIntelIndicators[].LastObservedAt", time, "must be an ISO 8601 time"],
    ["ThreatIntelIndicators[].Source", length(64), "must have 1 to 64 characters"],
    ["ThreatIntelIndicators[].SourceUrl", (value) => URL.canParse(String(value)), "must be a URL"],
];

/** @returns what is wrong with a finding, undefined for one that Security Hub takes */
export function problemOf(
    finding: sdk.AwsSecurityFinding,
    { account, region }: Importer,
): string | undefined {
    if (finding.AwsAccountId !== account) {
        return `AwsAccountId must be the caller's, ${account}`;
    }
    const products = new RegExp(`^arn:aws:securityhub:${region}:${account}:product/${account}/default$`);
    if (!products.test(String(finding.ProductArn))) {
        return `ProductArn must be arn:aws:securityhub:${region}:${account}:product/${account}/default`;
    }
    if (finding.Severity?.Label === undefined && finding.Severity?.Normalized === undefined) {
        return "Severity must have a Label or Normalized";
    }
    if (Buffer.byteLength(JSON.stringify(finding)) > MAX_FINDING_BYTES) {
        return "the finding has more than 240 KB";
    }
    for (const [path, check, must] of CHECKS) {
        if (valuesAt(finding, path).some((value) => !check(value))) {
            return `${path} ${must}`;
        }
    }
    return undefined;
}

/** What is there at a path; nothing where something on the way is missing. */
function valuesAt(finding: object, path: string): unknown[] {
    let values: unknown[] = [finding];
    for (const step of path.split(".")) {
        const name = step.replace("[]", "");
        values = values
            .map((value) => (value as Record<string, unknown>)[name])
            .filter((value) => value !== undefined);
        values = step.endsWith("[]") ? values.flat() : values;
    }
    return values;
}
