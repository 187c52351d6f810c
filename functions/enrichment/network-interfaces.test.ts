import assert from "node:assert/strict";
import { createServer } from "node:http";
import { AddressInfo } from "node:net";
import { EC2Client, Instance, NetworkInterface } from "@aws-sdk/client-ec2";
import fc from "fast-check";
import { FakeClient } from "../handlers/testing";
import { formatIPv4, parseIPv4, parseIPv6, Words } from "../indicators/address";
import { NetworkInterfaces } from "./network-interfaces";

const WEB: NetworkInterface = {
    NetworkInterfaceId: "eni-1",
    OwnerId: "111122223333",
    InterfaceType: "interface",
    Description: "Primary",
    AvailabilityZone: "eu-central-1a",
    VpcId: "vpc-1",
    SubnetId: "subnet-1",
    PrivateIpAddress: "10.0.0.5",
    Association: { PublicIp: "198.51.100.5" },
    PrivateIpAddresses: [
        { PrivateIpAddress: "10.0.0.5", Primary: true, Association: { PublicIp: "198.51.100.5" } },
        { PrivateIpAddress: "10.0.0.6", Association: { PublicIp: "198.51.100.6" } },
        { PrivateIpAddress: "10.0.0.7" },
    ],
    Ipv6Addresses: [{ Ipv6Address: "2001:DB8:0::5" }],
    Attachment: { InstanceId: "i-1" },
};

const LAMBDA: NetworkInterface = {
    NetworkInterfaceId: "eni-2",
    InterfaceType: "lambda",
    Description: "",
    OwnerId: "111122223333",
    AvailabilityZone: "eu-central-1b",
    VpcId: "vpc-1",
    SubnetId: "subnet-2",
    PrivateIpAddresses: [{ PrivateIpAddress: "10.0.1.9" }],
    Attachment: { InstanceOwnerId: "amazon-aws" },
};

const WEB_FACTS = {
    cloud: {
        account: { id: "111122223333" },
        region: "eu-central-1",
        availability_zone: "eu-central-1a",
        instance: { id: "i-1", name: "web" },
    },
    interface: { id: "eni-1", type: "interface", description: "Primary" },
    vpc: { id: "vpc-1" },
    subnet: { id: "subnet-1" },
};

const web: Instance = {
    InstanceId: "i-1",
    Tags: [
        { Key: "name", Value: "no" },
        { Key: "Name", Value: "web" },
    ],
};

/** An account, a page for each list; it counts its pages and can fail. */
function account(interfaces: NetworkInterface[][], instances: Instance[][] = [[web]]) {
    const state = { interfaces, instances, calls: [] as string[], fault: undefined as string | undefined };
    const client = new FakeClient((input, name) => {
        state.calls.push(name.replace("Command", ""));
        if (state.fault !== undefined) {
            throw new Error(state.fault);
        }
        assert.equal(input.MaxResults, 1000);
        const page = Number(input.NextToken ?? 0);
        const isInterfaces = name === "DescribeNetworkInterfacesCommand";
        const pages = isInterfaces ? state.interfaces : state.instances;
        const NextToken = page + 1 < pages.length ? String(page + 1) : undefined;
        return isInterfaces
            ? { NetworkInterfaces: pages[page], NextToken }
            : { Reservations: [{ Instances: pages[page] }], NextToken };
    });
    return Object.assign(state, { client });
}

function factsOf(enricher: NetworkInterfaces, text: string): unknown {
    const members = text.includes(":")
        ? enricher.ipv6(parseIPv6(text) as Words)
        : enricher.ipv4(parseIPv4(text));
    assert.ok(members === "" || members.endsWith(","));
    return members === "" ? undefined : JSON.parse(`{${members.slice(0, -1)}}`);
}

