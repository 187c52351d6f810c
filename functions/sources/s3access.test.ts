import assert from "node:assert/strict";
import { Enrichment } from "../enrichment/enrichment";
import { Indicator } from "../indicators/indicator";
import { assertHolds } from "./fuzzing";
import { s3access } from "./s3access";
import { CONTEXT, documentsOf, enrichmentOf, Json, OutcomeOptions } from "./testing";

const OWNER = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/** Fields of a line, in order. */
const FIELDS = {
    owner: OWNER,
    bucket: "shop-assets",
    time: "[24/Nov/2026:14:31:07 +0100]",
    address: "203.0.113.9",
    requester: "arn:aws:iam::222222222222:user/mara",
    id: "3E57427F3EXAMPLE",
    operation: "REST.GET.OBJECT",
    key: "orders/2026/a%20b.json",
    request: '"GET /orders/2026/a%20b.json?versionId=3 HTTP/1.1"',
    status: "200",
    error: "-",
    sent: "2662",
    size: "3462992",
    total: "70",
    turn: "10",
    referrer: '"https://www.example.com/cart"',
    agent: '"curl/8.5.0"',
    versionId: "3HL4kqtJvjVBH40Nrjfkd",
    hostId: "s9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3/eTPFvsiP/XV/VLi31234=",
    signature: "SigV4",
    cipher: "ECDHE-RSA-AES128-GCM-SHA256",
    authentication: "AuthHeader",
    host: "shop-assets.s3.eu-central-1.amazonaws.com",
    tls: "TLSv1.2",
    accessPoint: "arn:aws:s3:eu-central-1:222222222222:accesspoint/orders",
    acl: "Yes",
    sourceRegion: "us-east-1",
};

type Changes = Partial<Record<keyof typeof FIELDS, string>>;

function line(changes: Changes = {}, count = Object.keys(FIELDS).length): string {
    return Object.values({ ...FIELDS, ...changes })
        .slice(0, count)
        .join(" ");
}

/** What S3 does itself for a lifecycle rule. */
const EXPIRED =
    `${OWNER} shop-assets [24/Nov/2026:13:31:07 +0000] - AmazonS3 366DB3C4B325AB11 S3.EXPIRE.OBJECT logs/a.txt "-" ` +
    '- - - 511 - - "-" "-" - DMlPb9al4CvVBck150CgpEIIYgtSI3HC= - - - - - - -';

const BATCH =
    `${OWNER} shop-assets [24/Nov/2026:13:31:07 +0000] 203.0.113.9 arn:aws:iam::222222222222:user/mara ` +
    "8CD7A4A71E2E5C9E BATCH.DELETE.OBJECT a.war - 204 - - 344017 - - - - - IeDW5I3wefFxU8iH= SigV4 " +
    "ECDHE-RSA-AES128-SHA AuthHeader s3.eu-central-1.amazonaws.com TLSv1.2";

async function decoded(input: string, options?: OutcomeOptions): Promise<Json> {
    const { documents, quarantined } = await documentsOf(s3access(), input, options);
    assert.deepEqual(quarantined, []);
    assert.equal(documents.length, 1);
    return documents[0];
}

