import { Sightings } from "./sightings";
import { idDigits, makeTraffic, Traffic, TrafficOptions } from "./traffic";

type Json = Readonly<Record<string, unknown>>;

/** What was seen: the finding's type and its `service.action`. */
interface Seen {
    readonly type: string;
    readonly action: Json;
}

/** GuardDuty's findings, as the `detail` of its events. */
export function guarddutyTraffic(options: TrafficOptions): Traffic {
    return makeTraffic(options, {
        record: (sightings, index) => JSON.stringify(finding(options, sightings, index)),
        damage: () =>
            JSON.stringify({ schemaVersion: "2.0", title: "nothing that tells which finding this is" }),
    });
}

function finding(options: TrafficOptions, sightings: Sightings, index: number): Json {
    const { accountId, region, until } = options;
    const { random } = sightings;
    const { type, action } = ACTIONS[index % ACTIONS.length](sightings);
    const id = idDigits(options, random, 32);
    const seenAt = until - random.below(300_000);
    const at = (time: number) => new Date(time).toISOString();
    return {
        schemaVersion: "2.0",
        accountId,
        region,
        partition: "aws",
        id,
        arn: `arn:aws:guardduty:${region}:${accountId}:detector/12abc34d567e8fa901bc2d34e56789f0/finding/${id}`,
        type,
        resource: resource(sightings, type),
        service: {
            serviceName: "guardduty",
            detectorId: "12abc34d567e8fa901bc2d34e56789f0",
            action,
            resourceRole: "TARGET",
            additionalInfo: { value: "{}", type: "default" },
            eventFirstSeen: at(seenAt - 60_000),
            eventLastSeen: at(seenAt),
            archived: false,
            count: 1 + random.below(9),
        },
        severity: random.pick([2, 5, 8, 8.5]),
        createdAt: at(seenAt),
        updatedAt: at(seenAt + 1000),
        title: 'EC2 instance "web-1" is behaving oddly',
        description: "Somebody is doing what nobody should \\ do.",
    };
}

function resource({ random }: Sightings, type: string): Json {
    if (type.includes("IAMUser")) {
        return {
            resourceType: "AccessKey",
            accessKeyDetails: {
                accessKeyId: `ASIA${random.hex(16).toUpperCase()}`,
                principalId: "AIDAEXAMPLE",
                userType: "IAMUser",
                userName: "alice",
            },
        };
    }
    return {
        resourceType: "Instance",
        instanceDetails: {
            instanceId: `i-0${random.hex(16)}`,
            instanceType: "m7g.large",
            availabilityZone: "us-east-1a",
            imageId: "ami-0123456789abcdef0",
            tags: [{ key: "Name", value: "web-1" }],
            networkInterfaces: [
                {
                    networkInterfaceId: "eni-0123456789abcdef0",
                    privateIpAddress: "10.0.0.12",
                    publicIp: "52.95.110.1",
                    vpcId: "vpc-0a1b2c3d4e5f60718",
                    subnetId: "subnet-0123",
                    securityGroups: [{ groupName: "web", groupId: "sg-0123" }],
                    ipv6Addresses: [],
                },
            ],
        },
    };
}

function remote(sightings: Sightings): Json {
    return {
        ipAddressV4: sightings.ipv4(),
        country: { countryName: "Netherlands" },
        city: { cityName: "" },
        geoLocation: { lat: 52.37, lon: 4.89 },
        organization: { asn: "64500", asnOrg: "Example", isp: "Example", org: "Example" },
    };
}

const connection = (sightings: Sightings): Seen => ({
    type: "UnauthorizedAccess:EC2/SSHBruteForce",
    action: {
        actionType: "NETWORK_CONNECTION",
        networkConnectionAction: {
            connectionDirection: "INBOUND",
            remoteIpDetails: remote(sightings),
            remotePortDetails: { port: 1024 + sightings.random.below(64_000), portName: "Unknown" },
            localPortDetails: { port: 22, portName: "SSH" },
            localIpDetails: { ipAddressV4: "10.0.0.12" },
            protocol: "TCP",
            blocked: false,
        },
    },
});

const dns = (sightings: Sightings): Seen => ({
    type: "Backdoor:EC2/C&CActivity.B!DNS",
    action: {
        actionType: "DNS_REQUEST",
        dnsRequestAction: {
            domain: sightings.domain("updates.example.com"),
            protocol: "UDP",
            blocked: true,
            domainWithSuffix: "example.com",
        },
    },
});

const apiCall = (sightings: Sightings): Seen => ({
    type: "UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom",
    action: {
        actionType: "AWS_API_CALL",
        awsApiCallAction: {
            api: "ListBuckets",
            serviceName: "s3.amazonaws.com",
            callerType: "Remote IP",
            remoteIpDetails: remote(sightings),
            errorCode: "AccessDenied",
        },
    },
});

const portProbe = (sightings: Sightings): Seen => ({
    type: "Recon:EC2/PortProbeUnprotectedPort",
    action: {
        actionType: "PORT_PROBE",
        portProbeAction: {
            blocked: false,
            portProbeDetails: [
                { localPortDetails: { port: 80, portName: "HTTP" }, remoteIpDetails: remote(sightings) },
                { localPortDetails: { port: 443, portName: "HTTPS" }, remoteIpDetails: remote(sightings) },
            ],
        },
    },
});

const ACTIONS: readonly ((sightings: Sightings) => Seen)[] = [connection, dns, apiCall, portProbe];
