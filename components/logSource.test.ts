import assert from "node:assert/strict";
import { enrichment } from "../config/sources";
import { LogSource, LogSourceArgs } from "./logSource";
import { deploy, Deployment, DocumentStatement, ENVIRONMENT, HUB } from "./testing";

const BUCKET = "aws:s3/bucket:Bucket";
const BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy";
const NOTIFICATION = "aws:s3/bucketNotification:BucketNotification";
const ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
const FUNCTION = "aws:lambda/function:Function";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy";
const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";
const INVOKE_CONFIG = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig";
const INVOCATION = "aws:lambda/invocation:Invocation";
const PERMISSION = "aws:lambda/permission:Permission";
const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
const SUBSCRIPTION = "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const STREAM = "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream";

function source(
    args: Pick<LogSourceArgs, "kind"> & Partial<LogSourceArgs>,
    stack: Partial<typeof ENVIRONMENT> = {},
): Promise<Deployment> {
    return deploy(() => {
        new LogSource("s", {
            environment: { ...ENVIRONMENT, ...stack },
            hub: HUB,
            enrichment: enrichment.parse(undefined),
            ...args,
        });
    });
}

function variables(made: Deployment): Record<string, string> {
    return made.inputs<{ environment: { variables: Record<string, string> } }>(FUNCTION, "s").environment
        .variables;
}

/** What a role may do, as pairs of action and resource. */
function rights(made: Deployment, role = "s"): string[] {
    return made
        .statements(ROLE_POLICY, role)
        .flatMap(({ Action, Resource }) =>
            [Action].flat().flatMap((action) => [Resource ?? ""].flat().map((on) => `${action} ${on}`)),
        );
}

function sids(statements: readonly DocumentStatement[]): Record<string, DocumentStatement> {
    return Object.fromEntries(statements.map((one) => [one.Sid, one]));
}

