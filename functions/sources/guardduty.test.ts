import assert from "node:assert/strict";
import { Enrichment } from "../enrichment/enrichment";
import { assertHolds } from "./fuzzing";
import { guardduty } from "./guardduty";
import { documentsOf, enrichmentOf, Json, OutcomeOptions } from "./testing";

const REMOTE = {
    ipAddressV4: "198.51.100.7",
    organization: { asn: "64500", asnOrg: "Example Net", isp: "ISP", org: "ORG" },
    country: { countryName: "Germany", countryCode: "DE" },
    city: { cityName: "Berlin" },
    geoLocation: { lat: 52.5, lon: 13.4 },
};

/** A finding with some action and resource; whatever is undefined is left out. */
function finding(changes: Json = {}): Json {
    return {
        schemaVersion: "2.0",
        accountId: "111111111111",
        region: "us-east-1",
        partition: "aws",
        id: "0123456789abcdef0123456789abcdef",
        arn: "arn:aws:guardduty:us-east-1:111111111111:detector/d/finding/0123456789abcdef0123456789abcdef",
        type: "Recon:EC2/PortProbeUnprotectedPort",
        resource: { resourceType: "Instance" },
        service: {
            serviceName: "guardduty",
            detectorId: "d",
            action: {},
            resourceRole: "TARGET",
            eventFirstSeen: "2026-11-24T13:00:00.000Z",
            eventLastSeen: "2026-11-24T13:30:00Z",
            archived: false,
            count: 2,
        },
        severity: 5.3,
        createdAt: "2026-11-24T13:01:00.123Z",
        updatedAt: "2026-11-24T13:31:00.456Z",
        title: 'A "title"',
        description: "What happened",
        ...changes,
    };
}

const withAction = (action: Json, changes: Json = {}) =>
    finding({ ...changes, service: { ...finding().service, action } });

async function documentOf(value: Json, options?: OutcomeOptions): Promise<Json> {
    const { documents, quarantined } = await documentsOf(guardduty(), JSON.stringify(value), options);
    assert.deepEqual(quarantined, []);
    return documents[0];
}