describe("s3access", () => {
    it("makes the ECS document of a request", async () => {
        const text = line();
        const document = await decoded(text, { enrichment: new Enrichment({ keepOriginal: true }) });
        assert.deepEqual(document, {
            "@timestamp": "2026-11-24T13:31:07.000Z",
            event: {
                id: "3E57427F3EXAMPLE",
                dataset: "aws.s3access",
                kind: "event",
                category: ["web"],
                type: ["access"],
                outcome: "success",
                action: "REST.GET.OBJECT",
                duration: 70_000_000,
                original: text,
            },
            ecs: { version: "8.11.0" },
            source: { address: "203.0.113.9", ip: "203.0.113.9" },
            client: {
                address: "203.0.113.9",
                ip: "203.0.113.9",
                user: { id: "arn:aws:iam::222222222222:user/mara" },
            },
            user: { id: "arn:aws:iam::222222222222:user/mara" },
            http: {
                request: { method: "GET", referrer: "https://www.example.com/cart" },
                response: { status_code: 200, body: { bytes: 2662 } },
                version: "1.1",
            },
            url: {
                original: "/orders/2026/a%20b.json?versionId=3",
                path: "/orders/2026/a%20b.json",
                query: "versionId=3",
                extension: "json",
                domain: "shop-assets.s3.eu-central-1.amazonaws.com",
            },
            user_agent: { original: "curl/8.5.0" },
            tls: { cipher: "ECDHE-RSA-AES128-GCM-SHA256", version: "1.2", version_protocol: "tls" },
            cloud: { provider: "aws", account: { id: "222222222222" }, region: "eu-central-1" },
            aws: {
                s3access: {
                    bucket_owner: OWNER,
                    bucket: "shop-assets",
                    remote_ip: "203.0.113.9",
                    requester: "arn:aws:iam::222222222222:user/mara",
                    request_id: "3E57427F3EXAMPLE",
                    operation: "REST.GET.OBJECT",
                    key: "orders/2026/a%20b.json",
                    request_uri: "GET /orders/2026/a%20b.json?versionId=3 HTTP/1.1",
                    http_status: 200,
                    bytes_sent: 2662,
                    object_size: 3462992,
                    total_time: 70,
                    turn_around_time: 10,
                    referrer: "https://www.example.com/cart",
                    user_agent: "curl/8.5.0",
                    version_id: "3HL4kqtJvjVBH40Nrjfkd",
                    host_id: FIELDS.hostId,
                    signature_version: "SigV4",
                    cipher_suite: "ECDHE-RSA-AES128-GCM-SHA256",
                    authentication_type: "AuthHeader",
                    host_header: "shop-assets.s3.eu-central-1.amazonaws.com",
                    tls_version: "TLSv1.2",
                    access_point_arn: FIELDS.accessPoint,
                    aclrequired: "Yes",
                    source_region: "us-east-1",
                },
            },
            related: {
                ip: ["203.0.113.9"],
                hosts: ["shop-assets.s3.eu-central-1.amazonaws.com"],
                user: [OWNER, "arn:aws:iam::222222222222:user/mara"],
            },
        });
    });

    it("makes one of what S3 does itself, with the fields that it has", async () => {
        const { event, aws, ...document } = await decoded(EXPIRED);
        assert.equal(event.action, "S3.EXPIRE.OBJECT");
        assert.equal(event.outcome, "success");
        assert.deepEqual(aws.s3access, {
            bucket_owner: OWNER,
            bucket: "shop-assets",
            requester: "AmazonS3",
            request_id: "366DB3C4B325AB11",
            operation: "S3.EXPIRE.OBJECT",
            key: "logs/a.txt",
            object_size: 511,
            host_id: "DMlPb9al4CvVBck150CgpEIIYgtSI3HC=",
        });
        assert.deepEqual(document, {
            "@timestamp": "2026-11-24T13:31:07.000Z",
            ecs: { version: "8.11.0" },
            client: { user: { id: "AmazonS3" } },
            user: { id: "AmazonS3" },
            cloud: { provider: "aws", account: { id: "222222222222" }, region: "eu-west-1" },
            related: { user: [OWNER, "AmazonS3"] },
        });
    });

    it("says why a request failed", async () => {
        const { event, http } = await decoded(line({ status: "403", error: "AccessDenied" }));
        assert.equal(event.outcome, "failure");
        assert.equal(event.code, "AccessDenied");
        assert.equal(http.response.status_code, 403);
        assert.equal((await decoded(line({ status: "500" }))).event.outcome, "failure");
    });

    it("reads each number of fields that there has been, and more", async () => {
        const first = await decoded(line({}, 17));
        assert.equal(first.aws.s3access.user_agent, "curl/8.5.0");
        assert.equal(first.aws.s3access.version_id, undefined);
        for (let count = 18; count <= 27; count++) {
            const { aws } = await decoded(line({}, count));
            assert.equal(Object.keys(aws.s3access).length, count - 2, `${count} fields`);
        }
        assert.deepEqual((await decoded(`${line()} new newer`)).aws, (await decoded(line())).aws);
    });

    for (const agent of [
        '() { :; }; echo "pwned" > /tmp/x',
        '"',
        'a" "b',
        'a" - "b"',
        '"-" "-" -',
        'x" 200 - 1 2 3 4 "-" "y',
        "back\\slash\\",
        "Mözilla 机器人",
    ]) {
        it(`takes ${agent} for what it is, a user agent`, async () => {
            const { user_agent, aws, http, tls } = await decoded(line({ agent: `"${agent}"` }));
            assert.equal(user_agent.original, agent);
            assert.equal(aws.s3access.user_agent, agent);
            assert.equal(aws.s3access.version_id, FIELDS.versionId);
            assert.equal(aws.s3access.source_region, "us-east-1");
            assert.equal(http.request.referrer, "https://www.example.com/cart");
            assert.equal(http.response.status_code, 200);
            assert.equal(tls.version, "1.2");
        });
    }

    it("keeps quotes in referrers, request lines and keys", async () => {
        const { aws, http, url } = await decoded(
            line({
                key: 'a"b',
                request: '"GET /a"b?x="1 2" HTTP/1.1"',
                referrer: '"https://x.example/?q="a"b"',
            }),
        );
        assert.equal(aws.s3access.key, 'a"b');
        assert.equal(url.original, '/a"b?x="1 2"');
        assert.equal(url.path, '/a"b');
        assert.equal(http.request.referrer, 'https://x.example/?q="a"b');
        assert.equal(http.request.method, "GET");
    });

    it("keeps a request line that is none", async () => {
        const { aws, http, url } = await decoded(line({ request: '"\\x16\\x03"' }));
        assert.equal(aws.s3access.request_uri, "\\x16\\x03");
        assert.equal(http.request.method, undefined);
        assert.deepEqual(url, { domain: FIELDS.host });
    });

    it("gives an id of its place to requests that have several lines", async () => {
        const { documents } = await documentsOf(s3access(), `${BATCH}\n${BATCH}\n`);
        assert.equal(new Set(documents.map(({ event }) => event.id)).size, 2);
        const copy = { operation: "REST.COPY.OBJECT_GET" };
        assert.notEqual((await decoded(line(copy))).event.id, FIELDS.id);
    });

    it("takes account and region from a key that has them, then from the host", async () => {
        const origin =
            "logs/333333333333/us-west-2/shop-assets/2026/11/24/2026-11-24-14-00-00-0123456789ABCDEF";
        const { cloud } = await decoded(line(), { context: { ...CONTEXT, origin } });
        assert.deepEqual(cloud, { provider: "aws", account: { id: "333333333333" }, region: "us-west-2" });
        const regionOf = async (host: string) => (await decoded(line({ host }))).cloud.region;
        assert.equal(await regionOf("shop.s3.dualstack.us-east-2.amazonaws.com"), "us-east-2");
        assert.equal(await regionOf("s3-us-gov-west-1.amazonaws.com"), "us-gov-west-1");
        assert.equal(await regionOf("shop.s3.amazonaws.com"), "eu-west-1");
        assert.equal(await regionOf("cdn.example.com"), "eu-west-1");
    });

    it("matches address, host header and referrer", async () => {
        const matchOf = async (indicator: Pick<Indicator, "type" | "value">, changes?: Changes) => {
            const { threat } = await decoded(line(changes), { enrichment: enrichmentOf(indicator) });
            return threat.enrichments?.map(({ matched }: Json) => [matched.field, matched.atomic]);
        };
        assert.deepEqual(await matchOf({ type: "ipv4", value: "203.0.113.9" }), [
            ["source.ip", "203.0.113.9"],
        ]);
        assert.deepEqual(
            await matchOf({ type: "ipv6", value: "2001:db8::1" }, { address: "2001:db8:0::1" }),
            [["source.ip", "2001:db8::1"]],
        );
        assert.deepEqual(
            await matchOf({ type: "domain", value: "bad.example" }, { host: "cdn.BAD.example:8443" }),
            [["url.domain", "cdn.bad.example"]],
        );
        const url = "https://www.example.com/cart";
        assert.deepEqual(await matchOf({ type: "url", value: url }), [["http.request.referrer", url]]);
        assert.equal(await matchOf({ type: "domain", value: "other.example" }), undefined);
    });

    for (const [why, text] of [
        ["cut off in the head", line().slice(0, 90)],
        ["cut off in the request line", line({}, 8) + ' "GET /orders'],
        ["cut off before the referrer", line({}, 15)],
        ["cut off in the user agent", line({}, 16) + ' "Mozilla'],
        ["cut off in a user agent with quotes", line({}, 16) + ' "a "b" (c; d'],
        ["without brackets", line({ time: "24/Nov/2026:14:31:07 +0100" })],
        ["of a time that is none", line({ time: "[31/Feb/2026:14:31:07 +0100]" })],
        ["without an operation", line({ operation: "-" })],
        ["with text for a status", line({ status: "OK" })],
        ["of something else", "this is not a record"],
    ] as const) {
        it(`puts a line ${why} into quarantine`, async () => {
            const { documents, quarantined } = await documentsOf(
                s3access(),
                `${line()}\n${text}\n${BATCH}\n`,
            );
            assert.equal(documents.length, 2);
            assert.deepEqual(
                quarantined.map(({ record, raw }) => [record, raw]),
                [[2, text]],
            );
        });
    }

    it("loses no neighbour to a broken line, wherever the stream is cut", async () => {
        await assertHolds(s3access(), [
            line(),
            line({ agent: '"() { "a" }"' }),
            EXPIRED,
            BATCH,
            line({}, 17),
        ]);
    });
});