describe("LogSource of a bucket that is made", () => {
    let made: Deployment;
    before(async () => {
        made = await source({ kind: "cloudtrail" });
    });

    it("lets in the service that writes the log, on behalf of this account alone", () => {
        const { LogDelivery, LogDeliveryCheck, DenyPlainHttp } = sids(made.statements(BUCKET_POLICY, "s"));
        const Condition = {
            ArnLike: { "aws:SourceArn": "arn:aws:cloudtrail:*:222222222222:trail/*" },
        };
        const Principal = { Service: "cloudtrail.amazonaws.com" };
        assert.deepEqual(LogDelivery, {
            Sid: "LogDelivery",
            Effect: "Allow",
            Principal,
            Action: "s3:PutObject",
            Resource: "arn:aws:s3:::s/AWSLogs/222222222222/*",
            Condition,
        });
        assert.deepEqual(
            [LogDeliveryCheck.Action, LogDeliveryCheck.Resource],
            ["s3:GetBucketAcl", "arn:aws:s3:::s"],
        );
        assert.deepEqual([LogDeliveryCheck.Principal, LogDeliveryCheck.Condition], [Principal, Condition]);
        assert.equal(DenyPlainHttp.Effect, "Deny");
    });

    it("hears of its objects through a queue that only this bucket sends to", () => {
        assert.deepEqual(made.inputs(NOTIFICATION, "s"), {
            bucket: "s",
            queues: [
                {
                    queueArn: "arn:aws:sqs:eu-west-1:222222222222:s",
                    events: ["s3:ObjectCreated:*"],
                    filterPrefix: "AWSLogs/222222222222/CloudTrail/",
                },
            ],
        });
        const [sender, ...others] = made.statements(QUEUE_POLICY, "s");
        assert.deepEqual(others, []);
        assert.deepEqual(sender.Condition, {
            StringEquals: { "aws:SourceAccount": "222222222222" },
            ArnEquals: { "aws:SourceArn": "arn:aws:s3:::s" },
        });
        assert.deepEqual(made.names(INVOCATION), []);
    });

    it("works on the queue in batches of which only the failed part comes back, at most ten at once", () => {
        const mapping = made.inputs(MAPPING, "s");
        assert.deepEqual(mapping.functionResponseTypes, ["ReportBatchItemFailures"]);
        assert.deepEqual(mapping.scalingConfig, { maximumConcurrency: 10 });
        const queue = made.inputs<{ redrivePolicy: string; visibilityTimeoutSeconds: number }>(
            "aws:sqs/queue:Queue",
            "s",
        );
        assert.match(JSON.parse(queue.redrivePolicy).deadLetterTargetArn, /:s-undelivered$/);
        const { timeout } = made.inputs<{ timeout: number }>(FUNCTION, "s");
        assert.ok(queue.visibilityTimeoutSeconds >= 6 * timeout);
    });

    it("tells the function its job", () => {
        const { ENRICHMENT, ...rest } = variables(made);
        assert.deepEqual(rest, {
            KIND: "cloudtrail",
            FORMAT: "",
            ACCOUNT_ID: "222222222222",
            LAKE_BUCKET: "lake",
            LAKE_REGION: "us-east-1",
            LAKE_KMS_KEY: HUB.kmsKeyArn,
            SNAPSHOT_BUCKET: "snapshots",
            SNAPSHOT_REGION: "us-east-1",
            QUEUE_URL: "https://queue/s",
        });
        assert.deepEqual(JSON.parse(ENRICHMENT), enrichment.parse(undefined));
        assert.equal(made.inputs(FUNCTION, "s").memorySize, 1769);
    });

    it("lets the function read this log, write to the lake under its account and go on by message", () => {
        const queue = "arn:aws:sqs:eu-west-1:222222222222:s";
        const keys = [HUB.kmsKeyArn, ENVIRONMENT.kmsKeyArn];
        const withoutGeo = rights(made).filter((right) => !/geo|ec2:/.test(right));
        assert.deepEqual(
            new Set(withoutGeo),
            new Set([
                "logs:CreateLogStream arn:aws:cloudwatch:eu-west-1:222222222222:s:*",
                "logs:PutLogEvents arn:aws:cloudwatch:eu-west-1:222222222222:s:*",
                "sqs:SendMessage arn:aws:sqs:eu-west-1:222222222222:s-dead-letters",
                "s3:GetObject arn:aws:s3:::snapshots/current.json",
                "s3:GetObject arn:aws:s3:::snapshots/snapshots/*",
                "s3:ListBucket arn:aws:s3:::snapshots",
                "s3:PutObject arn:aws:s3:::lake/logs/*/222222222222/*",
                "s3:PutObject arn:aws:s3:::lake/quarantine/*/222222222222/*",
                ...keys.flatMap((key) => [`kms:Decrypt ${key}`, `kms:GenerateDataKey ${key}`]),
                "s3:GetObject arn:aws:s3:::s/AWSLogs/222222222222/CloudTrail/*",
                "s3:ListBucket arn:aws:s3:::s",
                `sqs:SendMessage ${queue}`,
                `sqs:ReceiveMessage ${queue}`,
                `sqs:DeleteMessage ${queue}`,
                `sqs:GetQueueAttributes ${queue}`,
                `sqs:ChangeMessageVisibility ${queue}`,
            ]),
        );
    });

    it("watches what is given up, what waits and what crashes", () => {
        const metrics = made.names(ALARM).map((name) => {
            const { metricName, dimensions, threshold } = made.inputs(ALARM, name);
            return [metricName, Object.values(dimensions as object)[0], threshold];
        });
        assert.deepEqual(metrics, [
            ["ApproximateAgeOfOldestMessage", "s", 3600],
            ["ApproximateNumberOfMessagesVisible", "s-dead-letters", 0],
            ["Errors", "s", 0],
            ["ApproximateNumberOfMessagesVisible", "s-undelivered", 0],
        ]);
    });
});

