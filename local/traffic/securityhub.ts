import { Sightings } from "./sightings";
import { idDigits, makeTraffic, Traffic, TrafficOptions } from "./traffic";

type Json = Readonly<Record<string, unknown>>;

/** Security Hub's findings in its own format (ASFF), as elements of the `findings` of its events. */
export function securityhubTraffic(options: TrafficOptions): Traffic {
    return makeTraffic(options, {
        record: (sightings, index) =>
            JSON.stringify({ ...common(options, sightings), ...OWN[index % OWN.length](options, sightings) }),
        damage: () =>
            JSON.stringify({
                SchemaVersion: "2018-10-08",
                Title: "nothing that tells which finding this is",
            }),
    });
}

/** What all findings have. */
function common(options: TrafficOptions, { random }: Sightings): Json {
    const { accountId, region, until } = options;
    const seenAt = until - random.below(300_000);
    const at = (time: number) => new Date(time).toISOString();
    return {
        SchemaVersion: "2018-10-08",
        Id: `arn:aws:securityhub:${region}:${accountId}:subscription/x/finding/${idDigits(options, random, 32)}`,
        ProductArn: `arn:aws:securityhub:${region}::product/aws/securityhub`,
        ProductName: "Security Hub",
        CompanyName: "AWS",
        Region: region,
        GeneratorId: "aws-foundational-security-best-practices/v/1.0.0/S3.1",
        AwsAccountId: accountId,
        FirstObservedAt: at(seenAt - 60_000),
        LastObservedAt: at(seenAt),
        CreatedAt: at(seenAt - 60_000),
        UpdatedAt: at(seenAt),
        Workflow: { Status: "NEW" },
        WorkflowState: "NEW",
        RecordState: "ACTIVE",
        ProductFields: { "aws/securityhub/ProductName": "Security Hub" },
    };
}

const control = ({ accountId, region }: TrafficOptions, { random }: Sightings): Json => ({
    Types: ["Software and Configuration Checks/Industry and Regulatory Standards"],
    Severity: { Label: "MEDIUM", Normalized: 40, Original: "MEDIUM" },
    Title: 'S3.1 "Block Public Access" should be on',
    Description: "This control checks whether it is.",
    Remediation: {
        Recommendation: { Text: "Turn it on.", Url: "https://docs.aws.amazon.com/console/securityhub/S3.1" },
    },
    Compliance: { Status: random.pick(["FAILED", "PASSED"]), SecurityControlId: "S3.1" },
    Resources: [
        {
            Type: "AwsAccount",
            Id: `AWS::::Account:${accountId}`,
            Partition: "aws",
            Region: region,
        },
    ],
});

const connection = ({ accountId, region }: TrafficOptions, sightings: Sightings): Json => ({
    Types: ["TTPs/Command and Control"],
    Severity: { Label: "HIGH", Normalized: 70 },
    Title: "An instance talks to a host that it should not know",
    Description: "Line one.\nLine two.",
    Network: {
        Direction: "OUT",
        Protocol: "TCP",
        SourceIpV4: "10.0.0.12",
        SourcePort: 40_000,
        DestinationIpV4: sightings.ipv4(),
        DestinationPort: 443,
        DestinationDomain: sightings.domain("updates.example.com"),
    },
    Resources: [instance(accountId, region, sightings)],
});

const vulnerability = ({ accountId, region }: TrafficOptions, sightings: Sightings): Json => ({
    Types: ["Software and Configuration Checks/Vulnerabilities/CVE"],
    ProductName: "Inspector",
    Severity: { Label: "CRITICAL", Normalized: 90 },
    Title: "CVE-2026-0001 - libexample",
    Description: "A vulnerability.",
    Vulnerabilities: [
        {
            Id: "CVE-2026-0001",
            Cvss: [
                {
                    BaseScore: 9.8,
                    BaseVector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                    Version: "3.1",
                },
            ],
            ReferenceUrls: ["https://nvd.nist.gov/vuln/detail/CVE-2026-0001"],
            VulnerablePackages: [{ Name: "libexample", Version: "1.2.3", FixedInVersion: "1.2.4" }],
        },
    ],
    Resources: [instance(accountId, region, sightings)],
});

function instance(accountId: string, region: string, { random }: Sightings): Json {
    return {
        Type: "AwsEc2Instance",
        Id: `arn:aws:ec2:${region}:${accountId}:instance/i-0${random.hex(16)}`,
        Partition: "aws",
        Region: region,
        Tags: { Name: "web-1" },
        Details: {
            AwsEc2Instance: {
                Type: "m7g.large",
                IpV4Addresses: ["10.0.0.12"],
                VpcId: "vpc-0a1b2c3d4e5f60718",
            },
        },
    };
}

const OWN: readonly ((options: TrafficOptions, sightings: Sightings) => Json)[] = [
    control,
    connection,
    vulnerability,
];
