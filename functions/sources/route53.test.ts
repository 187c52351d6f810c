import assert from "node:assert/strict";
import { Indicator } from "../indicators/indicator";
import { assertHolds } from "./fuzzing";
import { route53 } from "./route53";
import { documentsOf, enrichmentOf, Json } from "./testing";

const QUERY = {
    version: "1.100000",
    account_id: "333333333333",
    region: "us-east-1",
    vpc_id: "vpc-1",
    query_timestamp: "2026-11-21T13:31:01Z",
    query_name: "WWW.Shop.example.com.",
    query_type: "A",
    query_class: "IN",
    rcode: "NOERROR",
    answers: [
        { Rdata: "edge.cdn.example.net.", Type: "CNAME", Class: "IN" },
        { Rdata: "203.0.113.9", Type: "A", Class: "IN" },
        { Rdata: "10 mx.example.org.", Type: "MX", Class: "IN" },
        { Rdata: "v=spf1 -all", Type: "TXT", Class: "IN" },
    ],
    srcaddr: "10.0.0.5",
    srcport: "51000",
    transport: "UDP",
    srcids: { instance: "i-1", resolver_endpoint: "rslvr-in-1" },
    firewall_rule_group_id: "rslvr-frg-1",
    firewall_rule_action: "BLOCK",
    firewall_domain_list_id: "rslvr-fdl-1",
};

async function decoded(record: unknown, ...indicators: Pick<Indicator, "type" | "value">[]): Promise<Json> {
    const enrichment = indicators.length > 0 ? enrichmentOf(...indicators) : undefined;
    const { documents, quarantined } = await documentsOf(route53(), JSON.stringify(record), { enrichment });
    assert.deepEqual(quarantined, []);
    return documents[0];
}

