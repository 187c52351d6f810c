import {
    DescribeAddressesCommand,
    DescribeNatGatewaysCommand,
    DescribeNetworkInterfacesCommand,
    EC2Client,
} from "@aws-sdk/client-ec2";
import { mockClient } from "aws-sdk-client-mock";
import assert from "node:assert/strict";
import { MemoryBucket } from "../bucket-testing";
import { createHandler } from "./own-addresses";
import { quiet } from "./testing";

describe("own-addresses handler", () => {
    quiet();
    const ec2 = mockClient(EC2Client);
    after(() => ec2.restore());
    const env = {
        ACCOUNT_ID: "222222222222",
        AWS_REGION: "us-east-1",
        LAKE_BUCKET: "lake",
        LAKE_REGION: "us-east-1",
        LAKE_KMS_KEY: "arn:aws:kms:us-east-1:111111111111:key/hub",
    };

    it("tells every public address of the account once, from all pages, encrypted with the hub's key", async () => {
        ec2.on(DescribeAddressesCommand).resolves({ Addresses: [{ PublicIp: "52.1.1.1" }, {}] });
        ec2.on(DescribeNatGatewaysCommand).resolves({
            NatGateways: [
                { State: "available", NatGatewayAddresses: [{ PublicIp: "52.1.1.2" }] },
                { State: "deleted", NatGatewayAddresses: [{ PublicIp: "52.1.1.9" }] },
            ],
        });
        ec2.on(DescribeNetworkInterfacesCommand)
            .resolvesOnce({ NetworkInterfaces: [{ Association: { PublicIp: "52.1.1.2" } }], NextToken: "n" })
            .resolvesOnce({
                NetworkInterfaces: [
                    {
                        PrivateIpAddresses: [
                            { PrivateIpAddress: "10.0.0.5", Association: { PublicIp: "3.3.3.3" } },
                        ],
                        Ipv6Addresses: [{ Ipv6Address: "2600:1f18::5" }],
                    },
                ],
            });
        const lake = new MemoryBucket();
        const now = () => new Date("2026-11-24T12:00:00Z");
        await createHandler(env, { ec2: new EC2Client({}), lake, now })();
        const text = lake.objects.get("addresses/222222222222/us-east-1.json")?.toString();
        assert.deepEqual(JSON.parse(text ?? ""), {
            at: "2026-11-24T12:00:00.000Z",
            addresses: ["2600:1f18::5", "3.3.3.3", "52.1.1.1", "52.1.1.2"],
        });
        assert.equal(lake.puts[0].SSEKMSKeyId, env.LAKE_KMS_KEY);
    });
});
