import assert from "node:assert/strict";
import * as fc from "fast-check";
import { lotOf } from "../../local/traffic/lots";
import { Random } from "../../local/traffic/random";
import { kinds, sourceOf } from "../sources/registry";
import { documentsOf, enrichmentOf } from "../sources/testing";
import { assertValidFinding } from "./asff.testing";
import { findingId, findingOf } from "./finding";
import { ReadDocument, Sighting, sightingOf } from "./sighting";

const ACCOUNT = "222222222222";
const REGION = "eu-west-1";
const IMPORTER = { accountId: ACCOUNT, region: REGION };
const NOW = new Date("2026-11-24T12:00:00Z");

/** Matched documents of a kind's generated traffic, as the pipeline tells them. */
async function matchedDocuments(kind: (typeof kinds)[number]): Promise<ReadDocument[]> {
    const bad = {
        addresses: ["203.0.113.9", "2001:db8::bad"],
        domains: ["evil.example"],
        urls: ["http://bad.example/malware.bin"],
    };
    const options = { random: new Random(7), accountId: ACCOUNT, region: REGION, broken: 0, bad };
    const { parcels } = lotOf(kind, { ...options, count: 400, until: Date.parse("2026-11-24T11:00:00Z") });
    const enrichment = enrichmentOf(
        { type: "ipv4", value: "203.0.113.9" },
        { type: "ipv6", value: "2001:db8::bad" },
        { type: "domain", value: "evil.example" },
        { type: "url", value: "http://bad.example/malware.bin" },
    );
    const matched: ReadDocument[] = [];
    const batch = {
        onMatched: (line: Buffer) => void matched.push(JSON.parse(line.toString()) as ReadDocument),
    };
    let count = 0;
    for (const parcel of parcels) {
        const input =
            parcel.to === "bucket"
                ? parcel.body
                : parcel.to === "logGroup"
                  ? parcel.messages.map((message) => `${message}\n`).join("")
                  : JSON.stringify({ detail: JSON.parse(parcel.detail), "detail-type": parcel.detailType });
        const { documents } = await documentsOf(sourceOf(kind), input, { enrichment, batch });
        count += documents.filter((document) => document.threat.matched).length;
    }
    assert.equal(matched.length, count, "the pipeline tells every document that matched, and no other");
    assert.ok(count > 0);
    return matched;
}

/** What records of each kind are about. */
const RESOURCES: Readonly<Partial<Record<(typeof kinds)[number], readonly string[]>>> = {
    cloudtrail: ["Other", "AwsAccount"],
    vpcflow: ["AwsEc2NetworkInterface"],
    alb: ["AwsElbv2LoadBalancer"],
    nlb: ["AwsElbv2LoadBalancer"],
    waf: ["AwsWafv2WebAcl"],
    // A line in CLF does not tell its API.
    apigateway: ["AwsApiGatewayV2Api", "AwsAccount"],
    suricata: ["AwsAccount"],
    route53: ["AwsEc2Instance", "AwsEc2Vpc"],
    s3access: ["AwsS3Bucket"],
    cloudfront: ["AwsCloudFrontDistribution"],
    securityhub: [],
    guardduty: [],
};