describe("route53", () => {
    it("makes the ECS document of a query", async () => {
        const { event, ...document } = await decoded(QUERY);
        assert.deepEqual(
            { ...event, id: "" },
            {
                id: "",
                dataset: "aws.route53_resolver_logs",
                kind: "event",
                category: ["network"],
                type: ["protocol"],
                outcome: "success",
            },
        );
        assert.deepEqual(document, {
            "@timestamp": "2026-11-21T13:31:01.000Z",
            ecs: { version: "8.11.0" },
            cloud: {
                provider: "aws",
                account: { id: "333333333333" },
                region: "us-east-1",
                instance: { id: "i-1" },
            },
            source: { address: "10.0.0.5", ip: "10.0.0.5", port: 51000 },
            network: { protocol: "dns", transport: "udp", iana_number: "17", type: "ipv4" },
            dns: {
                question: {
                    name: "WWW.Shop.example.com",
                    registered_domain: "example.com",
                    subdomain: "www.shop",
                    top_level_domain: "com",
                    type: "A",
                    class: "IN",
                },
                response_code: "NOERROR",
                answers: [
                    {
                        name: "edge.cdn.example.net",
                        type: "CNAME",
                        class: "IN",
                        data: "edge.cdn.example.net",
                    },
                    { type: "A", class: "IN", data: "203.0.113.9" },
                    { type: "MX", class: "IN", data: "10 mx.example.org" },
                    { type: "TXT", class: "IN", data: "v=spf1 -all" },
                ],
                resolved_ip: ["203.0.113.9"],
            },
            related: {
                ip: ["10.0.0.5", "203.0.113.9"],
                hosts: ["www.shop.example.com", "edge.cdn.example.net", "mx.example.org"],
            },
            aws: {
                vpc_id: "vpc-1",
                instance_id: "i-1",
                route53: {
                    firewall: {
                        action: "BLOCK",
                        rule_group: { id: "rslvr-frg-1" },
                        domain_list: { id: "rslvr-fdl-1" },
                    },
                },
                route53_resolver_logs: QUERY,
            },
        });
    });

    it("knows failures, TCP and IPv6, and falls back to where the log comes from", async () => {
        const { account_id: _, region: __, ...rest } = QUERY;
        const document = await decoded({
            ...rest,
            rcode: "NXDOMAIN",
            answers: [],
            srcaddr: "2001:db8:0::5",
            transport: "TCP",
            srcids: {},
        });
        assert.equal(document.event.outcome, "failure");
        assert.deepEqual(document.network, {
            protocol: "dns",
            transport: "tcp",
            iana_number: "6",
            type: "ipv6",
        });
        assert.equal(document.source.ip, "2001:db8::5");
        assert.deepEqual(document.cloud, {
            provider: "aws",
            account: { id: "222222222222" },
            region: "eu-west-1",
        });
        assert.equal(document.dns.answers, undefined);
    });

    it("relates a reverse query to its address", async () => {
        const v4 = await decoded({
            ...QUERY,
            query_type: "PTR",
            query_name: "9.113.0.203.in-addr.arpa.",
            answers: [],
        });
        assert.deepEqual(v4.related, { ip: ["10.0.0.5", "203.0.113.9"] });
        const nibbles = `${"0.".repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa`;
        const v6 = await decoded({ ...QUERY, query_type: "PTR", query_name: `1.${nibbles}`, answers: [] });
        assert.deepEqual(v6.related.ip, ["10.0.0.5", "2001:db8::1"]);
        const part = await decoded({
            ...QUERY,
            query_type: "PTR",
            query_name: "113.0.203.in-addr.arpa.",
            answers: [],
        });
        assert.deepEqual(part.related, { ip: ["10.0.0.5"], hosts: ["113.0.203.in-addr.arpa"] });
    });

    it("leaves out what a field cannot hold", async () => {
        const document = await decoded({
            ...QUERY,
            query_name: ".",
            query_type: 1,
            srcaddr: "x",
            srcport: "70000",
            answers: [{ Rdata: "not an address", Type: "A" }, "x", { Rdata: { a: 1 } }],
            srcids: "none",
        });
        assert.deepEqual(document.source, { address: "x" });
        assert.deepEqual(document.dns.question, { name: ".", class: "IN" });
        assert.deepEqual(document.dns.answers, [{ type: "A", data: "not an address" }, {}]);
        assert.equal(document.dns.resolved_ip, undefined);
    });

    const SEEN: readonly [string, Pick<Indicator, "type" | "value">, object?][] = [
        ["source.ip", { type: "cidr", value: "10.0.0.0/29" }],
        ["dns.question.name", { type: "domain", value: "shop.example.com" }],
        ["dns.answers.name", { type: "domain", value: "cdn.example.net" }],
        ["dns.answers.data", { type: "domain", value: "example.org" }],
        ["dns.resolved_ip", { type: "ipv4", value: "203.0.113.9" }],
        [
            "dns.question.name",
            { type: "ipv4", value: "203.0.113.66" },
            { query_type: "PTR", query_name: "66.113.0.203.in-addr.arpa." },
        ],
    ];
    for (const [field, indicator, members] of SEEN) {
        it(`finds ${indicator.value} in ${field}`, async () => {
            const { threat } = await decoded({ ...QUERY, ...members }, indicator);
            assert.deepEqual(
                threat.enrichments.map(({ matched }: Json) => matched.field),
                [field],
            );
        });
    }

    it("does not take a name for another that ends alike", async () => {
        const { threat } = await decoded(QUERY, { type: "domain", value: "op.example.com" });
        assert.deepEqual(threat, { matched: false });
    });

    it("quarantines what is no query", async () => {
        const { query_timestamp: _, ...timeless } = QUERY;
        const { query_name: __, ...nameless } = QUERY;
        const lines = [timeless, nameless, { message: QUERY }].map((record) => JSON.stringify(record));
        const { quarantined, documents } = await documentsOf(
            route53(),
            [...lines, JSON.stringify(QUERY)].join("\n"),
        );
        assert.deepEqual(
            quarantined.map(({ reason }) => reason),
            ["no query_timestamp", "no query_name", "no query_timestamp"],
        );
        assert.equal(documents.length, 1);
    });

    it("reads records without line feeds between them, as Firehose writes them", async () => {
        const record = JSON.stringify(QUERY);
        const { report } = await documentsOf(route53(), record.repeat(3), { cuts: [100] });
        assert.equal(report.documents, 3);
    });

    it("holds whatever happens to a line, and wherever the stream is cut", () =>
        assertHolds(route53(), [
            JSON.stringify(QUERY),
            JSON.stringify({ ...QUERY, answers: [], srcids: {} }),
        ]));
});
