import type { AwsSecurityFinding, Network, ThreatIntelIndicator } from "@aws-sdk/client-securityhub";
import { createHash } from "node:crypto";
import { isIP } from "node:net";
import { ReadDocument, SightedIndicator, Sighting } from "./sighting";

/** Who imports findings: only the account itself may for its default product. */
export interface Importer {
    readonly accountId: string;
    readonly region: string;
}

const TYPES = {
    "ipv4-addr": "IPV4_ADDRESS",
    "ipv6-addr": "IPV6_ADDRESS",
    "domain-name": "DOMAIN",
    url: "URL",
} as const;

const SEVERITY = { High: "HIGH", Medium: "MEDIUM", Low: "LOW" } as const;

/** Lengths that the AWS Security Finding Format allows (Security Hub user guide, ASFF syntax). */
const LONGEST = {
    title: 256,
    description: 1024,
    indicator: 512,
    source: 64,
    protocol: 16,
    domain: 128,
    id: 512,
};
const MOST_FIELD = 2048;

const cut = (value: string, length: number) =>
    value.length > length ? `${value.slice(0, length - 1)}…` : value;

/** The same for one indicator, resource and day, so that importing it again renews it. */
export function findingId(
    { region, accountId }: Importer,
    sighting: Sighting,
    { value }: SightedIndicator,
): string {
    const day = sighting.time.slice(0, 10);
    const hash = createHash("sha256").update(`${value}\0${sighting.resource.id}\0${day}`).digest("hex");
    return `${region}/${accountId}/syntheticsun/${hash.slice(0, 32)}`;
}

/** The finding of one indicator that a record showed, in the AWS Security Finding Format. */
export function findingOf(
    importer: Importer,
    sighting: Sighting,
    indicator: SightedIndicator,
    now: Date,
): AwsSecurityFinding {
    const { resource, dataset, document } = sighting;
    const { accountId, region } = importer;
    const time = new Date(sighting.time).toISOString();
    const outbound = indicator.field.startsWith("destination.") || indicator.field.startsWith("dns.");
    const isNetwork =
        indicator.value !== indicator.atomic && indicator.value.includes("/") && isIP(indicator.atomic) > 0;
    const what = isNetwork ? `${indicator.atomic} of ${indicator.value}` : indicator.value;
    return {
        SchemaVersion: "2018-10-08",
        Id: findingId(importer, sighting, indicator),
        ProductArn: `arn:aws:securityhub:${region}:${accountId}:product/${accountId}/default`,
        GeneratorId: `syntheticsun/${dataset}`,
        AwsAccountId: accountId,
        Types: [outbound ? "TTPs/Command and Control" : "TTPs/Initial Access"],
        CreatedAt: `${time.slice(0, 10)}T00:00:00.000Z`,
        UpdatedAt: now.toISOString(),
        FirstObservedAt: time,
        LastObservedAt: time,
        Severity: { Label: SEVERITY[indicator.confidence] ?? "MEDIUM" },
        Title: cut(`Known bad ${what} was let through`, LONGEST.title),
        Description: cut(
            `A record of ${dataset} shows ${what} in ${indicator.field}, which ${indicator.feeds.join(", ")} reports as an indicator of compromise. It was not blocked.`,
            LONGEST.description,
        ),
        Resources: [
            {
                Type: resource.type,
                Id: cut(resource.id, LONGEST.id),
                Partition: "aws",
                Region: resource.region,
            },
        ],
        Network: networkOf(document, outbound),
        ThreatIntelIndicators: [threatIntel(indicator, time)],
        ProductFields: {
            "syntheticsun/dataset": dataset,
            "syntheticsun/feeds": cut(indicator.feeds.join(", "), MOST_FIELD),
            "syntheticsun/field": cut(indicator.field, MOST_FIELD),
            "syntheticsun/account": resource.accountId,
        },
        RecordState: "ACTIVE",
    };
}

function threatIntel({ type, value, atomic, feeds }: SightedIndicator, time: string): ThreatIntelIndicator {
    return {
        Type: TYPES[type],
        // There is no type for networks.
        Value: cut(type === "ipv4-addr" || type === "ipv6-addr" ? atomic : value, LONGEST.indicator),
        LastObservedAt: time,
        Source: cut(feeds.join(", "), LONGEST.source),
    };
}

function networkOf(
    { source, client, destination, network }: ReadDocument,
    outbound: boolean,
): Network | undefined {
    const from = source ?? client;
    const found: Network = {
        Direction: outbound ? "OUT" : "IN",
        Protocol: nonEmpty(network?.transport ?? network?.protocol, LONGEST.protocol),
        SourceIpV4: address(from?.ip, 4),
        SourceIpV6: address(from?.ip, 6),
        SourcePort: port(from?.port),
        SourceDomain: nonEmpty(from?.domain, LONGEST.domain),
        DestinationIpV4: address(destination?.ip, 4),
        DestinationIpV6: address(destination?.ip, 6),
        DestinationPort: port(destination?.port),
        DestinationDomain: nonEmpty(destination?.domain, LONGEST.domain),
    };
    return from === undefined && destination === undefined ? undefined : found;
}

function address(value: unknown, family: 4 | 6): string | undefined {
    return typeof value === "string" && isIP(value) === family ? value : undefined;
}

function port(value: unknown): number | undefined {
    return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 65535
        ? value
        : undefined;
}

function nonEmpty(value: unknown, length: number): string | undefined {
    return typeof value === "string" && value.trim() !== "" ? cut(value, length) : undefined;
}
