import assert from "node:assert/strict";
import { assertHolds } from "./fuzzing";
import { securityhub } from "./securityhub";
import { documentsOf, enrichmentOf, Json, OutcomeOptions } from "./testing";

const ID = "arn:aws:securityhub:us-east-1:111111111111:subscription/cis/v/1.2.0/4.1/finding/0f1e2d3c";

/** A finding of a control; whatever is undefined is left out. */
function finding(changes: Json = {}): Json {
    return {
        SchemaVersion: "2018-10-08",
        Id: ID,
        ProductArn: "arn:aws:securityhub:us-east-1::product/aws/securityhub",
        ProductName: "Security Hub",
        CompanyName: "AWS",
        Region: "us-east-1",
        GeneratorId: "cis/4.1",
        AwsAccountId: "111111111111",
        Types: ["Software and Configuration Checks"],
        CreatedAt: "2026-11-24T13:01:00.123Z",
        UpdatedAt: "2026-11-24T13:31:00.456Z",
        ProcessedAt: "2026-11-24T13:31:01Z",
        Severity: { Label: "HIGH", Normalized: 70 },
        Title: "4.1 No open port 22",
        Description: 'A "control"',
        Remediation: { Recommendation: { Text: "Close it.", Url: "https://docs.example/4.1" } },
        Compliance: { Status: "FAILED", RelatedRequirements: ["CIS 4.1", "PCI 1"] },
        Resources: [
            {
                Type: "AwsEc2Instance",
                Id: "arn:aws:ec2:us-east-1:111111111111:instance/i-1",
                Details: {
                    AwsEc2Instance: {
                        IpV4Addresses: ["203.0.113.5", "10.0.0.1"],
                        IpV6Addresses: ["2001:db8::1"],
                    },
                },
            },
        ],
        ...changes,
    };
}

async function documentOf(changes?: Json, options?: OutcomeOptions): Promise<Json> {
    const { documents, quarantined } = await documentsOf(
        securityhub(),
        JSON.stringify(finding(changes)),
        options,
    );
    assert.deepEqual(quarantined, []);
    return documents[0];
}

