import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { Indicator } from "../indicators/indicator";
import { assertHolds } from "./fuzzing";
import { suricata } from "./suricata";
import { documentsOf, enrichmentOf, Json } from "./testing";

/** Records of two real sensors, pretty-printed arrays; they are no part of the repository. */
const REAL = ["honeypot-2018-alerts", "wrccdc-2017-alerts"].map(
    (name) => `/work/shared/data/suricata/${name}.json`,
);

type Seen = Pick<Indicator, "type" | "value">;

const COMMON = {
    timestamp: "2026-11-21T08:31:01.123456-0500",
    flow_id: 2115002772430095,
    in_iface: "eth0",
    src_ip: "10.0.0.5",
    src_port: 51000,
    dest_ip: "203.0.113.9",
    dest_port: 443,
    proto: "TCP",
};

const ALERT = {
    ...COMMON,
    event_type: "alert",
    ether: { src_mac: "00:03:2d:3f:e5:63", dest_mac: "00:1b:17:00:01:18" },
    alert: {
        action: "blocked",
        gid: 1,
        signature_id: 2100498,
        rev: 7,
        signature: 'TEST "root" seen',
        category: "Potentially Bad Traffic",
        severity: 2,
    },
    app_proto: "http",
    http: {
        hostname: "Shop.Example",
        http_port: 8080,
        url: "/a/b.php?x=<script>&y=\u00e4#top",
        http_user_agent: '() { :; }; echo "x"',
        http_refer: "https://referrer.example/page",
        http_method: "GET",
        protocol: "HTTP/1.1",
        status: "404",
        length: 39,
        xff: "198.51.100.7, unknown",
    },
    flow: {
        pkts_toserver: 6,
        pkts_toclient: 5,
        bytes_toserver: 496,
        bytes_toclient: 876,
        start: "2026-11-21T13:31:00.000000+0000",
    },
};

async function decoded(record: unknown, ...indicators: readonly Seen[]): Promise<Json> {
    const enrichment = indicators.length > 0 ? enrichmentOf(...indicators) : undefined;
    const line = typeof record === "string" ? record : JSON.stringify(record);
    const { documents, quarantined } = await documentsOf(suricata(), line, { enrichment });
    assert.deepEqual(quarantined, []);
    assert.equal(documents.length, 1);
    return documents[0];
}