describe("NetworkInterfaces", () => {
    const { warn } = console;
    const warnings: string[] = [];
    let now = 0;

    before(() => {
        console.warn = (line: string) => warnings.push(line);
    });
    after(() => {
        console.warn = warn;
    });
    beforeEach(() => {
        warnings.length = 0;
        now = 1_000_000;
    });

    const enricherOf = (client: Pick<EC2Client, "send">) =>
        new NetworkInterfaces({ client, region: "eu-central-1", now: () => now });

    it("knows every address of an interface, and nobody else's", async () => {
        const enricher = enricherOf(account([[WEB, LAMBDA]]).client);
        assert.equal(factsOf(enricher, "10.0.0.5"), undefined);
        await enricher.prepare();
        const own = ["10.0.0.5", "10.0.0.6", "10.0.0.7", "198.51.100.5", "198.51.100.6", "2001:db8::5"];
        for (const address of own) {
            assert.deepEqual(factsOf(enricher, address), WEB_FACTS, address);
        }
        assert.deepEqual(factsOf(enricher, "10.0.1.9"), {
            cloud: {
                account: { id: "111122223333" },
                region: "eu-central-1",
                availability_zone: "eu-central-1b",
            },
            interface: { id: "eni-2", type: "lambda" },
            vpc: { id: "vpc-1" },
            subnet: { id: "subnet-2" },
        });
        assert.equal(factsOf(enricher, "10.0.0.8"), undefined);
        assert.equal(factsOf(enricher, "2001:db8::6"), undefined);
    });

    it("reads all pages, once an interval, however many batches there are", async () => {
        const aws = account([[LAMBDA], [], [WEB]], [[], [web]]);
        const enricher = enricherOf(aws.client);
        await Promise.all([enricher.prepare(), enricher.prepare()]);
        now += 299_999;
        await enricher.prepare();
        assert.deepEqual(aws.calls.sort(), [
            "DescribeInstances",
            "DescribeInstances",
            "DescribeNetworkInterfaces",
            "DescribeNetworkInterfaces",
            "DescribeNetworkInterfaces",
        ]);
        assert.deepEqual(factsOf(enricher, "10.0.0.5"), WEB_FACTS);
        aws.interfaces = [[LAMBDA]];
        now++;
        await enricher.prepare();
        assert.equal(factsOf(enricher, "10.0.0.5"), undefined);
        assert.notEqual(factsOf(enricher, "10.0.1.9"), undefined);
    });

    it("asks for instances only where there are any", async () => {
        const aws = account([[LAMBDA]]);
        await enricherOf(aws.client).prepare();
        assert.deepEqual(aws.calls, ["DescribeNetworkInterfaces"]);
    });

    it("keeps what it knew when a reading fails, says so once, and tries again soon", async () => {
        const aws = account([[WEB]]);
        const enricher = enricherOf(aws.client);
        await enricher.prepare();
        aws.fault = "You are not authorized to perform this operation.";
        now += 300_000;
        await enricher.prepare();
        await enricher.prepare();
        assert.deepEqual(factsOf(enricher, "10.0.0.5"), WEB_FACTS);
        assert.deepEqual(
            warnings.map((line) => JSON.parse(line) as unknown),
            [{ event: "network-interfaces-unread", retryAfter: 30, reason: aws.fault }],
        );
        aws.fault = undefined;
        aws.interfaces = [[LAMBDA]];
        now += 30_000;
        await enricher.prepare();
        assert.equal(factsOf(enricher, "10.0.0.5"), undefined);
        assert.equal(warnings.length, 1);
    });

    it("does not go round in circles when pages have no end", async () => {
        const aws = account(Array.from({ length: 200 }, () => [LAMBDA]));
        await enricherOf(aws.client).prepare();
        assert.equal(aws.calls.length, 100);
        assert.match(warnings[0], /more than 100 pages/);
    });

    it("gives up on an endpoint that does not answer", async () => {
        const server = createServer(() => undefined);
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const client = new EC2Client({
            region: "eu-central-1",
            endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
            credentials: { accessKeyId: "x", secretAccessKey: "y" },
        });
        await new NetworkInterfaces({ client, timeout: 100 }).prepare();
        assert.match(warnings[0], /"event":"network-interfaces-unread"/);
        client.destroy();
        server.closeAllConnections();
        server.close();
    });

    it("leaves out addresses that several VPCs use", async () => {
        const octets = fc.uniqueArray(fc.integer({ min: 0, max: 15 }), { maxLength: 8 });
        await fc.assert(
            fc.asyncProperty(fc.array(octets, { maxLength: 6 }), async (vpcs) => {
                const interfaces = vpcs.map((list, vpc) => ({
                    NetworkInterfaceId: `eni-${vpc}`,
                    VpcId: `vpc-${vpc}`,
                    PrivateIpAddresses: list.map((octet) => ({
                        PrivateIpAddress: formatIPv4(0x0a000000 + octet),
                    })),
                }));
                const enricher = enricherOf(account([interfaces]).client);
                await enricher.prepare();
                for (let octet = 0; octet < 16; octet++) {
                    const holders = vpcs.flatMap((list, vpc) => (list.includes(octet) ? [`vpc-${vpc}`] : []));
                    const facts = factsOf(enricher, formatIPv4(0x0a000000 + octet)) as
                        typeof WEB_FACTS | undefined;
                    assert.equal(facts?.vpc.id, holders.length === 1 ? holders[0] : undefined);
                }
            }),
        );
    });

    it("takes names and descriptions for what users wrote", async () => {
        const texts = fc.string({ unit: "binary", minLength: 1, maxLength: 300 });
        await fc.assert(
            fc.asyncProperty(texts, texts, async (Description, Value) => {
                const named = { InstanceId: "i-1", Tags: [{ Key: "Name", Value }] };
                const enricher = enricherOf(account([[{ ...WEB, Description }]], [[named]]).client);
                await enricher.prepare();
                const facts = factsOf(enricher, "10.0.0.5") as typeof WEB_FACTS;
                assert.deepEqual(Object.keys(facts), ["cloud", "interface", "vpc", "subnet"]);
                const pairs = [
                    [facts.interface.description, Description],
                    [facts.cloud.instance.name, Value],
                ];
                for (const [written, text] of pairs) {
                    assert.ok(written.length <= 256);
                    assert.equal(written.slice(0, 255), text.slice(0, 255));
                }
            }),
        );
    });
});
