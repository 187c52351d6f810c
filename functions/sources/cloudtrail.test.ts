import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { Enrichment } from "../enrichment/enrichment";
import { cloudtrail } from "./cloudtrail";
import { assertHolds } from "./fuzzing";
import { CONTEXT, documentsOf, enrichmentOf, Json, OutcomeOptions } from "./testing";

/** Real files, where this machine has them. */
const REAL_FILES = join(__dirname, "../../../shared/data/cloudtrail");

/** A call by a user with an access key; whatever is undefined is left out. */
function event(changes: Json = {}): Json {
    return {
        eventVersion: "1.11",
        userIdentity: {
            type: "IAMUser",
            principalId: "AIDAEXAMPLE",
            arn: "arn:aws:iam::111111111111:user/mary",
            accountId: "111111111111",
            accessKeyId: "AKIAEXAMPLE",
            userName: "mary",
        },
        eventTime: "2026-11-24T13:31:01Z",
        eventSource: "ec2.amazonaws.com",
        eventName: "StartInstances",
        awsRegion: "us-east-1",
        sourceIPAddress: "203.0.113.9",
        userAgent: 'aws-cli/2.1 "quoted" \\ ü',
        requestParameters: { instancesSet: { items: [{ instanceId: "i-1" }] } },
        responseElements: null,
        requestID: "11111111-2222-3333-4444-555555555555",
        eventID: "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
        readOnly: false,
        eventType: "AwsApiCall",
        recipientAccountId: "111111111111",
        ...changes,
    };
}

const ROLE = {
    type: "AssumedRole",
    principalId: "AROAEXAMPLE:mary@example.com",
    arn: "arn:aws:sts::111111111111:assumed-role/Admin/mary@example.com",
    accountId: "111111111111",
    sessionContext: {
        sessionIssuer: {
            type: "Role",
            principalId: "AROAEXAMPLE",
            arn: "arn:aws:iam::111111111111:role/Admin",
            userName: "Admin",
        },
    },
};

const file = (...events: readonly Json[]) => JSON.stringify({ Records: events });

async function documentOf(changes?: Json, options?: OutcomeOptions): Promise<Json> {
    const { documents, quarantined } = await documentsOf(cloudtrail(), file(event(changes)), options);
    assert.deepEqual(quarantined, []);
    return documents[0];
}

