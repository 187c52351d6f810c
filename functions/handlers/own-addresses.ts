import {
    EC2Client,
    paginateDescribeNatGateways,
    paginateDescribeNetworkInterfaces,
    DescribeAddressesCommand,
} from "@aws-sdk/client-ec2";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { OwnAddresses, ownAddressesKey } from "../indicators/own-addresses";
import { Environment, logLine, required } from "./settings";

/** What the handler talks to; tests pass their own. */
export interface OwnAddressesClients {
    readonly ec2: EC2Client;
    /** Of the lake's region. */
    readonly lake: Pick<S3Client, "send">;
    readonly now?: () => Date;
}

/**
 * Writes the account's public addresses in the region to the hub's lake: elastic IPs, NAT gateways' and those of network
 * interfaces (load balancers and instances with an address of Amazon's pool). The hub never blocks one of them.
 */
export function createHandler(env: Environment, clients: OwnAddressesClients = awsClients(env)) {
    const bucket = required(env, "LAKE_BUCKET");
    const accountId = required(env, "ACCOUNT_ID");
    const region = required(env, "AWS_REGION");
    const kmsKeyId = env.LAKE_KMS_KEY || undefined;

    return async (): Promise<OwnAddresses> => {
        const addresses = await publicAddresses(clients.ec2);
        const own: OwnAddresses = {
            at: (clients.now?.() ?? new Date()).toISOString(),
            addresses: [...new Set(addresses)].sort(),
        };
        await clients.lake.send(
            new PutObjectCommand({
                Bucket: bucket,
                Key: ownAddressesKey(accountId, region),
                Body: JSON.stringify(own),
                ContentType: "application/json",
                ...(kmsKeyId ? { ServerSideEncryption: "aws:kms" as const, SSEKMSKeyId: kmsKeyId } : {}),
            }),
        );
        logLine({ event: "own-addresses", addresses: own.addresses.length });
        return own;
    };
}

async function publicAddresses(client: EC2Client): Promise<string[]> {
    const { Addresses = [] } = await client.send(new DescribeAddressesCommand({}));
    const found = Addresses.map(({ PublicIp }) => PublicIp);
    for await (const { NatGateways = [] } of paginateDescribeNatGateways({ client }, {})) {
        for (const { NatGatewayAddresses = [], State } of NatGateways) {
            // A deleted one is listed for an hour; its address may be somebody else's by then.
            found.push(...(State === "deleted" ? [] : NatGatewayAddresses.map(({ PublicIp }) => PublicIp)));
        }
    }
    for await (const { NetworkInterfaces = [] } of paginateDescribeNetworkInterfaces({ client }, {})) {
        for (const { Association, PrivateIpAddresses = [], Ipv6Addresses = [] } of NetworkInterfaces) {
            found.push(Association?.PublicIp);
            found.push(...PrivateIpAddresses.map((address) => address.Association?.PublicIp));
            found.push(...Ipv6Addresses.map(({ Ipv6Address }) => Ipv6Address));
        }
    }
    return found.filter((address): address is string => !!address);
}

function awsClients(env: Environment): OwnAddressesClients {
    return { ec2: new EC2Client({}), lake: new S3Client({ region: required(env, "LAKE_REGION") }) };
}