describe("findings of what was let through", () => {
    for (const kind of kinds) {
        it(`are valid for ${kind} logs, each about the right kind of resource`, async () => {
            const documents = await matchedDocuments(kind);
            const sightings = documents
                .map((document) => sightingOf(document, ACCOUNT, REGION))
                .filter((sighting) => sighting !== undefined);
            const types = new Set(sightings.map(({ resource }) => resource.type));
            assert.deepEqual(
                [...types].filter((type) => !RESOURCES[kind]?.includes(type)),
                [],
            );
            assert.equal(sightings.length > 0, RESOURCES[kind]!.length > 0);
            for (const sighting of sightings) {
                for (const indicator of sighting.indicators) {
                    assertValidFinding(findingOf(IMPORTER, sighting, indicator, NOW), ACCOUNT, REGION);
                }
            }
        });
    }

    const base = { "@timestamp": "2026-11-24T11:00:00.000Z" };
    const threat = {
        matched: true,
        enrichments: [
            {
                matched: { atomic: "203.0.113.9", field: "source.ip" },
                indicator: { type: "ipv4-addr", name: "203.0.113.9", confidence: "High" },
                feed: { name: "misp" },
            },
        ],
    };
    const judged: [string, object, boolean][] = [
        ["a request that WAF allowed", { event: { dataset: "aws.waf", type: ["access", "allowed"] } }, true],
        ["a request that WAF blocked", { event: { dataset: "aws.waf", type: ["access", "denied"] } }, false],
        [
            "a rejected flow",
            { event: { dataset: "aws.vpcflow", type: ["connection", "denied"], outcome: "failure" } },
            false,
        ],
        [
            "a page that was not found: its server was reached",
            {
                event: { dataset: "aws.elb_logs", outcome: "failure" },
                http: { response: { status_code: 404 } },
            },
            true,
        ],
        [
            "a page that was refused",
            {
                event: { dataset: "aws.elb_logs", outcome: "failure" },
                http: { response: { status_code: 403 } },
            },
            false,
        ],
        ["a call that failed", { event: { dataset: "aws.cloudtrail", outcome: "failure" } }, false],
        ["a call that was made", { event: { dataset: "aws.cloudtrail", outcome: "success" } }, true],
        [
            "a query that DNS Firewall answered",
            {
                event: { dataset: "aws.route53_resolver_logs", outcome: "success" },
                aws: { route53_resolver_logs: { firewall_rule_action: "BLOCK" } },
            },
            false,
        ],
        [
            "a query for a name that there is not",
            {
                event: { dataset: "aws.route53_resolver_logs", outcome: "failure" },
                aws: { route53_resolver_logs: {} },
            },
            true,
        ],
        ["a finding of GuardDuty", { event: { dataset: "aws.guardduty", outcome: "success" } }, false],
    ];
    for (const [what, document, isReported] of judged) {
        it(`${isReported ? "are made" : "are not made"} of ${what}`, () => {
            const sighting = sightingOf({ ...base, threat, ...document }, ACCOUNT, REGION);
            assert.equal(sighting !== undefined, isReported);
        });
    }

    const sightingAt = (time: string, webaclId: string) =>
        sightingOf(
            {
                "@timestamp": time,
                threat,
                event: { dataset: "aws.waf", type: ["allowed"] },
                aws: { waf: { webaclId } },
            },
            ACCOUNT,
            REGION,
        )!;

    it("are one for each indicator, resource and day", () => {
        const id = (sighting: Sighting) => findingId(IMPORTER, sighting, sighting.indicators[0]);
        const first = id(sightingAt("2026-11-24T00:00:00.000Z", "a"));
        assert.equal(id(sightingAt("2026-11-24T23:59:59.000Z", "a")), first);
        assert.notEqual(id(sightingAt("2026-11-25T00:00:00.000Z", "a")), first);
        assert.notEqual(id(sightingAt("2026-11-24T00:00:00.000Z", "b")), first);
    });

    it("stay within Security Hub's limits whatever a record says", () => {
        const text = fc.string({ unit: "binary", maxLength: 3000 });
        const endpoint = fc.record({
            ip: fc.oneof(fc.ipV4(), fc.ipV6(), text),
            port: fc.double(),
            domain: text,
        });
        const indicator = fc.record({
            type: fc.constantFrom("ipv4-addr", "ipv6-addr", "domain-name", "url"),
            name: text.filter((name) => name.trim() !== ""),
            confidence: fc.constantFrom("High", "Medium", "Low"),
        });
        fc.assert(
            fc.property(
                endpoint,
                endpoint,
                indicator,
                text,
                text,
                (source, destination, found, acl, field) => {
                    const feeds = ["misp", "x".repeat(300)];
                    const sighting = sightingOf(
                        {
                            ...base,
                            event: { dataset: "aws.waf", type: ["allowed"] },
                            source,
                            destination,
                            network: { transport: field },
                            aws: { waf: { webaclId: acl.trim() === "" ? "acl" : acl } },
                            threat: {
                                matched: true,
                                enrichments: feeds.map((name) => ({
                                    matched: { atomic: found.name, field },
                                    indicator: found,
                                    feed: { name },
                                })),
                            },
                        },
                        ACCOUNT,
                        REGION,
                    );
                    assert.ok(sighting);
                    assertValidFinding(
                        findingOf(IMPORTER, sighting, sighting.indicators[0], NOW),
                        ACCOUNT,
                        REGION,
                    );
                },
            ),
            { numRuns: 300 },
        );
    });
});