describe("guardduty", () => {
    it("makes the ECS document of a call from a bad address", async () => {
        const call = withAction(
            {
                actionType: "AWS_API_CALL",
                awsApiCallAction: {
                    api: "ListBuckets",
                    serviceName: "s3.amazonaws.com",
                    remoteIpDetails: REMOTE,
                    domainDetails: { domain: "Api.Example." },
                },
            },
            {
                type: "UnauthorizedAccess:IAMUser/TorIPCaller",
                resource: {
                    resourceType: "AccessKey",
                    accessKeyDetails: {
                        accessKeyId: "ASIAX",
                        principalId: "AIDAX",
                        userName: "mary",
                        userType: "IAMUser",
                    },
                    s3BucketDetails: [{ owner: { id: "canonical-id" } }, { owner: null }],
                },
            },
        );
        assert.deepEqual(await documentOf(call), {
            "@timestamp": "2026-11-24T13:31:00.456Z",
            event: {
                id: "0123456789abcdef0123456789abcdef",
                dataset: "aws.guardduty",
                kind: "alert",
                type: ["info"],
                action: "AWS_API_CALL",
                provider: "s3.amazonaws.com",
                severity: 5,
                created: "2026-11-24T13:01:00.123Z",
                start: "2026-11-24T13:00:00.000Z",
                end: "2026-11-24T13:30:00.000Z",
            },
            ecs: { version: "8.11.0" },
            message: "What happened",
            source: {
                address: "198.51.100.7",
                ip: "198.51.100.7",
                as: { number: 64500, organization: { name: "Example Net" } },
                geo: {
                    city_name: "Berlin",
                    country_iso_code: "DE",
                    country_name: "Germany",
                    location: { lat: 52.5, lon: 13.4 },
                },
            },
            cloud: {
                provider: "aws",
                account: { id: "111111111111" },
                region: "us-east-1",
                service: { name: "guardduty" },
            },
            rule: {
                name: "UnauthorizedAccess:IAMUser/TorIPCaller",
                category: "UnauthorizedAccess",
                ruleset: "UnauthorizedAccess:IAMUser",
            },
            user: { id: "AIDAX", name: "mary" },
            related: {
                ip: ["198.51.100.7"],
                hosts: ["api.example"],
                user: ["AIDAX", "mary", "canonical-id"],
            },
            aws: { guardduty: call },
        });
    });

    it("tells who spoke to whom", async () => {
        const connection = (connectionDirection: string) =>
            documentOf(
                withAction({
                    actionType: "NETWORK_CONNECTION",
                    networkConnectionAction: {
                        connectionDirection,
                        localIpDetails: { ipAddressV4: "10.0.0.23" },
                        localPortDetails: { port: 22, portName: "SSH" },
                        remoteIpDetails: {
                            ...REMOTE,
                            organization: { asn: "-1" },
                            geoLocation: { lat: 900, lon: 0 },
                        },
                        remotePortDetails: { port: 40000 },
                        protocol: "TCP",
                    },
                }),
            );
        const inbound = await connection("INBOUND");
        assert.deepEqual([inbound.source.ip, inbound.source.port], ["198.51.100.7", 40000]);
        assert.deepEqual(inbound.destination, { address: "10.0.0.23", ip: "10.0.0.23", port: 22 });
        assert.deepEqual(inbound.network, { direction: "inbound", transport: "tcp" });
        assert.deepEqual([inbound.source.as, inbound.source.geo.location], [undefined, undefined]);
        const outbound = await connection("OUTBOUND");
        assert.deepEqual([outbound.source.ip, outbound.source.port], ["10.0.0.23", 22]);
        assert.deepEqual([outbound.destination.ip, outbound.destination.port], ["198.51.100.7", 40000]);
        const unknown = await connection("UNKNOWN");
        assert.deepEqual([unknown.source, unknown.related.ip.length], [undefined, 2]);
    });

    it("takes the first of several probes for the endpoints, and looks all up", async () => {
        const probe = (ip: string, port: number) => ({
            localPortDetails: { port },
            localIpDetails: { ipAddressV4: "10.0.0.23" },
            remoteIpDetails: { ipAddressV4: ip },
        });
        const portProbeDetails = [probe("198.51.100.7", 22), probe("2001:db8::9", 23), "nonsense"];
        const { source, destination, related } = await documentOf(
            withAction({ actionType: "PORT_PROBE", portProbeAction: { portProbeDetails } }),
        );
        assert.deepEqual([source.ip, destination.ip, destination.port], ["198.51.100.7", "10.0.0.23", 22]);
        assert.deepEqual(related.ip, ["198.51.100.7", "10.0.0.23", "2001:db8::9"]);
    });

    it("tells of instances, containers, processes and malware", async () => {
        const document = await documentOf(
            finding({
                type: "Execution:Runtime/NewBinaryExecuted",
                resource: {
                    instanceDetails: {
                        instanceId: "i-1",
                        instanceType: "m3.xlarge",
                        platform: "linux",
                        networkInterfaces: [
                            {
                                publicIp: "203.0.113.5",
                                privateIpAddresses: [{ privateIpAddress: "10.0.0.1" }],
                                ipv6Addresses: ["2001:db8::1"],
                            },
                        ],
                    },
                    ecsClusterDetails: {
                        taskDetails: {
                            containers: [
                                { id: "c-1", name: "web" },
                                { id: "c-2", name: "web" },
                            ],
                        },
                    },
                    containerDetails: { securityContext: { privileged: false } },
                    kubernetesDetails: {
                        kubernetesUserDetails: { uid: "u-1", username: "system:node", groups: ["g", "g"] },
                        kubernetesWorkloadDetails: { name: "pod", namespace: "ns", type: "pods" },
                    },
                    rdsDbUserDetails: { user: "admin" },
                },
                service: {
                    runtimeDetails: {
                        process: {
                            name: "x",
                            executablePath: "/tmp/x",
                            executableSha256: "ab12",
                            pid: 7,
                            pwd: "/tmp",
                            startTime: 1763990000.5,
                        },
                        context: { toolName: "tool", threatFilePath: "/tmp/y", ianaProtocolNumber: 6 },
                    },
                    ebsVolumeScanDetails: {
                        scanDetections: {
                            threatDetectedByName: {
                                threatNames: [
                                    { filePaths: [{ fileName: "z", filePath: "/z", hash: "cd34" }] },
                                ],
                            },
                        },
                    },
                },
            }),
        );
        assert.deepEqual(document.host, { id: "i-1", type: "m3.xlarge", os: { platform: "linux" } });
        assert.deepEqual(
            [document.cloud.instance, document.cloud.machine],
            [{ id: "i-1" }, { type: "m3.xlarge" }],
        );
        assert.deepEqual(document.container, {
            id: ["c-1", "c-2"],
            name: "web",
            security_context: { privileged: false },
        });
        assert.deepEqual(document.orchestrator, { namespace: "ns", resource: { name: "pod", type: "pods" } });
        assert.deepEqual(document.user, { id: "u-1", name: ["system:node", "admin"], roles: ["g"] });
        assert.deepEqual(document.process, {
            executable: "/tmp/x",
            hash: { sha256: "ab12" },
            name: "x",
            pid: 7,
            start: "2025-11-24T13:13:20.500Z",
            working_directory: "/tmp",
        });
        assert.deepEqual(document.file, { hash: { sha256: "cd34" }, name: "z", path: "/z" });
        assert.deepEqual(document.threat, {
            indicator: { file: { path: "/tmp/y" } },
            software: { name: "tool" },
        });
        assert.deepEqual(document.network, { iana_number: "6" });
        assert.deepEqual(document.related, {
            ip: ["203.0.113.5", "10.0.0.1", "2001:db8::1"],
            user: ["u-1", "system:node", "admin"],
            hash: ["cd34", "ab12"],
        });
    });

    it("finds indicators wherever they stand", async () => {
        const enrichment = enrichmentOf(
            { type: "ipv4", value: "192.0.2.1" },
            { type: "ipv6", value: "2001:db8::66" },
            { type: "domain", value: "evil.example" },
        );
        const { threat, dns } = await documentOf(
            withAction({
                actionType: "DNS_REQUEST",
                dnsRequestAction: { domain: "a.evil.example", protocol: "UDP" },
                kubernetesApiCallAction: { sourceIPs: ["192.0.2.1", "10.0.0.1"] },
                future: { deep: [{ remoteIpAddress: "2001:DB8::66", version: "192.0.2.1" }] },
            }),
            { enrichment },
        );
        assert.equal(dns.question.name, "a.evil.example");
        assert.deepEqual(
            threat.enrichments.map(
                ({ matched }: Json) => `${matched.field as string} ${matched.atomic as string}`,
            ),
            [
                "source.ip 192.0.2.1",
                "aws.guardduty.service.action.dnsRequestAction.domain a.evil.example",
                "aws.guardduty.service.action.future.deep.remoteIpAddress 2001:db8::66",
            ],
        );
    });

    it("leaves the place to a geo database", async () => {
        const geo = { name: "geo", ipv4: () => `"geo":{"country_iso_code":"FR"},`, ipv6: () => "" };
        const { source } = await documentOf(withAction({ awsApiCallAction: { remoteIpDetails: REMOTE } }), {
            enrichment: new Enrichment({ addresses: [geo] }),
        });
        assert.deepEqual(source, {
            address: "198.51.100.7",
            ip: "198.51.100.7",
            geo: { country_iso_code: "FR" },
        });
    });

    it("reads EventBridge's events, exports and the API's answers alike", async () => {
        const event = { version: "0", "detail-type": "GuardDuty Finding", resources: [], detail: finding() };
        const answer = { findings: [finding(), finding()] };
        const text = [event, finding(), answer].map((value) => JSON.stringify(value)).join("\n");
        const { documents } = await documentsOf(guardduty(), text, { cuts: [50] });
        assert.deepEqual(
            documents.map(({ aws }) => aws.guardduty as Json),
            Array<Json>(4).fill(finding()),
        );
        const pretty = await documentsOf(guardduty(), JSON.stringify(finding(), null, 2));
        assert.deepEqual(pretty.documents[0].aws.guardduty, finding());
        assert.equal(pretty.text.split("\n").length, 2);
    });

    it("takes the time of creation where there is no other, and quarantines what is no finding", async () => {
        assert.equal(
            (await documentOf(finding({ updatedAt: null })))["@timestamp"],
            "2026-11-24T13:01:00.123Z",
        );
        const bad = [
            [finding({ updatedAt: "x", createdAt: "y" }), "neither updatedAt nor createdAt"],
            [finding({ id: 7 }), "no id and type of a finding"],
            [{ detail: {} }, "no id and type of a finding"],
        ] as const;
        const { quarantined } = await documentsOf(
            guardduty(),
            bad.map(([value]) => JSON.stringify(value)).join("\n"),
        );
        assert.deepEqual(
            quarantined.map(({ reason, raw }) => [reason, raw]),
            bad.map(([value, reason]) => [reason, JSON.stringify(value)]),
        );
    });

    it("keeps its neighbours, and the same documents, whatever happens to a line", async () => {
        const long = withAction({ awsApiCallAction: { remoteIpDetails: REMOTE } });
        await assertHolds(guardduty(), [JSON.stringify(finding()), JSON.stringify(long)]);
    });
});