describe("cloudtrail", () => {
    it("makes the ECS document of an API call", async () => {
        assert.deepEqual(await documentOf(), {
            "@timestamp": "2026-11-24T13:31:01.000Z",
            event: {
                id: "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
                dataset: "aws.cloudtrail",
                kind: "event",
                type: ["info"],
                outcome: "success",
                provider: "ec2.amazonaws.com",
                action: "StartInstances",
            },
            ecs: { version: "8.11.0" },
            cloud: {
                provider: "aws",
                account: { id: "111111111111" },
                region: "us-east-1",
                service: { name: "ec2" },
            },
            source: { address: "203.0.113.9", ip: "203.0.113.9" },
            user: { id: "AIDAEXAMPLE", name: "mary" },
            user_agent: { original: 'aws-cli/2.1 "quoted" \\ ü' },
            aws: { cloudtrail: event() },
            related: { ip: ["203.0.113.9"], user: ["mary", "AIDAEXAMPLE"] },
        });
    });

    it("knows the session, the person and the role behind an assumed role", async () => {
        const document = await documentOf({ userIdentity: ROLE });
        assert.deepEqual(document.user, {
            id: "AROAEXAMPLE:mary@example.com",
            name: "Admin",
            email: "mary@example.com",
        });
        assert.deepEqual(document.related.user, [
            "mary@example.com",
            "mary",
            "Admin",
            "AROAEXAMPLE:mary@example.com",
        ]);
    });

    it("knows whom a call is about", async () => {
        const document = await documentOf({
            eventSource: "iam.amazonaws.com",
            eventName: "UpdateUser",
            requestParameters: { userName: "joe", newUserName: "jo", groupName: "ops" },
            responseElements: { user: { userId: "AIDAJOE" }, group: { groupId: "AGPAOPS" } },
        });
        assert.deepEqual(document.user.target, { id: "AIDAJOE", name: "joe" });
        assert.deepEqual(document.user.changes, { name: "jo" });
        assert.deepEqual(document.group, { id: "AGPAOPS", name: "ops" });
        assert.deepEqual(document.related.user, ["mary", "AIDAEXAMPLE", "joe", "jo", "AIDAJOE"]);
        assert.deepEqual([document.event.category, document.event.type], [["iam"], ["user", "change"]]);
    });

    it("does not take parameters for the event's own values", async () => {
        const {
            source,
            event: own,
            user,
        } = await documentOf({
            requestParameters: {
                sourceIPAddress: "198.51.100.1",
                eventName: "X",
                userIdentity: { userName: "eve" },
            },
            userIdentity: { type: "IAMUser", userName: ["mary"], principalId: 7, arn: null },
        });
        assert.deepEqual([source.ip, own.action, user], ["203.0.113.9", "StartInstances", undefined]);
    });

    it("tells failures, and what went wrong", async () => {
        const denied = await documentOf({ errorCode: "AccessDenied", errorMessage: 'not "allowed"' });
        assert.equal(denied.event.outcome, "failure");
        assert.deepEqual(denied.error, { code: "AccessDenied", message: 'not "allowed"' });
        assert.equal((await documentOf({ errorCode: "-" })).event.outcome, "success");
        const login = { eventName: "ConsoleLogin", responseElements: { ConsoleLogin: "Failure" } };
        assert.equal((await documentOf(login)).event.outcome, "failure");
        const success = { ...login, responseElements: { ConsoleLogin: "Success" } };
        assert.deepEqual((await documentOf(success)).event.category, ["authentication"]);
        assert.equal((await documentOf(success)).event.outcome, "success");
    });

    it("names a sign-in's user, who is no caller", async () => {
        const { user } = await documentOf({
            eventName: "UserAuthentication",
            userIdentity: { type: "IdentityCenterUser", onBehalfOf: { userId: "id-1" } },
            additionalEventData: { UserName: "mary@example.com" },
        });
        assert.deepEqual(user, { id: "id-1", name: "mary@example.com", email: "mary@example.com" });
    });

    it("keeps a service's name for an address", async () => {
        const internal = await documentOf({ sourceIPAddress: "AWS Internal" });
        assert.deepEqual([internal.source, internal.related.ip], [{ address: "AWS Internal" }, undefined]);
        const service = await documentOf({
            userIdentity: { type: "AWSService", invokedBy: "ec2.amazonaws.com" },
            sourceIPAddress: "ec2.amazonaws.com",
        });
        assert.deepEqual(service.source, { address: "ec2.amazonaws.com" });
        assert.deepEqual(service.service, { name: "ec2.amazonaws.com" });
        assert.deepEqual(service.cloud.account, { id: "111111111111" });
        assert.deepEqual((await documentOf({ sourceIPAddress: "2001:DB8::9" })).source.ip, "2001:db8::9");
        assert.equal((await documentOf({ sourceIPAddress: undefined })).source, undefined);
    });

    it("takes the caller's account, else the one that got the event, else the log's", async () => {
        const account = async (accountId: Json, recipientAccountId: Json) =>
            (await documentOf({ userIdentity: { type: "AWSAccount", accountId }, recipientAccountId })).cloud
                .account.id;
        assert.equal(await account("333333333333", "111111111111"), "333333333333");
        assert.equal(await account(undefined, "111111111111"), "111111111111");
        assert.equal(await account(undefined, undefined), CONTEXT.accountId);
    });

    it("tells how the connection was secured", async () => {
        const tls = async (tlsDetails: Json) => (await documentOf({ tlsDetails })).tls;
        const cipherSuite = "TLS_AES_128_GCM_SHA256";
        const clientProvidedHostHeader = "ec2.us-east-1.amazonaws.com:443";
        assert.deepEqual(await tls({ tlsVersion: "TLSv1.3", cipherSuite, clientProvidedHostHeader }), {
            version: "1.3",
            version_protocol: "tls",
            cipher: cipherSuite,
            client: { server_name: clientProvidedHostHeader },
        });
        assert.deepEqual(await tls({ tlsVersion: "TLSv1" }), { version: "1", version_protocol: "tls" });
        assert.deepEqual(await tls({ tlsVersion: "1.2", cipherSuite: "-" }), { version: "1.2" });
        assert.equal(await tls({ tlsVersion: "tlsVersion", cipherSuite: "cipherSuite" }), undefined);
        assert.equal(await tls({ tlsVersion: "-", cipherSuite: "-" }), undefined);
    });

    it("keeps Insight events", async () => {
        const insight = {
            eventVersion: "1.07",
            eventTime: "2026-11-24T13:31:01Z",
            awsRegion: "us-east-1",
            eventID: "insight-event-1",
            eventType: "AwsCloudTrailInsight",
            recipientAccountId: "111111111111",
            insightDetails: {
                state: "Start",
                eventName: "AttachUserPolicy",
                eventSource: "iam.amazonaws.com",
            },
            eventCategory: "Insight",
        };
        const { documents } = await documentsOf(cloudtrail(), file(insight));
        assert.deepEqual(documents[0].event, {
            id: "insight-event-1",
            dataset: "aws.cloudtrail",
            kind: "event",
            type: ["info"],
            outcome: "success",
        });
        assert.deepEqual(documents[0].aws.cloudtrail, insight);
        assert.equal(documents[0].related, undefined);
    });

    it("skips digests, by their key or by what they hold", async () => {
        const digest = JSON.stringify({
            awsAccountId: "1",
            digestStartTime: "2026-11-24T13:00:00Z",
            logFiles: [{}],
        });
        const byKey = { ...CONTEXT, origin: "b/AWSLogs/1/CloudTrail-Digest/us-east-1/x.json.gz" };
        for (const options of [{}, { context: byKey, cuts: [10] }]) {
            const { report } = await documentsOf(cloudtrail(), digest, options);
            assert.deepEqual([report.in, report.skippedBy], [1, { digest: 1 }]);
        }
    });

    it("reads lines, EventBridge's envelopes and pretty-printed files", async () => {
        const envelope = {
            version: "0",
            id: "x",
            "detail-type": "AWS API Call via CloudTrail",
            detail: event(),
        };
        const lines = [event(), { ...envelope, resources: [] }, event()]
            .map((line) => JSON.stringify(line))
            .join("\n");
        const { documents } = await documentsOf(cloudtrail(), lines);
        assert.deepEqual(
            documents.map(({ aws }) => aws.cloudtrail as Json),
            [event(), event(), event()],
        );
        const pretty = JSON.stringify({ Records: [event(), event()] }, null, 2);
        const outcome = await documentsOf(cloudtrail(), pretty, { cuts: [100] });
        assert.deepEqual(
            outcome.documents.map(({ aws }) => aws.cloudtrail as Json),
            [event(), event()],
        );
        assert.equal(outcome.text.split("\n").length, 3);
    });

    it("finds indicators in the caller's address and in the name it asked for", async () => {
        const enrichment = enrichmentOf(
            { type: "cidr", value: "203.0.113.0/24" },
            { type: "domain", value: "evil.example" },
        );
        const { threat, related } = await documentOf(
            { tlsDetails: { tlsVersion: "TLSv1.3", clientProvidedHostHeader: "s3.Evil.example.:443" } },
            { enrichment },
        );
        assert.equal(threat.matched, true);
        assert.deepEqual(
            threat.enrichments.map(({ matched }: Json) => matched.field as string),
            ["source.ip", "tls.client.server_name"],
        );
        assert.deepEqual(related.hosts, ["s3.evil.example"]);
    });

    it("scores who calls from where, but not AWS's own services", async () => {
        const asked: string[] = [];
        const scorer = {
            name: "test",
            score: (pairs: readonly { entity: string; ip: string }[]) => {
                asked.push(...pairs.map(({ entity, ip }) => `${entity} ${ip}`));
                return Promise.resolve(pairs.map(() => 1));
            },
        };
        const machine = { ...ROLE, arn: "arn:aws:sts::111111111111:assumed-role/Admin/i-1" };
        const events = [
            event(),
            event({ userIdentity: ROLE }),
            event({ userIdentity: machine }),
            event({ userIdentity: { type: "AWSService", invokedBy: "x.amazonaws.com" } }),
            event({ sourceIPAddress: "x.amazonaws.com" }),
        ];
        await documentsOf(cloudtrail(), file(...events), { enrichment: new Enrichment({ scorer }) });
        assert.deepEqual(asked, [
            "arn:aws:iam::111111111111:user/mary 203.0.113.9",
            "arn:aws:sts::111111111111:assumed-role/Admin/mary@example.com 203.0.113.9",
            "arn:aws:iam::111111111111:role/Admin 203.0.113.9",
        ]);
    });

    it("quarantines what is no event, and keeps its neighbours", async () => {
        const bad = [
            [event({ eventTime: undefined }), "no eventTime"],
            [event({ eventTime: "yesterday" }), "no eventTime"],
            [event({ eventTime: 1700000000 }), "no eventTime"],
            [event({ eventName: undefined, eventType: 1 }), "neither eventName nor eventType"],
            [{ detail: { x: 1 } }, "no eventTime"],
        ] as const;
        const { quarantined, report } = await documentsOf(
            cloudtrail(),
            file(event(), ...bad.map(([one]) => one), event()),
        );
        assert.deepEqual(
            quarantined.map(({ reason, raw }) => [reason, raw]),
            bad.map(([one, reason]) => [reason, JSON.stringify(one)]),
        );
        assert.equal(report.documents, 2);
    });

    it("gives an id of the place to an event with a strange one", async () => {
        const { event: own } = await documentOf({ eventID: 'x"y' });
        assert.match(own.id, /^[\w-]{22}-1$/);
    });

    it("keeps a line's neighbours, and the same documents, whatever happens to it", async () => {
        const events = [event(), event({ userIdentity: ROLE, errorCode: "AccessDenied" })];
        await assertHolds(
            cloudtrail(),
            events.map((one) => JSON.stringify(one)),
        );
    });

    it("adds up and does not throw, whatever happens to a file", async () => {
        const text = file(event(), event({ userIdentity: ROLE }), event({ eventName: "ConsoleLogin" }));
        const whole = gzipSync(text);
        const flip = fc.tuple(
            fc.double({ min: 0, max: 0.999, noNaN: true }),
            fc.integer({ min: 0, max: 255 }),
        );
        await fc.assert(
            fc.asyncProperty(
                fc.boolean(),
                fc.array(flip, { maxLength: 3 }),
                fc.double({ min: 0.1, max: 1, noNaN: true }),
                async (zipped, flips, part) => {
                    const bytes = Buffer.from(zipped ? whole : text);
                    for (const [at, byte] of flips) {
                        bytes[Math.floor(at * bytes.length)] = byte;
                    }
                    const { report, documents } = await documentsOf(
                        cloudtrail(),
                        bytes.subarray(0, bytes.length * part),
                        { cuts: [97] },
                    );
                    assert.equal(report.in, report.documents + report.quarantined + report.skipped);
                    assert.equal(report.documents, documents.length);
                },
            ),
        );
    });

    it("reads every event of real files", async function () {
        if (!existsSync(REAL_FILES)) {
            this.skip();
        }
        for (const name of readdirSync(REAL_FILES)) {
            const bytes = readFileSync(join(REAL_FILES, name));
            const { Records: events } = JSON.parse(gunzipSync(bytes).toString("utf8")) as { Records: Json[] };
            const { documents, quarantined } = await documentsOf(cloudtrail(), bytes, { cuts: [1000] });
            assert.deepEqual(quarantined, []);
            assert.deepEqual(
                documents.map(({ aws }) => aws.cloudtrail as Json),
                events,
            );
            assert.deepEqual(
                documents.map(({ event: own }) => own.id as string),
                events.map(({ eventID }) => eventID as string),
            );
        }
    });
});
