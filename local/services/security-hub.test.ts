import {
    AwsSecurityFinding,
    BatchImportFindingsCommand,
    BatchUpdateFindingsCommand,
    DescribeHubCommand,
    EnableSecurityHubCommand,
    GetFindingsCommand,
    GetFindingsCommandInput,
    SecurityHubClient,
} from "@aws-sdk/client-securityhub";
import assert from "node:assert/strict";
import { ACCOUNT, REGION, TestServices } from "./testing";

function finding(Id: string, more: object = {}): AwsSecurityFinding {
    return {
        SchemaVersion: "2018-10-08",
        Id,
        ProductArn: `arn:aws:securityhub:${REGION}:${ACCOUNT}:product/${ACCOUNT}/default`,
        GeneratorId: "known-bad",
        AwsAccountId: ACCOUNT,
        Types: ["TTPs/Command and Control"],
        CreatedAt: "2026-11-01T00:00:00Z",
        UpdatedAt: "2026-11-01T00:00:00Z",
        Severity: { Label: "HIGH" },
        Title: "Traffic with a known bad address",
        Description: "It was let through.",
        Resources: [{ Type: "AwsEc2Instance", Id: "i-1" }],
        Network: { Direction: "OUT", DestinationIpV4: "198.18.0.1", DestinationPort: 443 },
        ThreatIntelIndicators: [
            { Type: "IPV4_ADDRESS", Value: "198.18.0.1", LastObservedAt: "2026-11-01T00:00:00Z" },
        ],
        ...more,
    };
}

describe("Security Hub of the local cloud", () => {
    let services: TestServices;
    let client: SecurityHubClient;

    beforeEach(async () => {
        services = await TestServices.start();
        client = new SecurityHubClient(services.client());
        await client.send(new EnableSecurityHubCommand({}));
    });
    afterEach(() => services.stop());

    const load = (...Findings: AwsSecurityFinding[]) =>
        client.send(new BatchImportFindingsCommand({ Findings }));
    const ids = async (input: GetFindingsCommandInput = {}) =>
        (await client.send(new GetFindingsCommand(input))).Findings?.map(({ Id }) => Id);

    it("is there for those who enabled it", async () => {
        assert.match((await client.send(new DescribeHubCommand({}))).HubArn ?? "", /hub\/default$/);
        const other = new SecurityHubClient(services.client("333333333333"));
        await assert.rejects(other.send(new DescribeHubCommand({})), { name: "InvalidAccessException" });
    });

    it("takes good findings and says what is wrong with each of the others", async () => {
        const wrong: readonly (readonly [string, object])[] = [
            ["Title", { Title: "x".repeat(257) }],
            ["Title", { Title: undefined }],
            ["Description", { Description: "x".repeat(1025) }],
            ["CreatedAt", { CreatedAt: "yesterday" }],
            ["AwsAccountId", { AwsAccountId: "333333333333" }],
            ["ProductArn", { ProductArn: "arn:aws:securityhub:us-east-1::product/aws/guardduty" }],
            ["Severity", { Severity: { Label: "TERRIBLE" } }],
            ["Types", { Types: ["Bad things"] }],
            ["Resources", { Resources: [] }],
            ["Resources", { Resources: [{ Type: "Other" }] }],
            ["Network", { Network: { DestinationIpV4: "198.18.0.1/32" } }],
            ["Network", { Network: { DestinationPort: 70_000 } }],
            ["ThreatIntelIndicators", { ThreatIntelIndicators: [{ Type: "IPV4" }] }],
            ["ThreatIntelIndicators", { ThreatIntelIndicators: Array(6).fill({ Type: "DOMAIN" }) }],
            ["ProductFields", { ProductFields: { a: 5 } }],
        ];
        const bad = wrong.map(([, more], index) => finding(`bad-${index}`, more));
        const answer = await load(finding("good"), ...bad);
        assert.deepEqual([answer.SuccessCount, answer.FailedCount], [1, wrong.length]);
        for (const [index, [member]] of wrong.entries()) {
            const failed = answer.FailedFindings?.[index];
            assert.deepEqual([failed?.Id, failed?.ErrorCode], [`bad-${index}`, "InvalidInput"]);
            assert.ok(failed?.ErrorMessage?.startsWith(member), failed?.ErrorMessage);
        }
        assert.deepEqual(await ids(), ["good"]);
    });

    it("takes 100 findings a call", async () => {
        const many = Array.from({ length: 101 }, (_, index) => finding(`f-${index}`));
        await assert.rejects(load(...many), { name: "InvalidInputException" });
        assert.equal((await load(...many.slice(1))).SuccessCount, 100);
    });

    it("updates a finding of the same id", async () => {
        await load(finding("one"));
        await load(finding("one", { Title: "Once more", RecordState: "ARCHIVED" }));
        const { Findings = [] } = await client.send(new GetFindingsCommand({}));
        assert.deepEqual(
            Findings.map(({ Title, RecordState, Workflow }) => [Title, RecordState, Workflow?.Status]),
            [["Once more", "ARCHIVED", "NEW"]],
        );
    });

    it("answers by filter and page by page", async () => {
        await load(
            finding("a/1"),
            finding("a/2", { RecordState: "ARCHIVED" }),
            finding("b/1", { CreatedAt: "2026-11-02T00:00:00Z" }),
        );
        const prefix = [{ Value: "a/", Comparison: "PREFIX" as const }];
        const active = [{ Value: "ACTIVE", Comparison: "EQUALS" as const }];
        assert.deepEqual(await ids({ Filters: { Id: prefix } }), ["a/1", "a/2"]);
        assert.deepEqual(await ids({ Filters: { Id: prefix, RecordState: active } }), ["a/1"]);
        const CreatedAt = [{ Start: "2026-11-02T00:00:00Z", End: "2026-11-03T00:00:00Z" }];
        assert.deepEqual(await ids({ Filters: { CreatedAt } }), ["b/1"]);
        const first = await client.send(new GetFindingsCommand({ MaxResults: 2 }));
        assert.equal(first.Findings?.length, 2);
        assert.deepEqual(await ids({ MaxResults: 2, NextToken: first.NextToken }), ["b/1"]);
        await assert.rejects(ids({ Filters: { ResourceId: prefix } }), /ResourceId/);
    });

    it("names an operation that it does not have", async () => {
        await assert.rejects(client.send(new BatchUpdateFindingsCommand({ FindingIdentifiers: [] })), {
            name: "UnknownOperationException",
            message: /BatchUpdateFindings/,
        });
    });
});
