import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeSecurityGroupsCommand, DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { EventBridgeClient, ListRulesCommand, ListTargetsByRuleCommand } from "@aws-sdk/client-eventbridge";
import { FirehoseClient, ListDeliveryStreamsCommand } from "@aws-sdk/client-firehose";
import { CreateRoleCommand, IAMClient, ListRolesCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { GetObjectCommand, ListBucketsCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
    GetSecretValueCommand,
    ListSecretsCommand,
    SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { ListTopicsCommand, SNSClient } from "@aws-sdk/client-sns";
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { GetIPSetCommand, ListWebACLsCommand, UpdateIPSetCommand, WAFV2Client } from "@aws-sdk/client-wafv2";
import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import type { OutputMap, Stack } from "@pulumi/pulumi/automation";
import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { REPO_DIR } from "../local/paths";
import { TestCloud } from "../local/provider/testCloud";
import { everything, FIRST, type Variation } from "./provider.program";

const SECOND: Variation = { retentionInDays: 14, greeting: "bye", visibilityTimeoutSeconds: 60, team: "red" };
const SPOKE = "222222222222";

describe("local aws provider", function () {
    this.timeout(180_000);
    let cloud: TestCloud;
    let outputs: OutputMap;
    const out = (name: string): string => String(outputs[name].value);

    before(async () => {
        cloud = await TestCloud.start();
    });
    after(() => cloud.stop());

    const up = (vary: Variation): Promise<Record<string, number>> =>
        cloud.operate(
            "all",
            () => everything(vary),
            async (stack) => {
                const result = await stack.up();
                outputs = result.outputs;
                return { ...result.summary.resourceChanges };
            },
        );

    const greet = async (): Promise<unknown> => {
        const answer = await new LambdaClient(cloud.client()).send(
            new InvokeCommand({
                FunctionName: out("workerName"),
                Payload: Buffer.from('{"name":"sun"}'),
            }),
        );
        return JSON.parse(Buffer.from(answer.Payload ?? []).toString());
    };

    const ipSet = {
        Scope: "REGIONAL" as const,
        get Id() {
            return out("ipSetId");
        },
        get Name() {
            return out("ipSetName");
        },
    };
    const addresses = async (): Promise<string[] | undefined> =>
        (await new WAFV2Client(cloud.client()).send(new GetIPSetCommand(ipSet))).IPSet?.Addresses;

    it("creates every type", async () => {
        const changes = await up(FIRST);
        assert.deepEqual(Object.keys(changes), ["create"]);
        assert.equal(out("accountId"), "111111111111");
        assert.match(out("bucket"), /^lake-[0-9a-f]{7}$/);
        assert.match(out("streamArn"), /\/stream\//);
        assert.equal((outputs.isolated.value as string[]).length, 2);
        assert.match(out("mainTable"), /^rtb-/);
    });

    it("runs a callback function", async () => {
        const table = out("tableArn").split("/")[1];
        assert.deepEqual(await greet(), { text: "hello, sun", table });
    });

    it("calls a function when a call is made or changed", () => {
        assert.deepEqual(JSON.parse(out("called")).lifecycle, { action: "create" });
    });

    it("puts a file into a bucket", async () => {
        const object = await new S3Client(cloud.client()).send(
            new GetObjectCommand({ Bucket: out("bucket"), Key: "notes/licence" }),
        );
        const expected = fs.readFileSync(path.join(REPO_DIR, "LICENSE"), "utf8");
        assert.equal(await object.Body?.transformToString(), expected);
        assert.equal(object.ContentType, "text/plain");
    });

    it("routes events of a rule to its target", async () => {
        const events = new EventBridgeClient(cloud.client());
        const { Rules = [] } = await events.send(new ListRulesCommand({ NamePrefix: "worker-" }));
        const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: Rules[0].Name }));
        assert.deepEqual(JSON.parse(Rules[0].EventPattern ?? ""), { source: ["test.worker"] });
        assert.match(Targets[0].Arn ?? "", /:function:worker-/);
    });

    it("changes nothing the second time", async () => {
        assert.deepEqual(Object.keys(await up(FIRST)), ["same"]);
    });

    it("leaves alone the addresses somebody else put in an IP set", async () => {
        const waf = new WAFV2Client(cloud.client());
        const { LockToken } = await waf.send(new GetIPSetCommand(ipSet));
        await waf.send(new UpdateIPSetCommand({ ...ipSet, LockToken, Addresses: ["192.0.2.1/32"] }));
        assert.deepEqual(Object.keys(await up(FIRST)), ["same"]);
        assert.deepEqual(await addresses(), ["192.0.2.1/32"]);
        await cloud.operate(
            "all",
            () => everything(FIRST),
            (stack) => stack.refresh(),
        );
        assert.deepEqual(Object.keys(await up(FIRST)), ["same"]);
        assert.deepEqual(await addresses(), ["192.0.2.1/32"]);
    });

    it("updates what changed, in place", async () => {
        const changes = await up(SECOND);
        assert.deepEqual([changes.update, Object.keys(changes).sort()], [5, ["same", "update"]]);
        const { text, lifecycle } = JSON.parse(out("called")) as { text: string; lifecycle: unknown };
        assert.deepEqual(lifecycle, { action: "update", prev_input: { name: FIRST.team } });
        assert.equal(text, `${SECOND.greeting}, ${SECOND.team}`);
        assert.equal(((await greet()) as { text: string }).text, "bye, sun");
        const groups = await new CloudWatchLogsClient(cloud.client()).send(
            new DescribeLogGroupsCommand({
                logGroupNamePrefix: "worker-",
            }),
        );
        assert.equal(groups.logGroups?.[0].retentionInDays, 14);
        const queue = await new SQSClient(cloud.client()).send(
            new GetQueueAttributesCommand({
                QueueUrl: out("queueUrl"),
                AttributeNames: ["VisibilityTimeout"],
            }),
        );
        assert.equal(queue.Attributes?.VisibilityTimeout, "60");
    });

    it("leaves nothing behind", async () => {
        const s3 = new S3Client(cloud.client());
        for (const Body of ["one", "two"]) {
            await s3.send(new PutObjectCommand({ Bucket: out("bucket"), Key: "other/x", Body }));
        }
        await cloud.operate(
            "all",
            () => everything(SECOND),
            (stack) => stack.destroy(),
        );
        assert.deepEqual(await remains(cloud), []);
    });

    it("refuses an unknown type and an unknown property by name", async () => {
        const refused = (program: () => void): Promise<string> =>
            cloud.operate(
                "refused",
                async () => program(),
                (stack) => failure(stack),
            );
        assert.match(
            await refused(() => new aws.ses.EmailIdentity("mail", { email: "a@example.test" })),
            /aws:ses\/emailIdentity:EmailIdentity is not supported by the local cloud/,
        );
        assert.match(
            await refused(() => new aws.s3.Bucket("bare", { acl: "private" })),
            /aws:s3\/bucket:Bucket: property "acl" is not supported by the local cloud/,
        );
        assert.match(
            await refused(() => new awsx.ecr.Repository("images")),
            /awsx:ecr:Repository is not supported by the local cloud/,
        );
    });

    it("deploys into another account and region by a role, with default tags", async () => {
        const roleArn = await deployRole(cloud);
        const program = (account: string) => async (): Promise<Record<string, pulumi.Output<string>>> => {
            const provider = new aws.Provider("target", {
                region: "eu-west-1",
                assumeRoles: [{ roleArn, sessionName: "test" }],
                allowedAccountIds: [account],
                defaultTags: { tags: { project: "test" } },
            });
            const topic = new aws.sns.Topic("there", { tags: { own: "1" } }, { provider });
            return { arn: topic.arn, project: topic.tagsAll.apply((tags) => tags.project) };
        };
        const wrong = await cloud.operate("spoke", program("333333333333"), (stack) => failure(stack));
        assert.match(wrong, /account 222222222222 is not in allowedAccountIds \(333333333333\)/);
        const { outputs: made } = await cloud.operate("spoke", program(SPOKE), (stack) => stack.up());
        assert.match(String(made.arn.value), /^arn:aws:sns:eu-west-1:222222222222:there-/);
        assert.equal(made.project.value, "test");
        const topics = new SNSClient(cloud.client(SPOKE, "eu-west-1"));
        assert.equal((await topics.send(new ListTopicsCommand({}))).Topics?.length, 1);
        await cloud.operate("spoke", program(SPOKE), (stack) => stack.destroy());
        assert.equal((await topics.send(new ListTopicsCommand({}))).Topics?.length ?? 0, 0);
    });

    it("sends secrets in clear and keeps them encrypted", async () => {
        const program = async (): Promise<Record<string, pulumi.Output<string>>> => {
            const secret = new aws.secretsmanager.Secret("hidden", { recoveryWindowInDays: 0 });
            const secretString = pulumi.secret("plain-to-see");
            new aws.secretsmanager.SecretVersion("hidden", { secretId: secret.id, secretString });
            return { arn: secret.arn };
        };
        const { outputs: made } = await cloud.operate("hidden", program, (stack) => stack.up());
        const found = await new SecretsManagerClient(cloud.client()).send(
            new GetSecretValueCommand({ SecretId: String(made.arn.value) }),
        );
        assert.equal(found.SecretString, "plain-to-see");
        const state = path.join(cloud.home, "state/.pulumi/stacks/provider-test/hidden.json");
        assert.doesNotMatch(fs.readFileSync(state, "utf8"), /plain-to-see/);
        await cloud.operate("hidden", program, (stack) => stack.destroy());
    });

    it("refuses a second, different provider in a stack", async () => {
        const program = async (): Promise<void> => {
            new aws.sns.Topic("here");
            const provider = new aws.Provider("elsewhere", { region: "eu-west-1" });
            new aws.sns.Topic("there", {}, { provider });
        };
        const error = await cloud.operate("two", program, (stack) => failure(stack));
        assert.match(error, /serves one account and region a stack/);
    });

    it("replaces what cannot be changed, and uses a resource's own region", async () => {
        const program = (hashKey: string) => async (): Promise<Record<string, pulumi.Output<string>>> => {
            const table = new aws.dynamodb.Table("fixed", {
                name: "fixed",
                hashKey,
                billingMode: "PAY_PER_REQUEST",
                attributes: [{ name: hashKey, type: "S" }],
                region: "eu-west-1",
            });
            return { arn: table.arn };
        };
        await cloud.operate("replaced", program("a"), (stack) => stack.up());
        const result = await cloud.operate("replaced", program("b"), (stack) => stack.up());
        assert.equal(result.summary.resourceChanges?.replace, 1);
        assert.match(String(result.outputs.arn.value), /:eu-west-1:/);
        await cloud.operate("replaced", program("b"), (stack) => stack.destroy());
        const left = await new DynamoDBClient(cloud.client("111111111111", "eu-west-1")).send(
            new ListTablesCommand({}),
        );
        assert.deepEqual(left.TableNames, []);
    });
});