describe("LogSource of an existing bucket", () => {
    const bucket = { name: "central", prefix: "trail/AWSLogs/", kmsKeyArn: "arn:aws:kms:eu-west-1:1:key/k" };
    let made: Deployment;
    before(async () => {
        made = await source({ kind: "cloudtrail", bucket });
    });

    it("changes nothing of the bucket but its one notification", () => {
        assert.deepEqual(
            [BUCKET, BUCKET_POLICY, NOTIFICATION, ENCRYPTION].flatMap((type) => made.names(type)),
            [],
        );
        const [name] = made.names(INVOCATION);
        const { input, lifecycleScope } = made.inputs<Record<string, string>>(INVOCATION, name);
        assert.equal(lifecycleScope, "CRUD");
        assert.deepEqual(JSON.parse(input), {
            id: name,
            queueArn: "arn:aws:sqs:eu-west-1:222222222222:s",
            prefix: "trail/AWSLogs/",
        });
        const [notify] = made.names(FUNCTION).filter((one) => one !== "s");
        const { environment } = made.inputs<{ environment: object }>(FUNCTION, notify);
        assert.deepEqual(environment, { variables: { ACCOUNT_ID: "222222222222", BUCKET: "central" } });
        assert.deepEqual(
            rights(made, notify).filter((right) => !/^logs:|^sqs:/.test(right)),
            [
                "s3:GetBucketNotification arn:aws:s3:::central",
                "s3:PutBucketNotification arn:aws:s3:::central",
            ],
        );
    });

    it("reads below the prefix only, with the bucket's key", () => {
        const own = rights(made).filter((right) => /central|key\/k/.test(right));
        assert.deepEqual(own, [
            "s3:GetObject arn:aws:s3:::central/trail/AWSLogs/*",
            "s3:ListBucket arn:aws:s3:::central",
            "kms:Decrypt arn:aws:kms:eu-west-1:1:key/k",
        ]);
    });

    it("takes the account's own folder when no prefix is given", async () => {
        const alb = await source({ kind: "alb", bucket: { name: "central" } });
        const [name] = alb.names(INVOCATION);
        const { prefix } = JSON.parse(alb.inputs<{ input: string }>(INVOCATION, name).input);
        assert.equal(prefix, "AWSLogs/222222222222/elasticloadbalancing/");
    });

    it("makes another notifier for another bucket, so that the old one can still clean up", async () => {
        const other = await source({ kind: "cloudtrail", bucket: { name: "other" } });
        assert.notDeepEqual(other.names(INVOCATION), made.names(INVOCATION));
    });
});

describe("LogSource of a bucket for the organization", () => {
    it("lets in the service on behalf of the organization's accounts", async () => {
        const made = await source({ kind: "vpcflow", bucket: { organization: true } });
        const { LogDelivery } = sids(made.statements(BUCKET_POLICY, "s"));
        assert.equal(LogDelivery.Resource, "arn:aws:s3:::s/AWSLogs/*");
        assert.deepEqual(LogDelivery.Condition, { StringEquals: { "aws:SourceOrgID": "o-test000001" } });
        const { queues } = made.inputs<{ queues: { filterPrefix: string }[] }>(NOTIFICATION, "s");
        assert.equal(queues[0].filterPrefix, "AWSLogs/");
    });

    it("lets in one trail when it is named", async () => {
        const trailArn = "arn:aws:cloudtrail:us-east-1:111111111111:trail/all";
        const made = await source({ kind: "cloudtrail", bucket: { organization: true, trailArn } });
        const { LogDelivery } = sids(made.statements(BUCKET_POLICY, "s"));
        assert.deepEqual(LogDelivery.Condition, { ArnEquals: { "aws:SourceArn": trailArn } });
    });

    it("lets accounts put Suricata's files under their own number", async () => {
        const made = await source({ kind: "suricata", bucket: { organization: true } });
        const { OrganizationPuts } = sids(made.statements(BUCKET_POLICY, "s"));
        assert.equal(OrganizationPuts.Resource, "arn:aws:s3:::s/${aws:PrincipalAccount}/*");
        assert.equal(OrganizationPuts.Action, "s3:PutObject");
        assert.deepEqual(OrganizationPuts.Condition, {
            StringEquals: { "aws:PrincipalOrgID": "o-test000001" },
        });
        const alone = await source({ kind: "suricata", bucket: {} });
        assert.deepEqual(Object.keys(sids(alone.statements(BUCKET_POLICY, "s"))), ["DenyPlainHttp"]);
    });
});