describe("suricata", () => {
    it("makes the ECS document of an alert", async () => {
        const { event, suricata: verbatim, ...document } = await decoded(ALERT);
        const { id, ...rest } = event;
        assert.match(id, /^[\w-]{22}-1$/);
        assert.deepEqual(rest, {
            dataset: "suricata.eve",
            kind: "alert",
            category: ["network", "intrusion_detection"],
            type: ["denied"],
            severity: 2,
            start: "2026-11-21T13:31:00.000Z",
        });
        assert.deepEqual(verbatim, { eve: ALERT });
        assert.deepEqual(document, {
            "@timestamp": "2026-11-21T13:31:01.123Z",
            ecs: { version: "8.11.0" },
            observer: { product: "Suricata", type: "ids", vendor: "OISF" },
            source: {
                address: "10.0.0.5",
                ip: "10.0.0.5",
                mac: "00-03-2D-3F-E5-63",
                port: 51000,
                bytes: 496,
                packets: 6,
            },
            destination: {
                address: "203.0.113.9",
                ip: "203.0.113.9",
                mac: "00-1B-17-00-01-18",
                port: 443,
                bytes: 876,
                packets: 5,
                domain: "Shop.Example",
            },
            network: {
                transport: "tcp",
                protocol: "http",
                type: "ipv4",
                direction: "outbound",
                bytes: 1372,
                packets: 11,
                community_id: document.network.community_id,
                forwarded_ip: "198.51.100.7",
            },
            message: "Potentially Bad Traffic",
            rule: {
                id: "2100498",
                name: 'TEST "root" seen',
                category: "Potentially Bad Traffic",
                version: "7",
            },
            http: {
                request: { method: "GET", referrer: "https://referrer.example/page" },
                response: { status_code: 404, body: { bytes: 39 } },
                version: "1.1",
            },
            url: {
                domain: "Shop.Example",
                original: "/a/b.php?x=<script>&y=\u00e4#top",
                path: "/a/b.php",
                query: "x=<script>&y=\u00e4",
                fragment: "top",
            },
            user_agent: { original: '() { :; }; echo "x"' },
            related: { ip: ["10.0.0.5", "203.0.113.9", "198.51.100.7"], hosts: ["shop.example"] },
        });
    });

    const KINDS: readonly [string, object, Json][] = [
        [
            "http",
            { http: { status: 200 } },
            { protocol: "http", type: ["access", "protocol"], outcome: "success" },
        ],
        [
            "http",
            { http: { status: 500 } },
            { protocol: "http", type: ["access", "protocol"], outcome: "failure" },
        ],
        ["FLOW", { app_proto: "failed", flow: { state: "new" } }, { type: ["connection", "start"] }],
        [
            "flow",
            { app_proto: "tls", flow: { state: "closed" } },
            { protocol: "tls", type: ["connection", "end"] },
        ],
        ["ftp_data", {}, { protocol: "ftp", type: ["protocol"] }],
        ["smb", { smb: { dialect: "3.1.1" } }, { protocol: "smb", type: ["protocol"] }],
        ["smtp", { smtp: { helo: "x" } }, { protocol: "smtp", type: ["protocol"] }],
        ["constructor", {}, { protocol: "constructor", type: ["protocol"] }],
        ["anomaly", { anomaly: { event: "stream.pkt_invalid_ack" } }, {}],
        ["drop", { drop: { len: 40 } }, { type: ["denied"] }],
        ["alert", { alert: { action: "allowed" } }, { type: ["allowed"] }],
    ];
    for (const [type, members, { protocol, ...event }] of KINDS) {
        it(`tells what kind of event ${type} ${JSON.stringify(members)} is`, async () => {
            const document = await decoded({ ...COMMON, event_type: type, ...members });
            const { kind: _, category: __, id: ___, dataset: ____, ...rest } = document.event;
            assert.deepEqual(rest, event);
            assert.equal(document.network.protocol, protocol);
        });
    }

    it("counts a flow's and a netflow's bytes, and how long it took", async () => {
        const times = { start: "2026-11-21T13:31:00.000Z", end: "2026-11-21T13:31:02.500Z" };
        const flow = await decoded({
            ...COMMON,
            event_type: "flow",
            src_ip: "2001:db8:0:0::1",
            dest_ip: "2001:db8::2",
            flow: { pkts_toserver: 1, pkts_toclient: 0, bytes_toserver: 110, bytes_toclient: 0, ...times },
        });
        assert.equal(flow.event.duration, 2_500_000_000);
        assert.deepEqual(flow.source, {
            address: "2001:db8::1",
            ip: "2001:db8::1",
            port: 51000,
            bytes: 110,
            packets: 1,
        });
        assert.equal(flow.destination.bytes, 0);
        assert.equal(flow.network.bytes, 110);
        assert.equal(flow.network.type, "ipv6");
        const netflow = await decoded({
            ...COMMON,
            event_type: "netflow",
            netflow: { pkts: 3, bytes: 180, ...times },
        });
        assert.deepEqual([netflow.source.bytes, netflow.source.packets], [180, 3]);
        assert.deepEqual([netflow.network.bytes, netflow.network.packets], [180, 3]);
        assert.equal(netflow.event.duration, 2_500_000_000);
        assert.equal(netflow.destination.bytes, undefined);
    });

    it("takes a TLS handshake and its certificate apart", async () => {
        const { tls, destination, related } = await decoded({
            ...COMMON,
            event_type: "tls",
            tls: {
                subject: "C=US, O=Example, Inc., OU=A\\, B, CN=www.example.com, CN=example.com",
                issuerdn: "CN=CA 1",
                serial: "0D:CE:DC",
                fingerprint: "6a:ff:ac",
                sni: "WWW.example.com.",
                version: "TLS 1.3",
                notbefore: "2020-11-24T00:00:00",
                notafter: "2021-12-25T23:59:59",
                session_resumed: false,
                ja3: { hash: "aa".repeat(16), string: "771" },
                ja3s: { hash: "bb".repeat(16), string: "771" },
                ja4: "t13d1516h2_8daaf6152771_02713d6af862",
                chain: ["MIIA", "MIIB"],
            },
        });
        const validity = { not_before: "2020-11-24T00:00:00.000Z", not_after: "2021-12-25T23:59:59.000Z" };
        assert.deepEqual(tls, {
            version: "1.3",
            version_protocol: "tls",
            resumed: false,
            client: {
                server_name: "WWW.example.com",
                ja3: "aa".repeat(16),
                ja4: "t13d1516h2_8daaf6152771_02713d6af862",
            },
            server: {
                hash: { sha1: "6AFFAC" },
                subject: "C=US, O=Example, Inc., OU=A\\, B, CN=www.example.com, CN=example.com",
                issuer: "CN=CA 1",
                ja3s: "bb".repeat(16),
                certificate_chain: ["MIIA", "MIIB"],
                ...validity,
                x509: {
                    subject: {
                        country: ["US"],
                        organization: ["Example, Inc."],
                        organizational_unit: ["A, B"],
                        common_name: ["www.example.com", "example.com"],
                    },
                    issuer: { common_name: ["CA 1"] },
                    serial_number: "0DCEDC",
                    ...validity,
                },
            },
        });
        assert.equal(destination.domain, "WWW.example.com");
        assert.deepEqual(related.hosts, ["www.example.com"]);
        assert.deepEqual(
            new Set(related.hash),
            new Set([tls.client.ja3, tls.client.ja4, tls.server.ja3s, "6AFFAC"]),
        );
        for (const [version, expected] of [
            ["SSLv3", { version: "3", version_protocol: "ssl" }],
            ["TLSv1", { version: "1", version_protocol: "tls" }],
            ["UNDETERMINED", undefined],
        ] as const) {
            const document = await decoded({ ...COMMON, event_type: "tls", tls: { version } });
            assert.deepEqual(document.tls, expected);
        }
    });

    it("reads DNS records of versions 1, 2 and 3, and those in alerts", async () => {
        const dns = async (record: object, type = "dns") =>
            (await decoded({ ...COMMON, event_type: type, app_proto: "dns", dns: record })).dns;
        const question = { name: "a.example", type: "A" };
        assert.deepEqual(await dns({ type: "query", id: 7, rrname: "a.example", rrtype: "A" }), {
            type: "query",
            id: "7",
            question,
        });
        const address = { name: "b.example", type: "A", data: "192.0.2.1", ttl: 60 };
        const answered = { rrname: "b.example", rrtype: "A", ttl: 60, rdata: "192.0.2.1" };
        assert.deepEqual(await dns({ type: "answer", id: 7, rcode: "NOERROR", rd: true, ...answered }), {
            type: "answer",
            id: "7",
            response_code: "NOERROR",
            header_flags: ["RD"],
            answers: [address],
            resolved_ip: ["192.0.2.1"],
        });
        const alias = { rrname: "a.example", rrtype: "CNAME", ttl: 60, rdata: "b.example" };
        const list = [alias, answered, { rrname: "a.example", rrtype: "SOA", soa: { mname: "ns" } }];
        const answers = {
            response_code: "NOERROR",
            answers: [
                { name: "a.example", type: "CNAME", data: "b.example", ttl: 60 },
                address,
                { name: "a.example", type: "SOA" },
            ],
            resolved_ip: ["192.0.2.1"],
        };
        const flags = { aa: true, tc: false, rd: true, ra: true, rcode: "NOERROR" };
        assert.deepEqual(
            await dns({
                version: 2,
                type: "answer",
                rrname: "a.example",
                rrtype: "A",
                answers: list,
                ...flags,
            }),
            { type: "answer", header_flags: ["AA", "RD", "RA"], question, ...answers },
        );
        const queries = [{ rrname: "a.example", rrtype: "A" }];
        assert.deepEqual(await dns({ version: 3, type: "request", id: 0, queries }), {
            type: "query",
            id: "0",
            question,
        });
        assert.deepEqual(
            await dns({ version: 3, type: "response", queries, answers: list, rcode: "NOERROR" }),
            {
                type: "answer",
                question,
                ...answers,
            },
        );
        assert.deepEqual(
            await dns(
                { query: [{ type: "query", ...queries[0] }], answer: { rcode: "NOERROR", answers: list } },
                "alert",
            ),
            { type: "answer", question, ...answers },
        );
    });

    it("tells what part of a name was registered", async () => {
        const query = { type: "query", rrname: "A.b.example.co.uk", rrtype: "TXT" };
        const { dns } = await decoded({ ...COMMON, event_type: "dns", dns: query });
        assert.deepEqual(dns.question, {
            name: "A.b.example.co.uk",
            type: "TXT",
            registered_domain: "example.co.uk",
            subdomain: "a.b",
            top_level_domain: "co.uk",
        });
    });

    it("says what a rule tells of tactics and techniques, beside indicators", async () => {
        const metadata = {
            mitre_tactic_id: ["TA0001"],
            mitre_tactic_name: ["Initial_Access"],
            mitre_technique_id: ["T1190", 7],
            mitre_technique_name: [],
        };
        const record = { ...ALERT, alert: { ...ALERT.alert, metadata } };
        const own = {
            tactic: { id: ["TA0001"], name: ["Initial_Access"] },
            technique: { id: ["T1190"] },
        };
        assert.deepEqual((await decoded(record)).threat, own);
        const { enrichments, ...rest } = (await decoded(record, { type: "ipv4", value: "203.0.113.9" }))
            .threat;
        assert.equal(enrichments.length, 1);
        assert.deepEqual(rest, { ...own, matched: true });
        const older = { ...ALERT, alert: { ...ALERT.alert, metadata: { mitre_attack: ["t1190"] } } };
        assert.deepEqual((await decoded(older)).threat, { tactic: { id: ["t1190"] } });
    });

    it("knows files by their hashes", async () => {
        const sha256 = "f6".repeat(32);
        const { file, related } = await decoded({
            ...COMMON,
            event_type: "fileinfo",
            fileinfo: { filename: "/a b.exe", size: 1071, md5: "42".repeat(16), sha256 },
            files: [{ filename: "x", sha1: "31".repeat(20), sha256 }, 7],
        });
        assert.deepEqual(file, { path: "/a b.exe", size: 1071, hash: { md5: "42".repeat(16), sha256 } });
        assert.deepEqual(related.hash, ["42".repeat(16), sha256, "31".repeat(20)]);
    });

    it("keeps statistics out, and what it cannot use aside", async () => {
        const stats = { ...COMMON, event_type: "stats", stats: { uptime: 1 } };
        const { report, quarantined } = await documentsOf(
            suricata(),
            [
                JSON.stringify(stats),
                JSON.stringify({ ...COMMON, event_type: "dns", timestamp: "yesterday" }),
                JSON.stringify(COMMON),
                JSON.stringify({ nested: ALERT }),
                '{"timestamp":',
                JSON.stringify(ALERT),
            ].join("\n"),
        );
        assert.deepEqual(report.skippedBy, { statistics: 1 });
        assert.deepEqual(
            quarantined.map(({ record, reason }) => [record, reason]),
            [
                [2, "no timestamp"],
                [3, "no event_type"],
                [4, "no event_type"],
                [5, quarantined[3].reason],
            ],
        );
        assert.match(quarantined[3].reason, /^not JSON/);
        assert.equal(report.documents, 1);
    });

    it("leaves out what a field cannot hold, and takes the rest", async () => {
        const document = await decoded({
            timestamp: "2019-01-02T03:50:11.315110",
            event_type: "alert",
            src_ip: "not an address",
            src_port: 70000,
            dest_ip: ["203.0.113.9"],
            dest_port: "53",
            proto: 6,
            ether: { src_mac: "zz" },
            alert: {
                severity: "high",
                signature: { a: 1 },
                action: "pass",
                metadata: { filename: [1, { a: 1 }] },
            },
            http: { status: -1, url: "http://proxied.example/x?y", length: 1.5 },
            dns: { type: "answer", rrname: "a.example", rrtype: "A", rdata: "1.2.3.4.5" },
            flow: { start: "1", bytes_toserver: 1e20 },
        });
        assert.equal(document["@timestamp"], "2019-01-02T03:50:11.315Z");
        assert.deepEqual(document.source, { address: "not an address" });
        assert.deepEqual(document.destination, { port: 53 });
        assert.equal(document.event.type, undefined);
        assert.equal(document.event.severity, undefined);
        assert.equal(document.dns.resolved_ip, undefined);
        assert.equal(document.file, undefined);
        assert.equal(document.http, undefined);
        assert.deepEqual(document.url, {
            original: "http://proxied.example/x?y",
            path: "http://proxied.example/x",
            query: "y",
        });
        assert.equal(document.rule, undefined);
    });

    it("puts pretty-printed records on a line each, also those of an array", async () => {
        const record = { ...ALERT, note: "[,]" };
        for (const input of [record, [record], [record, record]]) {
            const { documents, text } = await documentsOf(suricata(), JSON.stringify(input, null, 2), {
                cuts: [7],
            });
            const records = [input].flat();
            assert.deepEqual(
                documents.map(({ suricata: { eve } }) => eve),
                records,
            );
            assert.equal(text.split("\n").length, records.length + 1);
        }
    });

    const DNS = {
        ...COMMON,
        event_type: "dns",
        src_ip: "10.0.0.2",
        dest_ip: "10.0.0.5",
        dns: {
            version: 2,
            type: "answer",
            rrname: "WWW.Evil.Example",
            rrtype: "A",
            answers: [
                { rrname: "www.evil.example", rrtype: "CNAME", rdata: "edge.bad.example" },
                { rrname: "edge.bad.example", rrtype: "AAAA", rdata: "2001:db8:0:0::66" },
            ],
        },
    };
    const REVERSE = { ...DNS, dns: { type: "query", rrname: "66.113.0.203.in-addr.arpa", rrtype: "PTR" } };
    const SEEN: readonly [string, object, Seen][] = [
        ["source.ip", { ...ALERT, src_ip: "203.0.113.66" }, { type: "ipv4", value: "203.0.113.66" }],
        ["destination.ip", ALERT, { type: "cidr", value: "203.0.113.0/28" }],
        ["network.forwarded_ip", ALERT, { type: "ipv4", value: "198.51.100.7" }],
        [
            "suricata.eve.flow.src_ip",
            { ...ALERT, flow: { src_ip: "198.51.100.8", dest_ip: "10.0.0.5" } },
            { type: "ipv4", value: "198.51.100.8" },
        ],
        ["url.domain", ALERT, { type: "domain", value: "shop.example" }],
        ["url.original", ALERT, { type: "url", value: "http://shop.example:8080/a/b.php" }],
        [
            "url.original",
            { ...ALERT, event_type: "http", dest_port: 8081, http: { url: "/mozi.m" } },
            { type: "url", value: "http://203.0.113.9:8081/mozi.m" },
        ],
        ["http.request.referrer", ALERT, { type: "domain", value: "referrer.example" }],
        [
            "tls.client.server_name",
            { ...COMMON, event_type: "tls", tls: { sni: "C2.Evil.Example." } },
            { type: "domain", value: "evil.example" },
        ],
        [
            "tls.client.server_name",
            { ...COMMON, event_type: "quic", quic: { sni: "c2.evil.example" } },
            { type: "domain", value: "evil.example" },
        ],
        ["dns.question.name", DNS, { type: "domain", value: "evil.example" }],
        [
            "dns.answers.data",
            { ...DNS, dns: { ...DNS.dns, answers: DNS.dns.answers.slice(0, 1) } },
            { type: "domain", value: "bad.example" },
        ],
        ["dns.resolved_ip", DNS, { type: "ipv6", value: "2001:db8::66" }],
        ["dns.question.name", REVERSE, { type: "ipv4", value: "203.0.113.66" }],
    ];
    for (const [field, record, indicator] of SEEN) {
        it(`finds ${indicator.value} in ${field}`, async () => {
            const { threat } = await decoded(record, indicator);
            assert.equal(threat.matched, true);
            assert.deepEqual(
                threat.enrichments.map(({ matched }: Json) => matched.field),
                [field],
            );
            const clean = await decoded(record, { type: "domain", value: "other.example" });
            assert.deepEqual(clean.threat, { matched: false });
        });
    }

    it("takes every record of real sensors", async function () {
        if (!REAL.every((file) => existsSync(file))) {
            this.skip();
        }
        for (const file of REAL) {
            const text = readFileSync(file, "utf8");
            const records = JSON.parse(text) as Json[];
            const lines = records.map((record) => JSON.stringify(record)).join("\n");
            const { documents, report } = await documentsOf(suricata(), lines);
            assert.deepEqual((await documentsOf(suricata(), text)).report, report);
            assert.equal(report.quarantined + report.skipped, 0);
            assert.deepEqual(
                documents.map(({ suricata: { eve } }) => eve),
                records,
            );
            documents.forEach((document, i) => {
                assert.equal(document.rule.id, String(records[i].alert.signature_id));
                assert.equal(document.event.severity, records[i].alert.severity);
                assert.match(document.network.community_id, /^1:[\w+/]{27}=$|^$/);
            });
        }
    });

    it("holds whatever happens to a line, and wherever the stream is cut", () =>
        assertHolds(
            suricata(),
            [ALERT, DNS, COMMON].slice(0, 2).map((record) => JSON.stringify(record)),
        ));
});