/** The text an update fails with. */
async function failure(stack: Stack): Promise<string> {
    try {
        await stack.up();
    } catch (error) {
        return (error as Error).message;
    }
    throw new assert.AssertionError({ message: "the update should have failed" });
}

/** What the account still has. */
async function remains(cloud: TestCloud): Promise<unknown[]> {
    const config = cloud.client();
    const [
        buckets,
        tables,
        functions,
        queues,
        topics,
        groups,
        roles,
        secrets,
        acls,
        streams,
        rules,
        vpcs,
        security,
    ] = await Promise.all([
        new S3Client(config).send(new ListBucketsCommand({})).then((page) => page.Buckets),
        new DynamoDBClient(config).send(new ListTablesCommand({})).then((page) => page.TableNames),
        new LambdaClient(config).send(new ListFunctionsCommand({})).then((page) => page.Functions),
        new SQSClient(config).send(new ListQueuesCommand({})).then((page) => page.QueueUrls),
        new SNSClient(config).send(new ListTopicsCommand({})).then((page) => page.Topics),
        new CloudWatchLogsClient(config)
            .send(new DescribeLogGroupsCommand({}))
            .then((page) => page.logGroups),
        new IAMClient(config)
            .send(new ListRolesCommand({}))
            .then((page) => page.Roles?.filter(({ Path }) => !Path?.startsWith("/aws-service-role/"))),
        new SecretsManagerClient(config).send(new ListSecretsCommand({})).then((page) => page.SecretList),
        new WAFV2Client(config)
            .send(new ListWebACLsCommand({ Scope: "REGIONAL" }))
            .then((page) => page.WebACLs),
        new FirehoseClient(config)
            .send(new ListDeliveryStreamsCommand({}))
            .then((page) => page.DeliveryStreamNames),
        new EventBridgeClient(config).send(new ListRulesCommand({})).then((page) => page.Rules),
        new EC2Client(config)
            .send(new DescribeVpcsCommand({}))
            .then((page) => page.Vpcs?.filter(({ IsDefault }) => !IsDefault)),
        new EC2Client(config)
            .send(new DescribeSecurityGroupsCommand({}))
            .then((page) => page.SecurityGroups?.filter(({ GroupName }) => GroupName !== "default")),
    ]);
    return [
        buckets,
        tables,
        functions,
        queues,
        topics,
        groups,
        roles,
        secrets,
        acls,
        streams,
        rules,
        vpcs,
        security,
    ].flatMap((list) => (list ?? []) as unknown[]);
}

/** A role of the spoke that the hub may assume. */
async function deployRole(cloud: TestCloud): Promise<string> {
    const iam = new IAMClient(cloud.client(SPOKE));
    const document = (statement: object): string =>
        JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
    const { Role } = await iam.send(
        new CreateRoleCommand({
            RoleName: "deploy",
            AssumeRolePolicyDocument: document({
                Principal: { AWS: "111111111111" },
                Action: "sts:AssumeRole",
            }),
        }),
    );
    await iam.send(
        new PutRolePolicyCommand({
            RoleName: "deploy",
            PolicyName: "all",
            PolicyDocument: document({ Action: "*", Resource: "*" }),
        }),
    );
    return Role?.Arn ?? "";
}