describe("LogSource and encryption", () => {
    const algorithm = async (kind: LogSourceArgs["kind"]) => {
        const made = await source({ kind, bucket: {} });
        const { rules } = made.inputs<{ rules: { applyServerSideEncryptionByDefault: object }[] }>(
            ENCRYPTION,
            "s",
        );
        return rules[0].applyServerSideEncryptionByDefault;
    };

    it("uses the stack's key, S3's own where the writer cannot use one", async () => {
        const kms = { sseAlgorithm: "aws:kms", kmsMasterKeyId: ENVIRONMENT.kmsKeyArn };
        assert.deepEqual(await algorithm("nlb"), kms);
        assert.deepEqual(await algorithm("waf"), kms);
        assert.deepEqual(await algorithm("alb"), { sseAlgorithm: "AES256" });
        assert.deepEqual(await algorithm("s3access"), { sseAlgorithm: "AES256" });
    });
});

describe("LogSource of WAF logs", () => {
    const stream = async (bucket?: LogSourceArgs["bucket"]) => {
        const made = await source({ kind: "waf", bucket });
        const { name, extendedS3Configuration } = made.inputs<{
            name: string;
            extendedS3Configuration: Record<string, string>;
        }>(STREAM, "s");
        assert.match(name, /^aws-waf-logs-/);
        return { made, ...extendedS3Configuration } as { made: Deployment } & Record<string, string>;
    };

    it("has a stream that writes where the notification looks", async () => {
        const { prefix, bucketArn, compressionFormat, kmsKeyArn } = await stream();
        assert.equal(prefix, "AWSLogs/222222222222/WAFLogs/eu-west-1/!{timestamp:yyyy/MM/dd/HH}/");
        assert.deepEqual([bucketArn, compressionFormat], ["arn:aws:s3:::s", "GZIP"]);
        assert.equal(kmsKeyArn, ENVIRONMENT.kmsKeyArn);
    });

    it("has one that writes into an existing bucket, below its prefix and with its key", async () => {
        const key = "arn:aws:kms:eu-west-1:222222222222:key/central";
        const { made, prefix, kmsKeyArn } = await stream({ name: "central", prefix: "waf/", kmsKeyArn: key });
        assert.match(prefix, /^waf\/eu-west-1\//);
        assert.equal(kmsKeyArn, key);
        assert.ok(rights(made, "s-firehose").includes("s3:PutObject arn:aws:s3:::central/waf/*"));
        assert.ok(!rights(made, "s-firehose").includes("s3:PutObject arn:aws:s3:::central/*"));
    });
});

describe("LogSource of a log group", () => {
    it("makes one, kept as long as the stack says, for a kind that can come so", async () => {
        const made = await source({ kind: "vpcflow" });
        assert.deepEqual(made.names(BUCKET), []);
        const group = made.inputs(LOG_GROUP, "s-events");
        assert.ok(group.retentionInDays === 30 && group.kmsKeyId === ENVIRONMENT.kmsKeyArn);
        const trust = made.inputs<{ assumeRolePolicy: string }>("aws:iam/role:Role", "s-delivery");
        assert.match(trust.assumeRolePolicy, /vpc-flow-logs\.amazonaws\.com/);
    });

    it("subscribes the function and keeps the events that it fails on", async () => {
        const made = await source({ kind: "vpcflow" });
        assert.equal(
            made.inputs(SUBSCRIPTION, "s").destinationArn,
            "arn:aws:lambda:eu-west-1:222222222222:s",
        );
        const { principal, sourceArn, sourceAccount } = made.inputs(PERMISSION, "s");
        assert.deepEqual(
            [principal, sourceArn, sourceAccount],
            ["logs.amazonaws.com", "arn:aws:cloudwatch:eu-west-1:222222222222:s-events:*", "222222222222"],
        );
        assert.deepEqual(made.inputs(INVOKE_CONFIG, "s").destinationConfig, {
            onFailure: { destination: "arn:aws:sqs:eu-west-1:222222222222:s-dead-letters" },
        });
        assert.ok(!("QUEUE_URL" in variables(made)));
        assert.ok(made.names(ALARM).some((name) => made.inputs(ALARM, name).metricName === "AsyncEventAge"));
    });

    it("takes an existing one as it is", async () => {
        const made = await source({ kind: "apigateway", logGroup: { name: "/aws/api/shop" } });
        assert.deepEqual(made.names(LOG_GROUP), ["s"]);
        assert.equal(made.inputs(SUBSCRIPTION, "s").logGroup, "/aws/api/shop");
        assert.equal(
            made.inputs(PERMISSION, "s").sourceArn,
            "arn:aws:logs:eu-west-1:222222222222:log-group:/aws/api/shop:*",
        );
        assert.deepEqual(made.names("aws:iam/role:Role"), ["s"]);
    });

    it("can be read beside a bucket", async () => {
        const made = await source({ kind: "route53", bucket: {}, logGroup: {} });
        assert.deepEqual([made.names(SUBSCRIPTION), made.names(NOTIFICATION)], [["s"], ["s"]]);
        assert.deepEqual(made.names(FUNCTION), ["s"]);
    });
});

describe("LogSource of findings", () => {
    it("has a rule whose events are kept when the function cannot be called", async () => {
        const made = await source({ kind: "guardduty" });
        const rule = made.inputs<{ eventPattern: string }>("aws:cloudwatch/eventRule:EventRule", "s");
        assert.deepEqual(JSON.parse(rule.eventPattern), {
            source: ["aws.guardduty"],
            "detail-type": ["GuardDuty Finding"],
        });
        const target = made.inputs<{ deadLetterConfig: object }>(
            "aws:cloudwatch/eventTarget:EventTarget",
            "s",
        );
        const deadLetters = "arn:aws:sqs:eu-west-1:222222222222:s-dead-letters";
        assert.deepEqual(target.deadLetterConfig, { arn: deadLetters });
        const [sender] = made.statements(QUEUE_POLICY, "s");
        const ruleArn = "arn:aws:cloudwatch:eu-west-1:222222222222:s";
        assert.deepEqual(sender.Principal, { Service: "events.amazonaws.com" });
        assert.deepEqual(
            [sender.Resource, sender.Condition],
            [deadLetters, { ArnEquals: { "aws:SourceArn": ruleArn } }],
        );
        assert.equal(made.inputs(PERMISSION, "s").sourceArn, ruleArn);
        assert.deepEqual([...made.names(BUCKET), ...made.names(SUBSCRIPTION)], []);
    });
});

describe("LogSource's settings", () => {
    it("give rights for what is looked up, and no others", async () => {
        const all = { ...enrichment.parse(undefined), geo: true, networkInterfaces: true };
        const lookups = (made: Deployment) => rights(made).filter((right) => /geo|ec2:/.test(right));
        assert.deepEqual(lookups(await source({ kind: "nlb", enrichment: all })), [
            "s3:GetObject arn:aws:s3:::snapshots/geo/*",
            "ec2:DescribeInstances *",
            "ec2:DescribeNetworkInterfaces *",
        ]);
        const none = { ...all, geo: false, networkInterfaces: false };
        assert.deepEqual(lookups(await source({ kind: "nlb", enrichment: none })), []);
    });

    it("are handed to the function", async () => {
        const made = await source({ kind: "vpcflow", format: "${srcaddr} ${dstaddr}", memorySize: 3000 });
        assert.equal(variables(made).FORMAT, "${srcaddr} ${dstaddr}");
        assert.equal(made.inputs(FUNCTION, "s").memorySize, 3000);
    });

    it("tell a topic of alarms and of their end", async () => {
        const alarmTopicArn = "arn:aws:sns:eu-west-1:222222222222:alarms";
        const made = await source({ kind: "alb" }, { alarmTopicArn });
        for (const name of made.names(ALARM)) {
            const { alarmActions, okActions } = made.inputs(ALARM, name);
            assert.deepEqual([alarmActions, okActions], [[alarmTopicArn], [alarmTopicArn]]);
        }
    });

    it("are refused when the kind does not come so", async () => {
        await assert.rejects(source({ kind: "alb", logGroup: {} }), /alb logs cannot come from a logGroup/);
        await assert.rejects(source({ kind: "guardduty", bucket: {} }), /guardduty .* from a bucket/);
    });
});
