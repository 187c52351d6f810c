import type { AwsSecurityFinding } from "@aws-sdk/client-securityhub";
import assert from "node:assert/strict";
import { isIP } from "node:net";

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;
const TYPES =
    /^(Software and Configuration Checks|TTPs|Effects|Unusual Behaviors|Sensitive Data Identifications)(\/[^/]+){0,2}$/;
const LABELS = ["INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL"];
const INDICATORS = ["DOMAIN", "IPV4_ADDRESS", "IPV6_ADDRESS", "URL"];
const MEMBERS = new Set([
    ...[
        "SchemaVersion",
        "Id",
        "ProductArn",
        "GeneratorId",
        "AwsAccountId",
        "Types",
        "CreatedAt",
        "UpdatedAt",
    ],
    ...["FirstObservedAt", "LastObservedAt", "Severity", "Title", "Description", "Resources", "Network"],
    ...["ThreatIntelIndicators", "ProductFields", "RecordState"],
]);

function length(value: string | undefined, most: number, what: string): void {
    assert.ok(value !== undefined && value.trim().length > 0 && value.length <= most, `${what}: ${value}`);
}

/** Holds a finding against the limits of the AWS Security Finding Format, which no emulator checks. */
export function assertValidFinding(finding: AwsSecurityFinding, accountId: string, region: string): void {
    assert.deepEqual(
        Object.keys(finding).filter((member) => !MEMBERS.has(member)),
        [],
    );
    assert.equal(finding.SchemaVersion, "2018-10-08");
    length(finding.Id, 512, "Id");
    assert.equal(
        finding.ProductArn,
        `arn:aws:securityhub:${region}:${accountId}:product/${accountId}/default`,
    );
    length(finding.GeneratorId, 512, "GeneratorId");
    assert.equal(finding.AwsAccountId, accountId);
    assert.ok(finding.Types && finding.Types.length >= 1 && finding.Types.length <= 50);
    finding.Types.forEach((type) => assert.match(type, TYPES));
    for (const member of ["CreatedAt", "UpdatedAt", "FirstObservedAt", "LastObservedAt"] as const) {
        assert.match(finding[member] ?? "", TIME, member);
    }
    assert.ok(LABELS.includes(finding.Severity?.Label ?? ""));
    length(finding.Title, 256, "Title");
    length(finding.Description, 1024, "Description");
    assert.equal(finding.Resources?.length, 1);
    length(finding.Resources![0].Type, 256, "Resources.Type");
    length(finding.Resources![0].Id, 512, "Resources.Id");
    assert.ok(finding.ThreatIntelIndicators && finding.ThreatIntelIndicators.length <= 5);
    for (const { Type, Value, Source, LastObservedAt } of finding.ThreatIntelIndicators) {
        assert.ok(INDICATORS.includes(Type ?? ""));
        length(Value, 512, "ThreatIntelIndicators.Value");
        length(Source, 64, "ThreatIntelIndicators.Source");
        assert.match(LastObservedAt ?? "", TIME);
    }
    const network = finding.Network;
    if (network) {
        assert.ok(["IN", "OUT"].includes(network.Direction ?? ""));
        for (const [member, family] of [
            ["SourceIpV4", 4],
            ["SourceIpV6", 6],
            ["DestinationIpV4", 4],
            ["DestinationIpV6", 6],
        ] as const) {
            assert.ok(network[member] === undefined || isIP(network[member]) === family, network[member]);
        }
        assert.ok(network.Protocol === undefined || network.Protocol.length <= 16);
    }
    for (const [name, value] of Object.entries(finding.ProductFields ?? {})) {
        length(name, 128, "ProductFields");
        assert.ok(value.length <= 2048, name);
    }
    assert.ok(Buffer.byteLength(JSON.stringify(finding)) < 240_000);
}
