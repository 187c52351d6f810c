import {
    GetThreatEntitySetCommand,
    GetThreatIntelSetCommand,
    GuardDutyClient,
    ListDetectorsCommand,
} from "@aws-sdk/client-guardduty";
import {
    CreateAccessKeyCommand,
    CreateRoleCommand,
    CreateUserCommand,
    IAMClient,
    PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import {
    DescribeRuleGroupCommand,
    ListRuleGroupsCommand,
    NetworkFirewallClient,
} from "@aws-sdk/client-network-firewall";
import {
    GetFirewallDomainListCommand,
    ListFirewallDomainListsCommand,
    ListFirewallDomainsCommand,
    Route53ResolverClient,
} from "@aws-sdk/client-route53resolver";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DescribeHubCommand, EnableSecurityHubCommand, SecurityHubClient } from "@aws-sdk/client-securityhub";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { OutputMap } from "@pulumi/pulumi/automation";
import type { MiddlewareStack } from "@smithy/types";
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { dnsFirewallPlace } from "../functions/enforcement/dns-firewall";
import { guardDutyPlace } from "../functions/enforcement/guardduty";
import { ListFiles } from "../functions/enforcement/list-files";
import { networkFirewallPlace } from "../functions/enforcement/network-firewall";
import { Place } from "../functions/enforcement/place";
import { blockable, changes, indicator } from "../functions/enforcement/testing";
import { servicesEnvironment } from "../local/engines/services";
import { TestCloud } from "../local/provider/testCloud";
import { Services, startServices } from "../local/services/server";
import { furtherServices } from "./services.program";

const ACCOUNT = "111111111111";
const BUCKET = "lists";
const READS = /^(Get|List|Describe|Head)/;
const DOMAINS = Array.from({ length: 1_200 }, (_, index) => indicator(`d${index}.bad.example`));
const ADDRESSES = Array.from({ length: 300 }, (_, index) => indicator(`9.9.${index >> 8}.${index & 255}`));
const URLS = [indicator("http://u.bad.example/a?b=c;d")];

