import {
    CreateBucketCommand,
    GetBucketNotificationConfigurationCommand,
    NotificationConfiguration,
    PutBucketNotificationConfigurationCommand,
    S3Client,
} from "@aws-sdk/client-s3";
import { CreateTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { CreateQueueCommand, SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Stack } from "@pulumi/pulumi/automation";
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { LogSource } from "../components/logSource";
import { enrichment } from "../config/sources";
import { REPO_DIR } from "../local/paths";
import { TestCloud } from "../local/provider/testCloud";

const ACCOUNT = "111111111111";
const BUCKET = "somebody-elses-logs";

/** A source on a bucket that others already have notifications on. */
describe("a notification on an existing bucket", function () {
    this.timeout(180_000);
    let cloud: TestCloud;
    let s3: S3Client;
    let others: NotificationConfiguration;

    before(async () => {
        cloud = await TestCloud.start();
        // The engine looks for a function's bundle below its own folder, the program writes it below the project's.
        const workDir = path.join(cloud.home, "notification");
        fs.mkdirSync(workDir, { recursive: true });
        fs.mkdirSync(path.join(REPO_DIR, ".build"), { recursive: true });
        fs.symlinkSync(path.join(REPO_DIR, ".build"), path.join(workDir, ".build"));
        s3 = new S3Client(cloud.client());
        await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
        others = await notifiedOthers();
    });
    after(() => cloud.stop());

    async function notifiedOthers(): Promise<NotificationConfiguration> {
        const sqs = new SQSClient(cloud.client());
        const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "theirs" }));
        const { TopicArn } = await new SNSClient(cloud.client()).send(
            new CreateTopicCommand({ Name: "theirs" }),
        );
        const QueueArn = `arn:aws:sqs:us-east-1:${ACCOUNT}:theirs`;
        const Statement = [
            {
                Effect: "Allow",
                Principal: { Service: "s3.amazonaws.com" },
                Action: "sqs:SendMessage",
                Resource: QueueArn,
            },
        ];
        const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
        await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
        await s3.send(
            new PutBucketNotificationConfigurationCommand({
                Bucket: BUCKET,
                NotificationConfiguration: {
                    QueueConfigurations: [
                        {
                            Id: "their-queue",
                            QueueArn,
                            Events: ["s3:ObjectCreated:Put"],
                            Filter: { Key: { FilterRules: [{ Name: "prefix", Value: "images/" }] } },
                        },
                    ],
                    TopicConfigurations: [{ Id: "their-topic", TopicArn, Events: ["s3:ObjectRemoved:*"] }],
                    EventBridgeConfiguration: {},
                },
            }),
        );
        return configuration();
    }

    async function configuration(): Promise<NotificationConfiguration> {
        const { $metadata: _, ...found } = await s3.send(
            new GetBucketNotificationConfigurationCommand({ Bucket: BUCKET }),
        );
        return found;
    }

    function run<T>(prefix: string, operation: (stack: Stack) => Promise<T>): Promise<T> {
        const program = async (): Promise<Record<string, unknown>> => {
            const source = new LogSource("source", {
                environment: {
                    accountId: ACCOUNT,
                    region: "us-east-1",
                    organizationId: "o-local00001",
                    logRetentionDays: 1,
                    kmsKeyArn: `arn:aws:kms:us-east-1:${ACCOUNT}:key/none`,
                    disposable: true,
                },
                hub: {
                    region: "us-east-1",
                    kmsKeyArn: `arn:aws:kms:us-east-1:${ACCOUNT}:key/none`,
                    lakeBucketName: "lake",
                    lakeBucketArn: "arn:aws:s3:::lake",
                    snapshotBucketName: "snapshots",
                    snapshotBucketArn: "arn:aws:s3:::snapshots",
                    publishedTopicArn: `arn:aws:sns:us-east-1:${ACCOUNT}:published`,
                },
                kind: "alb",
                bucket: { name: BUCKET, prefix },
                enrichment: enrichment.parse(undefined),
            });
            return { queueUrl: source.queueUrl };
        };
        return cloud.operate("notification", program, operation);
    }

    /** Ours among the notifications of queues, and the rest. */
    async function split() {
        const { QueueConfigurations = [], ...rest } = await configuration();
        const own = QueueConfigurations.filter(({ Id }) => Id !== "their-queue");
        const theirs = QueueConfigurations.filter(({ Id }) => Id === "their-queue");
        return { own, theirs: { ...rest, QueueConfigurations: theirs } };
    }

    it("is added beside theirs", async () => {
        const { outputs } = await run("AWSLogs/", (stack) => stack.up());
        const { own, theirs } = await split();
        assert.deepEqual(theirs, others);
        assert.equal(own.length, 1);
        assert.equal(own[0].QueueArn?.split(":").pop(), String(outputs.queueUrl.value).split("/").pop());
        assert.deepEqual(
            own[0].Filter?.Key?.FilterRules?.map(({ Value }) => Value),
            ["AWSLogs/"],
        );
    });

    it("stays as it is when nothing changes", async () => {
        const before = await configuration();
        const { summary } = await run("AWSLogs/", (stack) => stack.up());
        assert.deepEqual(Object.keys(summary.resourceChanges ?? {}), ["same"]);
        assert.deepEqual(await configuration(), before);
    });

    it("changes with the prefix, and theirs do not", async () => {
        await run("alb/AWSLogs/", (stack) => stack.up());
        const { own, theirs } = await split();
        assert.deepEqual(theirs, others);
        assert.deepEqual(
            own.map(({ Filter }) => Filter?.Key?.FilterRules?.[0].Value),
            ["alb/AWSLogs/"],
        );
    });

    it("goes with the stack, and theirs do not", async () => {
        await run("alb/AWSLogs/", (stack) => stack.destroy());
        assert.deepEqual(await configuration(), others);
    });
});
