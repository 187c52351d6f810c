import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { CreateIPSetCommand, IPAddressVersion, WAFV2Client } from "@aws-sdk/client-wafv2";
import { IpSetRef } from "../../functions/enforcement/settings";
import { TestCloud } from "../../local/provider/testCloud";

export const ACCOUNT = "111111111111";
export const REGION = "us-east-1";

/** What a hub has in an emulated account. */
export interface IndicatorCloud {
    readonly name: string;
    readonly buckets: { readonly snapshots: string; readonly lake: string; readonly lists: string };
    readonly tables: { readonly ioc: string; readonly overrides: string };
    /** ARN. */
    readonly topic: string;
    /** URL of a queue that gets the topic's messages: at once again, where they are not dealt with. */
    readonly queue: string;
    readonly ipv4Sets: readonly IpSetRef[];
    readonly ipv6Sets: readonly IpSetRef[];
    client<C>(Client: new (settings: ReturnType<TestCloud["client"]>) => C): C;
}

let created = 0;

/** Creates all of it under names of its own. */
export async function createIndicatorCloud(cloud: TestCloud): Promise<IndicatorCloud> {
    const name = `hub${++created}`;
    const buckets = { snapshots: `${name}-snapshots`, lake: `${name}-lake`, lists: `${name}-lists` };
    const tables = { ioc: `${name}-ioc`, overrides: `${name}-overrides` };
    const client: IndicatorCloud["client"] = (Client) => new Client(cloud.client(ACCOUNT, REGION));
    for (const Bucket of Object.values(buckets)) {
        await client(S3Client).send(new CreateBucketCommand({ Bucket }));
    }
    await createTable(client(DynamoDBClient), tables.ioc, ["value"]);
    await createTable(client(DynamoDBClient), tables.overrides, ["value", "at"]);
    const { TopicArn: topic = "" } = await client(SNSClient).send(new CreateTopicCommand({ Name: name }));
    const queue = await createQueue(client(SQSClient), name);
    const Endpoint = `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;
    await client(SNSClient).send(new SubscribeCommand({ TopicArn: topic, Protocol: "sqs", Endpoint }));
    const waf = client(WAFV2Client);
    const ipv4Sets = [
        await createIpSet(waf, `${name}-1`, "IPV4"),
        await createIpSet(waf, `${name}-2`, "IPV4"),
    ];
    const ipv6Sets = [await createIpSet(waf, `${name}-3`, "IPV6")];
    return { name, buckets, tables, topic, queue, ipv4Sets, ipv6Sets, client };
}

async function createTable(client: DynamoDBClient, name: string, keys: readonly string[]): Promise<void> {
    await client.send(
        new CreateTableCommand({
            TableName: name,
            KeySchema: keys.map((AttributeName, index) => ({
                AttributeName,
                KeyType: index === 0 ? "HASH" : "RANGE",
            })),
            AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
            BillingMode: "PAY_PER_REQUEST",
        }),
    );
}

async function createQueue(client: SQSClient, QueueName: string): Promise<string> {
    const Policy = JSON.stringify({
        Version: "2012-10-17",
        Statement: [
            {
                Effect: "Allow",
                Principal: { Service: "sns.amazonaws.com" },
                Action: "sqs:SendMessage",
                Resource: `arn:aws:sqs:${REGION}:${ACCOUNT}:${QueueName}`,
            },
        ],
    });
    const { QueueUrl = "" } = await client.send(new CreateQueueCommand({ QueueName }));
    const Attributes = { Policy, VisibilityTimeout: "0" };
    await client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
    return QueueUrl;
}

async function createIpSet(
    client: WAFV2Client,
    Name: string,
    IPAddressVersion: IPAddressVersion,
): Promise<IpSetRef> {
    const { Summary } = await client.send(
        new CreateIPSetCommand({ Name, Scope: "REGIONAL", IPAddressVersion, Addresses: [] }),
    );
    return { id: String(Summary?.Id), name: Name };
}