describe("services that no emulator has", function () {
    this.timeout(180_000);
    let cloud: TestCloud;
    let services: Services;
    let outputs: OutputMap;
    const writes: string[] = [];
    const out = (name: string): string => String(outputs[name].value);

    before(async () => {
        cloud = await TestCloud.start();
        services = await startServices({ awsEndpoint: () => cloud.endpoint, settle: 20 });
        const s3 = new S3Client(cloud.client());
        await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
        await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "nobody.txt", Body: "192.0.2.1\n" }));
    });
    after(async () => {
        await services?.close();
        await cloud?.stop();
    });

    /** Settings of a client of the stand-in. */
    const at = () => ({ ...cloud.client(), endpoint: services.url });

    /** Notes what a client is made to write. */
    function noting<C extends { readonly middlewareStack: unknown }>(client: C): C {
        (client.middlewareStack as MiddlewareStack<object, object>).add(
            (next, context) => async (args) => {
                const name = String(context.commandName).replace(/Command$/, "");
                if (!READS.test(name)) {
                    writes.push(name);
                }
                return next(args);
            },
            { step: "initialize" },
        );
        return client;
    }

    const settings = () => {
        const { url } = services;
        const endpoints = [{ guardduty: url, route53resolver: url, networkfirewall: url }];
        return { "aws:region": "us-east-1", "aws:endpoints": JSON.stringify(endpoints) };
    };
    const up = (priority: number): Promise<Record<string, number>> =>
        cloud.operate(
            "services",
            () => furtherServices(`s3://${BUCKET}/nobody.txt`, priority),
            async (stack) => {
                const result = await stack.up();
                outputs = result.outputs;
                return { ...result.summary.resourceChanges };
            },
            settings(),
        );

    it("are deployed to, and nothing changes the second time", async () => {
        assert.deepEqual(Object.keys(await up(100)), ["create"]);
        const client = new GuardDutyClient(at());
        const set = { DetectorId: out("detectorId"), ThreatIntelSetId: out("intelSetId") };
        assert.equal((await client.send(new GetThreatIntelSetCommand(set))).Status, "ACTIVE");
        assert.deepEqual(Object.keys(await up(100)), ["same"]);
    });

    /** Fills a place, fills it again, and takes some away. */
    async function fillAndShrink(
        place: Place,
        all: typeof DOMAINS,
        fewer: typeof DOMAINS,
    ): Promise<number[][]> {
        const first = await place.enforce(blockable(all));
        writes.length = 0;
        const second = await place.enforce(blockable(all));
        assert.deepEqual(writes, [], "a place that is right is not written to");
        const third = await place.enforce(blockable(fewer));
        return [first, second, third].map(changes);
    }

    const listFiles = () => new ListFiles(noting(new S3Client(cloud.client())), BUCKET);
    const pause = () => sleep(10);

    it("GuardDuty: the sets hold what the place was given", async () => {
        const client = noting(new GuardDutyClient(at()));
        const detectorId = out("detectorId");
        const settings = {
            threatIntelSets: [out("intelSetId")],
            threatEntitySets: [out("entitySetId")],
            entityLimit: 250_000,
        };
        const options = { client, detectorId, accountId: ACCOUNT, files: listFiles(), settings, pause };
        const place = guardDutyPlace(options);
        const all = [...ADDRESSES, ...DOMAINS, ...URLS];
        const fewer = [...ADDRESSES.slice(10), ...DOMAINS.slice(5)];
        assert.deepEqual(await fillAndShrink(place, all, fewer), [
            [300 + 1500, 0, 0],
            [0, 0, 1800],
            [0, 10 + 15, 1775],
        ]);
        const intel = { DetectorId: detectorId, ThreatIntelSetId: out("intelSetId") };
        const entity = { DetectorId: detectorId, ThreatEntitySetId: out("entitySetId") };
        for (const [{ Status, Location = "" }, lines] of [
            [await client.send(new GetThreatIntelSetCommand(intel)), 290],
            [await client.send(new GetThreatEntitySetCommand(entity)), 1485],
        ] as const) {
            assert.equal(Status, "ACTIVE");
            const Key = Location.replace(`s3://${BUCKET}/`, "");
            const { Body } = await new S3Client(cloud.client()).send(
                new GetObjectCommand({ Bucket: BUCKET, Key }),
            );
            assert.equal((await Body?.transformToString())?.trim().split("\n").length, lines);
        }
    });

    it("DNS Firewall: the list holds what the place was given, imported or updated", async () => {
        const client = noting(new Route53ResolverClient(at()));
        const domainListId = out("domainListId");
        const place = dnsFirewallPlace({ client, domainListId, files: listFiles(), pause });
        assert.deepEqual(await fillAndShrink(place, DOMAINS, DOMAINS.slice(1)), [
            [2400, 0, 0],
            [0, 0, 2400],
            [0, 2, 2398],
        ]);
        assert.deepEqual(writes, ["UpdateFirewallDomains"]);
        const get = new GetFirewallDomainListCommand({ FirewallDomainListId: domainListId });
        assert.equal((await client.send(get)).FirewallDomainList?.DomainCount, 2398);
        const own = { FirewallDomainListId: out("ownListId") };
        const { Domains } = await client.send(new ListFirewallDomainsCommand(own));
        assert.deepEqual(Domains, ["own.example."]);
    });

    it("Network Firewall: the rule groups hold the best that they have room for", async () => {
        const client = noting(new NetworkFirewallClient(at()));
        const settings = {
            domainGroupArn: out("domainGroupArn"),
            suricataGroupArn: out("suricataGroupArn"),
            action: "drop" as const,
        };
        const place = networkFirewallPlace({ client, settings, pause });
        const all = [...DOMAINS, ...ADDRESSES, ...URLS];
        const fewer = [...DOMAINS.slice(0, 20), ...ADDRESSES.slice(0, 3), ...URLS];
        const [first, second, third] = await fillAndShrink(place, all, fewer);
        // 49 domains of two protocols beside one rule for each protocol, and 100 rules.
        assert.deepEqual([first[0], second], [149, [0, 0, 149]]);
        assert.equal(third[0] + third[2], 24);
        const describe = new DescribeRuleGroupCommand({ RuleGroupArn: settings.suricataGroupArn });
        const { RuleGroup, RuleGroupResponse } = await client.send(describe);
        assert.equal(RuleGroupResponse?.ConsumedCapacity, 4);
        assert.equal(RuleGroup?.StatefulRuleOptions?.RuleOrder, "STRICT_ORDER");
    });

    it("are left as functions filled them by the next update, and go when the stack goes", async () => {
        const refresh = await up(200);
        assert.deepEqual([refresh.update, Object.keys(refresh).sort()], [2, ["same", "update"]]);
        const describe = new DescribeRuleGroupCommand({ RuleGroupArn: out("suricataGroupArn") });
        const firewall = new NetworkFirewallClient(at());
        assert.equal((await firewall.send(describe)).RuleGroupResponse?.ConsumedCapacity, 4);
        await cloud.operate(
            "services",
            () => furtherServices(`s3://${BUCKET}/nobody.txt`, 200),
            (stack) => stack.destroy(),
            settings(),
        );
        await assert.rejects(firewall.send(describe), { name: "ResourceNotFoundException" });
    });

    it("know the account of a user and of a role's session, and nobody else", async () => {
        const root = cloud.client(ACCOUNT);
        const iam = new IAMClient(root);
        await iam.send(new CreateUserCommand({ UserName: "analyst" }));
        await iam.send(
            new PutUserPolicyCommand({
                UserName: "analyst",
                PolicyName: "assume",
                PolicyDocument: JSON.stringify({
                    Version: "2012-10-17",
                    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Resource: "*" }],
                }),
            }),
        );
        const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "analyst" }));
        const user = {
            accessKeyId: AccessKey?.AccessKeyId ?? "",
            secretAccessKey: AccessKey?.SecretAccessKey ?? "",
        };
        const spoke = "222222222222";
        const { Role } = await new IAMClient(cloud.client(spoke)).send(
            new CreateRoleCommand({
                RoleName: "enforce",
                AssumeRolePolicyDocument: JSON.stringify({
                    Version: "2012-10-17",
                    Statement: [
                        {
                            Effect: "Allow",
                            Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/analyst` },
                            Action: "sts:AssumeRole",
                        },
                    ],
                }),
            }),
        );
        const { Credentials } = await new STSClient({ ...root, credentials: user }).send(
            new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: "test" }),
        );
        const session = {
            accessKeyId: Credentials?.AccessKeyId ?? "",
            secretAccessKey: Credentials?.SecretAccessKey ?? "",
            sessionToken: Credentials?.SessionToken,
        };
        for (const [credentials, account] of [
            [user, ACCOUNT],
            [session, spoke],
        ] as const) {
            const hub = new SecurityHubClient({ ...at(), credentials });
            await hub.send(new EnableSecurityHubCommand({}));
            const { HubArn = "" } = await hub.send(new DescribeHubCommand({}));
            assert.equal(HubArn.split(":")[4], account);
        }
        const stranger = { accessKeyId: "not-a-known-key-at-all", secretAccessKey: "x" };
        await assert.rejects(
            new SecurityHubClient({ ...at(), credentials: stranger }).send(new DescribeHubCommand({})),
            { name: "UnrecognizedClientException" },
        );
    });

    it("are found by clients that are told of them by their environment alone", async () => {
        const told = {
            ...servicesEnvironment(Number(new URL(services.url).port)),
            // Where nobody listens.
            AWS_ENDPOINT_URL: "http://127.0.0.1:9",
        };
        Object.assign(process.env, told);
        try {
            const { credentials, region } = cloud.client("333333333333");
            const config = { credentials, region, maxAttempts: 1 };
            await new GuardDutyClient(config).send(new ListDetectorsCommand({}));
            await new Route53ResolverClient(config).send(new ListFirewallDomainListsCommand({}));
            await new NetworkFirewallClient(config).send(new ListRuleGroupsCommand({}));
            await new SecurityHubClient(config).send(new EnableSecurityHubCommand({}));
        } finally {
            Object.keys(told).forEach((name) => delete process.env[name]);
        }
    });
});