describe("securityhub", () => {
    it("makes the ECS document of a control's finding", async () => {
        const instance = "arn:aws:ec2:us-east-1:111111111111:instance/i-1";
        assert.deepEqual(await documentOf(), {
            "@timestamp": "2026-11-24T13:31:00.456Z",
            event: {
                id: ID,
                dataset: "aws.securityhub_findings",
                kind: "state",
                category: ["configuration"],
                type: ["info"],
                outcome: "failure",
                severity: 70,
                created: "2026-11-24T13:31:01.000Z",
            },
            ecs: { version: "8.11.0" },
            observer: { vendor: "AWS Security Hub" },
            organization: { name: "AWS" },
            cloud: {
                provider: "aws",
                account: { id: "111111111111" },
                region: "us-east-1",
                instance: { id: instance, name: "instance/i-1" },
                service: { name: "ec2" },
            },
            resource: { id: instance, name: "instance/i-1", type: "AwsEc2Instance" },
            host: { id: instance, ip: ["203.0.113.5", "10.0.0.1", "2001:db8::1"] },
            result: { evaluation: "failed" },
            rule: {
                id: "cis/4.1",
                name: "4.1 No open port 22",
                description: 'A "control"',
                reference: "https://docs.example/4.1",
                references: "https://docs.example/4.1",
                remediation: "Close it.\r\nhttps://docs.example/4.1",
                ruleset: ["CIS 4.1", "PCI 1"],
            },
            related: { ip: ["203.0.113.5", "10.0.0.1", "2001:db8::1"] },
            aws: { securityhub_findings: finding() },
        });
    });

    it("tells of network, process, vulnerability, threat and link", async () => {
        const document = await documentOf({
            Action: { ActionType: "PORT_PROBE" },
            Compliance: { Status: "WARNING" },
            Network: {
                Direction: "IN",
                Protocol: "TCP",
                SourceIpV4: "198.51.100.7",
                SourceIpV6: "2001:db8::7",
                SourcePort: "42",
                SourceDomain: "client.example",
                SourceMac: "00:0d:83:b1:c0:8e",
                DestinationIpV6: "2001:db8::8",
                DestinationPort: 99999,
            },
            Process: {
                Name: "x",
                Path: "/bin/x",
                Pid: 7,
                ParentPid: 1,
                LaunchedAt: "2026-11-24T13:00:00Z",
                TerminatedAt: "?",
            },
            Vulnerabilities: [
                { Id: "CVE-1" },
                {
                    Id: "CVE-2",
                    ReferenceUrls: ["https://cve.example/2"],
                    Vendor: { Name: "Vendor" },
                    Cvss: [
                        { BaseScore: 9, Version: "3.0" },
                        { BaseScore: 4.7, Version: "2.0" },
                    ],
                },
            ],
            ThreatIntelIndicators: [
                { Type: "HASH_MD5", Value: "ab12", LastObservedAt: "2026-11-24T12:00:00Z" },
            ],
            SourceUrl: "https://intel.example:8443/a?b=1#c",
        });
        assert.deepEqual(document.source, {
            address: "198.51.100.7",
            ip: "198.51.100.7",
            domain: "client.example",
            mac: "00-0D-83-B1-C0-8E",
            port: 42,
        });
        assert.deepEqual(document.destination, { address: "2001:db8::8", ip: "2001:db8::8" });
        assert.deepEqual(document.network, { direction: "inbound", protocol: "tcp" });
        assert.deepEqual(document.process, {
            executable: "/bin/x",
            name: "x",
            pid: 7,
            parent: { pid: 1 },
            start: "2026-11-24T13:00:00.000Z",
        });
        assert.deepEqual(document.vulnerability, {
            id: "CVE-2",
            reference: ["https://cve.example/2"],
            scanner: { vendor: "Vendor" },
            score: { base: 4.7, version: "2.0" },
        });
        assert.deepEqual(document.threat, {
            indicator: { type: "file", last_seen: "2026-11-24T12:00:00.000Z" },
        });
        assert.deepEqual(document.url, {
            original: "https://intel.example:8443/a?b=1#c",
            full: "https://intel.example:8443/a?b=1#c",
            scheme: "https",
            domain: "intel.example",
            port: 8443,
            path: "/a",
            query: "b=1",
            fragment: "c",
        });
        assert.deepEqual([document.event.action, document.event.outcome], ["port_probe", "unknown"]);
        assert.deepEqual(document.related.hash, ["ab12"]);
        assert.deepEqual((await documentOf({ SourceUrl: "no URL" })).url, { original: "no URL" });
    });

    it("tells of all resources, of any kind", async () => {
        const resource = (Type: string, Id: string, details?: Json) => ({
            Type,
            Id,
            Details: { [Type]: details },
        });
        const document = await documentOf({
            Resources: [
                resource("AwsIamUser", "arn:aws:iam::1:user/mary", { UserName: "mary", UserId: "AIDAX" }),
                resource("AwsS3Bucket", "arn:aws:s3:::b", { OwnerName: "mary", OwnerId: "canonical" }),
                resource("AwsEksCluster", "arn:aws:eks:r:1:cluster/c", {
                    Name: "c",
                    Arn: "arn:c",
                    Version: "1.31",
                    Endpoint: "https://e",
                }),
                resource("AwsEcsContainer", "task/7", { Name: "web" }),
                resource("AwsElbv2LoadBalancer", "lb", {
                    AvailabilityZones: [{ ZoneName: "us-east-1a" }, { ZoneName: "us-east-1b" }],
                }),
                resource("AwsRdsDbCluster", "db", { AvailabilityZones: ["us-east-1a", 5] }),
                resource("__proto__", "p", { Name: "n" }),
                null,
                { Type: 7, Id: {} },
            ],
        });
        assert.deepEqual(document.user, { id: ["AIDAX", "canonical"], name: "mary" });
        assert.deepEqual(document.related.user, ["AIDAX", "canonical", "mary"]);
        assert.deepEqual(document.resource.name, ["user/mary", "b", "c", "web", "lb", "db", "n"]);
        assert.deepEqual(document.orchestrator, {
            type: ["kubernetes", "ecs"],
            cluster: { id: "arn:c", name: "c", version: "1.31", url: "https://e" },
            resource: {
                id: ["arn:aws:eks:r:1:cluster/c", "task/7"],
                name: ["c", "web"],
                type: ["AwsEksCluster", "AwsEcsContainer"],
            },
        });
        assert.deepEqual(document.host, { name: "web" });
        assert.deepEqual(document.cloud.availability_zone, ["us-east-1a", "us-east-1b"]);
        assert.deepEqual(document.cloud.service.name, ["iam", "s3", "eks"]);
    });

    it("finds indicators wherever they stand", async () => {
        const enrichment = enrichmentOf(
            { type: "ipv4", value: "192.0.2.1" },
            { type: "ipv4", value: "192.0.2.2" },
            { type: "ipv4", value: "192.0.2.3" },
            { type: "domain", value: "evil.example" },
            { type: "domain", value: "bad.example" },
            { type: "url", value: "http://intel.example/x" },
        );
        const { threat, related } = await documentOf(
            {
                Action: { NetworkConnectionAction: { RemoteIpDetails: { IpAddressV4: "192.0.2.1" } } },
                NetworkPath: [{ Egress: { Destination: { Address: ["192.0.2.2/32", "10.0.0.0/8"] } } }],
                Network: { DestinationDomain: "A.evil.example" },
                ThreatIntelIndicators: [
                    { Type: "IPV4_ADDRESS", Value: "192.0.2.3" },
                    { Type: "DOMAIN", Value: "bad.example" },
                    { Type: "URL", Value: "http://intel.example/x" },
                ],
                Resources: [],
            },
            { enrichment },
        );
        const prefix = "aws.securityhub_findings.";
        assert.deepEqual(
            threat.enrichments.map(({ matched }: Json) => (matched.field as string).replace(prefix, "")),
            [
                "Action.NetworkConnectionAction.RemoteIpDetails.IpAddressV4",
                "NetworkPath.Egress.Destination.Address",
                "Network.DestinationDomain",
                ...Array<string>(3).fill("ThreatIntelIndicators.Value"),
            ],
        );
        assert.equal(threat.indicator.type, "url");
        assert.deepEqual(related.ip, ["192.0.2.1", "192.0.2.2", "192.0.2.3"]);
    });

    it("makes a document of each finding of an event, an answer, or a file of lines", async () => {
        const event = { version: "0", "detail-type": "Security Hub Findings - Imported", resources: [ID] };
        const text = [
            { ...event, detail: { findings: [finding(), finding({ Id: "finding-2" })] } },
            finding(),
            { Findings: [finding(), finding()], NextToken: "t" },
            { NextToken: "t", Findings: [finding()] },
        ].map((value) => JSON.stringify(value, null, 1));
        const { documents, quarantined } = await documentsOf(securityhub(), text.join("\n"), {
            cuts: [500, 3],
        });
        assert.deepEqual(quarantined, []);
        assert.deepEqual(
            documents.map(({ aws }) => aws.securityhub_findings as Json),
            [finding(), finding({ Id: "finding-2" }), ...Array<Json>(4).fill(finding())],
        );
    });

    it("skips events that carry none, and quarantines what is no finding", async () => {
        const none = { "detail-type": "Security Hub Findings - Imported", detail: { findings: [] } };
        const other = { "detail-type": "Security Hub Insight Results", detail: { insightArn: "x" } };
        const bad = [
            [finding({ Id: undefined }), "no Id of a finding"],
            [finding({ UpdatedAt: "", CreatedAt: 1e20 }), "neither UpdatedAt nor CreatedAt"],
        ] as const;
        const values = [none, other, ...bad.map(([value]) => value), finding({ UpdatedAt: undefined })];
        const { quarantined, report, documents } = await documentsOf(
            securityhub(),
            values.map((value) => JSON.stringify(value)).join("\n"),
        );
        assert.deepEqual(report.skippedBy, { "no records": 1, "event without findings": 1 });
        assert.deepEqual(
            quarantined.map(({ reason }) => reason),
            bad.map(([, reason]) => reason),
        );
        assert.deepEqual(
            documents.map((document) => document["@timestamp"] as string),
            ["2026-11-24T13:01:00.123Z"],
        );
    });

    it("keeps its neighbours, and the same documents, whatever happens to a line", async () => {
        const lines = [finding(), finding({ Network: { SourceIpV4: "192.0.2.1" }, Resources: null })];
        await assertHolds(
            securityhub(),
            lines.map((line) => JSON.stringify(line)),
        );
    });
});
