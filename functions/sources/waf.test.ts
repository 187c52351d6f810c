import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Pair } from "../enrichment/enricher";
import { Enrichment } from "../enrichment/enrichment";
import { Indicator } from "../indicators/indicator";
import { assertHolds } from "./fuzzing";
import { CONTEXT, documentsOf, enrichmentOf, Json, OutcomeOptions } from "./testing";
import { waf } from "./waf";

const ACL = "arn:aws:wafv2:us-east-1:333333333333:regional/webacl/main/1";
const LOG = {
    timestamp: 1700000000123,
    formatVersion: 1,
    webaclId: ACL,
    terminatingRuleId: "Default_Action",
    terminatingRuleType: "REGULAR",
    action: "ALLOW",
    terminatingRuleMatchDetails: [],
    httpSourceName: "ALB",
    httpSourceId: "app/web/1",
    ruleGroupList: [],
    rateBasedRuleList: [
        { rateBasedRuleId: "r", limitKey: "IP", maxRateAllowed: 100, limitValue: "203.0.113.9" },
    ],
    nonTerminatingMatchingRules: [{ ruleId: "count", action: "COUNT" }],
    httpRequest: {
        clientIp: "203.0.113.9",
        country: "DE",
        headers: [
            { name: "hOsT", value: "Shop.Example:8443" },
            { name: "USER-AGENT", value: "curl/8" },
            { name: "X-Forwarded-For", value: "198.51.100.7, unknown, 203.0.113.9,2001:DB8::1" },
            { name: "referer", value: "https://other.example/" },
        ],
        uri: "/a b",
        args: "q=1",
        httpVersion: "HTTP/1.1",
        httpMethod: "GET",
        requestId: "r-1",
    },
    labels: [{ name: "awswaf:managed:aws:bot-control:bot:name:curl" }],
    ja3Fingerprint: "f79b6bad2ad0641e1921aef10262856b",
    ja4Fingerprint: "t13d1516h2_8daaf6152771_b186095e22b6",
    clientAsn: 64500,
};
type Request = Record<string, unknown>;

const withRequest = (request: Request) => ({ ...LOG, httpRequest: { ...LOG.httpRequest, ...request } });
const withHeaders = (...headers: unknown[]) => withRequest({ headers });
const header = (name: string, value: unknown) => ({ name, value });

async function one(log: unknown, options: OutcomeOptions = {}): Promise<Json> {
    const text = typeof log === "string" ? log : JSON.stringify(log);
    const { documents, quarantined } = await documentsOf(waf(), text, options);
    assert.deepEqual(quarantined, []);
    assert.equal(documents.length, 1);
    delete documents[0].event.id;
    return documents[0];
}

const DOCUMENT = {
    "@timestamp": "2023-11-14T22:13:20.123Z",
    event: {
        dataset: "aws.waf",
        kind: "alert",
        category: ["web", "network"],
        type: ["access", "allowed"],
        action: "ALLOW",
        outcome: "success",
    },
    ecs: { version: "8.11.0" },
    source: {
        address: "203.0.113.9",
        ip: "203.0.113.9",
        geo: { country_iso_code: "DE" },
        as: { number: 64500 },
    },
    network: { protocol: "http", transport: "tcp", forwarded_ip: "198.51.100.7" },
    http: {
        request: { method: "GET", id: "r-1", referrer: "https://other.example/" },
        version: "1.1",
    },
    url: { domain: "shop.example", port: 8443, path: "/a b", query: "q=1", original: "/a b?q=1" },
    user_agent: { original: "curl/8" },
    rule: { id: "Default_Action", ruleset: "REGULAR" },
    tls: { client: { ja3: LOG.ja3Fingerprint, ja4: LOG.ja4Fingerprint } },
    cloud: {
        provider: "aws",
        service: { name: "wafv2" },
        account: { id: "333333333333" },
        region: "us-east-1",
    },
    aws: { waf: LOG },
    related: { ip: ["203.0.113.9", "198.51.100.7", "2001:db8::1"], hosts: ["shop.example"] },
};

describe("waf", () => {
    it("makes the ECS document, the record below it", async () => {
        const document = await one(LOG);
        assert.deepEqual(document, DOCUMENT);
    });

    it("keeps the record as it came: numbers, order, duplicates, blanks", async () => {
        const line = JSON.stringify(LOG).replace(
            '"action"',
            '"big":12345678901234567890, "n":1.10,\t"x":1,"x":{"\\u0061":"\\/"}, "action"',
        );
        const { text } = await documentsOf(waf(), ` ${line} `);
        assert.ok(text.includes(`"aws":{"waf":${line}}`));
    });

    it("reads pretty-printed records, and puts each on one line", async () => {
        const pretty = JSON.stringify(LOG, null, 2);
        assert.deepEqual(await one(pretty), DOCUMENT);
        assert.deepEqual(await one(pretty.replace(/\n/g, "\r\n")), DOCUMENT);
        const { text, documents } = await documentsOf(waf(), `${pretty}${pretty}\n${pretty}`);
        assert.equal(text.split("\n").length, 4);
        assert.equal(documents.length, 3);
    });

    for (const [action, type, outcome] of [
        ["ALLOW", "allowed", "success"],
        ["BLOCK", "denied", "failure"],
        ["CAPTCHA", "denied", "failure"],
        ["CHALLENGE", "denied", "failure"],
    ]) {
        it(`tells the outcome of ${action}`, async () => {
            const { event } = await one({ ...LOG, action });
            assert.deepEqual([event.action, event.type, event.outcome], [action, ["access", type], outcome]);
        });
    }

    it("tells the response where WAF answered", async () => {
        assert.deepEqual((await one({ ...LOG, responseCodeSent: 403 })).http.response, { status_code: 403 });
        for (const responseCodeSent of [null, 0, -1, 1e300, "403", 99999]) {
            assert.equal("response" in (await one({ ...LOG, responseCodeSent })).http, false);
        }
    });

    it("tells the URL whole where the log has the scheme", async () => {
        const { url } = await one(withRequest({ scheme: "https", fragment: "top" }));
        assert.deepEqual(url, {
            ...DOCUMENT.url,
            scheme: "https",
            fragment: "top",
            full: "https://shop.example:8443/a b?q=1",
        });
        const bare = await one(withRequest({ scheme: "http", uri: "/", args: "" }));
        assert.equal(bare.url.full, "http://shop.example:8443/");
        assert.equal("query" in bare.url, false);
    });

    describe("host", () => {
        const urlOf = async (value: string) => (await one(withHeaders(header("Host", value)))).url;
        for (const [value, domain, port] of [
            ["SHOP.example", "shop.example", undefined],
            ["shop.example:80", "shop.example", 80],
            ["shop.example:99999", "shop.example:99999", undefined],
            ["203.0.113.1:8080", "203.0.113.1", 8080],
            ["[2001:DB8::1]:443", "[2001:db8::1]", 443],
            ["[2001:db8::1]", "[2001:db8::1]", undefined],
            ["2001:db8::1", "2001:db8::1", undefined],
            ['evil"\\\u0000.example', 'evil"\\\u0000.example', undefined],
            ["bücher.example", "bücher.example", undefined],
        ] as const) {
            it(`reads ${JSON.stringify(value)}`, async () => {
                const url = await urlOf(value);
                assert.deepEqual([url.domain, url.port], [domain, port]);
            });
        }

        it("is the request's own field where the header is missing", async () => {
            const { url, host, related } = await one(withRequest({ headers: [], host: "Shop.Example" }));
            assert.deepEqual(
                [url.domain, host, related.hosts],
                ["shop.example", { domain: "Shop.Example" }, ["shop.example"]],
            );
        });

        it("is left out when it is empty or far too long", async () => {
            for (const value of ["", ":80", "x".repeat(2000)]) {
                const document = await one(withHeaders(header("Host", value)));
                assert.equal("domain" in document.url, false, value.slice(0, 9));
                assert.equal("hosts" in document.related, false);
                assert.deepEqual(document.aws.waf.httpRequest.headers, [header("Host", value)]);
            }
        });
    });

    it("takes the first of several headers with one name, in any case", async () => {
        const document = await one(
            withHeaders(
                header("HOST", "a.example"),
                header("host", "b.example"),
                header("User-Agent", "first"),
                header("user-agent", "second"),
                header("Hosts", "c.example"),
                header("x-host", "d.example"),
            ),
        );
        assert.deepEqual([document.url.domain, document.user_agent.original], ["a.example", "first"]);
        assert.deepEqual(document.related.hosts, ["a.example"]);
    });

    it("lists forwarded addresses, with blanks, ports and nonsense between them", async () => {
        const document = await one(
            withHeaders(
                header("x-forwarded-for", " 10.0.0.1 ,, -, 198.51.100.1:80,ä, 2001:db8::2 ,198.51.100.2"),
            ),
        );
        assert.deepEqual(document.related.ip, ["203.0.113.9", "10.0.0.1", "2001:db8::2", "198.51.100.2"]);
        assert.equal(document.network.forwarded_ip, "10.0.0.1");
        const none = await one(withHeaders(header("x-forwarded-for", "unknown")));
        assert.deepEqual(none.network, { protocol: "http", transport: "tcp" });
    });

    it("does not take any number of forwarded addresses", async () => {
        const many = Array.from({ length: 5000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`).join();
        const { related } = await one(withHeaders(header("x-forwarded-for", many)));
        assert.equal(related.ip.length, 64);
    });

    it("stands headers of odd shape", async () => {
        for (const headers of [
            3,
            null,
            {},
            "text",
            [[header("host", "a.example")]],
            [
                {},
                { name: 1, value: 2 },
                { name: "host" },
                { value: "x" },
                header("host", null),
                header("host", ""),
            ],
            [{ name: "host", value: { value: "nested.example" } }],
        ]) {
            const { url, related, aws } = await one(withRequest({ headers }));
            assert.equal("domain" in url, false, JSON.stringify(headers));
            assert.deepEqual(related, { ip: ["203.0.113.9"] });
            assert.deepEqual(aws.waf.httpRequest.headers, headers);
        }
        const between = await one(withHeaders(1, null, [], {}, header("host", "a.example")));
        assert.equal(between.url.domain, "a.example");
        const extra = await one(
            withHeaders({ x: [{ name: "host", value: "no" }], ...header("host", "a.example") }),
        );
        assert.equal(extra.url.domain, "a.example");
    });

    it("stands fields of the wrong type, and leaves them out", async () => {
        const odd = {
            timestamp: 0,
            action: 7,
            webaclId: [],
            terminatingRuleId: {},
            ja3Fingerprint: true,
            clientAsn: "x",
            httpRequest: {
                clientIp: "::1",
                uri: 1,
                args: [],
                httpMethod: null,
                httpVersion: 2,
                country: {},
                scheme: 1,
            },
        };
        assert.deepEqual(await one(odd), {
            "@timestamp": "1970-01-01T00:00:00.000Z",
            event: {
                dataset: "aws.waf",
                kind: "alert",
                category: ["web", "network"],
                type: ["access", "denied"],
                outcome: "failure",
            },
            ecs: { version: "8.11.0" },
            source: { address: "::1", ip: "::1" },
            network: { protocol: "http", transport: "tcp" },
            cloud: {
                provider: "aws",
                service: { name: "wafv2" },
                account: { id: "222222222222" },
                region: "eu-west-1",
            },
            aws: { waf: odd },
            related: { ip: ["::1"] },
        });
        const least = await one({ timestamp: 1, httpRequest: { clientIp: "1.2.3.4" } });
        assert.deepEqual([least.event.type, "outcome" in least.event], [["access"], false]);
    });

    it("knows account and region of each record's web ACL", async () => {
        const acls = [
            ACL,
            "arn:aws:wafv2:eu-north-1:444444444444:regional/webacl/x/1",
            "arn:aws-cn:wafv2:cn-north-1:555555555555:regional/webacl/x/1",
            ACL,
            "arn:aws:wafv2:us-east-1:12:x",
            "arn",
            undefined,
            ACL,
        ];
        const { documents } = await documentsOf(
            waf(),
            acls.map((webaclId) => JSON.stringify({ ...LOG, webaclId })).join("\n"),
        );
        assert.deepEqual(
            documents.map(({ cloud }) => `${cloud.account.id} ${cloud.region}`),
            [
                "333333333333 us-east-1",
                "444444444444 eu-north-1",
                "555555555555 cn-north-1",
                "333333333333 us-east-1",
                "222222222222 eu-west-1",
                "222222222222 eu-west-1",
                "222222222222 eu-west-1",
                "333333333333 us-east-1",
            ],
        );
    });

    it("leaves the place of the client to a database, if there is one", async () => {
        const geo = { name: "geo", ipv4: () => '"geo":{"country_iso_code":"CH"},', ipv6: () => "" };
        const { source } = await one(LOG, { enrichment: new Enrichment({ addresses: [geo] }) });
        assert.deepEqual(source, {
            address: "203.0.113.9",
            ip: "203.0.113.9",
            geo: { country_iso_code: "CH" },
        });
        assert.equal("geo" in (await one(withRequest({ country: "-" }))).source, false);
    });

    describe("look-ups", () => {
        const found = async (log: unknown, ...values: readonly Pick<Indicator, "type" | "value">[]) => {
            const { threat } = await one(log, { enrichment: enrichmentOf(...values) });
            assert.equal(threat.matched, threat.enrichments !== undefined);
            return ((threat.enrichments ?? []) as Json[]).map(
                ({ matched, indicator }) => `${matched.field} ${matched.atomic} ${indicator.name}`,
            );
        };

        it("find the client, those it forwards for, the host and the referrer", async () => {
            assert.deepEqual(
                await found(
                    LOG,
                    { type: "ipv4", value: "203.0.113.9" },
                    { type: "cidr", value: "198.51.100.0/24" },
                    { type: "ipv6", value: "2001:db8::1" },
                    { type: "domain", value: "shop.example" },
                    { type: "domain", value: "other.example" },
                ),
                [
                    "source.ip 203.0.113.9 203.0.113.9",
                    "network.forwarded_ip 198.51.100.7 198.51.100.0/24",
                    "network.forwarded_ip 2001:db8::1 2001:db8::1",
                    "http.request.referrer https://other.example/ other.example",
                    "url.domain shop.example shop.example",
                ],
            );
        });

        it("find the URL, of either scheme while the log tells none", async () => {
            const log = withRequest({ uri: "/bad", args: "" });
            const indicator = (scheme: string) =>
                ({ type: "url", value: `${scheme}://shop.example:8443/bad` }) as const;
            for (const scheme of ["http", "https"]) {
                assert.equal((await found(log, indicator(scheme))).length, 1);
                assert.deepEqual(
                    await found(withRequest({ uri: "/bad", args: "a=1", scheme }), indicator(scheme)),
                    [`url.full ${scheme}://shop.example:8443/bad?a=1 ${scheme}://shop.example:8443/bad`],
                );
            }
            assert.deepEqual(await found(withRequest({ uri: "/good" }), indicator("http")), []);
        });

        it("see through escapes of the record", async () => {
            const line = JSON.stringify(withHeaders(header("referer", "https://evil.example/x")));
            assert.deepEqual(
                await found(line.replace("https://", "https:\\/\\/"), {
                    type: "domain",
                    value: "evil.example",
                }),
                ["http.request.referrer https://evil.example/x evil.example"],
            );
            const host = JSON.stringify(withHeaders(header("host", "evil.example"))).replace(
                "evil",
                "\\u0065vil",
            );
            assert.deepEqual(await found(host, { type: "domain", value: "evil.example" }), [
                "url.domain evil.example evil.example",
            ]);
            const url = JSON.stringify(withRequest({ uri: '/b"d', args: "" }));
            assert.equal(
                (await found(url, { type: "url", value: "https://shop.example:8443/b%22d" })).length,
                1,
            );
        });

        it("find a literal IPv6 host", async () => {
            const log = withHeaders(header("host", "[2001:DB8::7]:8080"));
            assert.deepEqual(await found(log, { type: "cidr", value: "2001:db8::/32" }), [
                "url.domain [2001:db8::7] 2001:db8::/32",
            ]);
        });

        it("are not fooled by the same names elsewhere in the record", async () => {
            const evil = {
                clientIp: "198.51.100.66",
                headers: [header("host", "evil.example")],
                uri: "/evil",
            };
            const line = JSON.stringify({
                ...LOG,
                ruleGroupList: [{ httpRequest: evil, timestamp: 5 }],
                labels: [{ "httpRequest.clientIp": "198.51.100.66", httpRequest: evil }],
                httpRequest: { ...LOG.httpRequest, nested: evil, body: { httpRequest: evil } },
            });
            const { source, url, threat } = await one(line, {
                enrichment: enrichmentOf(
                    { type: "ipv4", value: "198.51.100.66" },
                    { type: "domain", value: "evil.example" },
                ),
            });
            assert.deepEqual(source.ip, "203.0.113.9");
            assert.deepEqual(url, DOCUMENT.url);
            assert.deepEqual(threat, { matched: false });
        });
    });

    it("offers host and client for scoring, whatever the client forwards for", async () => {
        const pairs: Pair[] = [];
        const scorer = {
            name: "s",
            score: async (asked: readonly Pair[]) => {
                pairs.push(...asked);
                return asked.map(() => 1.5);
            },
        };
        const many = Array.from({ length: 64 }, (_, i) => `10.9.${i}.1`).join();
        const log = withHeaders(header("host", "Shop.Example"), header("x-forwarded-for", many));
        const { threat } = await one(log, { enrichment: new Enrichment({ scorer }) });
        assert.deepEqual(pairs, [{ entity: "shop.example", ip: "203.0.113.9" }]);
        assert.deepEqual(threat, { anomaly: { score: 1.5 } });
        pairs.length = 0;
        await one(withHeaders(), { enrichment: new Enrichment({ scorer }) });
        assert.deepEqual(pairs, [{ entity: ACL, ip: "203.0.113.9" }]);
    });

    it("stands keys that are names of JavaScript's own", async () => {
        const line =
            '{"timestamp":1,"__proto__":{"action":"BLOCK"},"constructor":{"prototype":{"x":1}},"toString":1,' +
            '"httpRequest":{"clientIp":"1.2.3.4","__proto__":{"uri":"/x"},"headers":[{"__proto__":1,"name":"host",' +
            '"value":"__proto__"},{"name":"constructor","value":"y"}]}}';
        const { text, documents } = await documentsOf(waf(), line);
        assert.ok(text.includes(`"aws":{"waf":${line}}`));
        const [{ event, url, related }] = documents;
        assert.deepEqual(
            [event.action, url, related.hosts],
            [undefined, { domain: "__proto__" }, ["__proto__"]],
        );
        assert.equal(({} as Json).x, undefined);
    });

    it("stands NUL bytes, escaped and raw", async () => {
        const nul = withRequest({ uri: "/\u0000", headers: [header("user-agent", "a\u0000b")] });
        const { url, user_agent } = await one(nul);
        assert.deepEqual([url.path, user_agent.original], ["/\u0000", "a\u0000b"]);
        const raw = JSON.stringify(LOG).replace("curl", "cu\u0000rl");
        const { quarantined, documents } = await documentsOf(
            waf(),
            `${raw}\n\u0000\n${JSON.stringify(LOG)}\n`,
        );
        assert.deepEqual(
            quarantined.map(({ reason }) => reason),
            ["not JSON: control character in a string", "not a JSON object"],
        );
        assert.equal(documents.length, 1);
    });

    it("keeps attack payloads as they are", async () => {
        const payloads = [
            "' OR 1=1 --",
            "${jndi:ldap://evil.example/a}",
            '<script>alert("1")</script>',
            "../../etc/passwd%00",
            "\\..\\..\\windows",
            "\u202e\u2028😀\ud800",
            '"},"action":"ALLOW',
        ];
        for (const payload of payloads) {
            const document = await one(
                withRequest({
                    uri: payload,
                    args: payload,
                    httpMethod: payload,
                    headers: [header("user-agent", payload)],
                }),
            );
            assert.deepEqual(
                [
                    document.url.path,
                    document.url.query,
                    document.http.request.method,
                    document.user_agent.original,
                ],
                [payload, payload, payload, payload],
            );
            assert.equal(document.event.action, "ALLOW");
        }
    });

    it("stands records of 1 MB, all of it to be escaped, and quarantines longer ones", async () => {
        const big = "\u0001".repeat(170_000);
        const log = withHeaders(
            header("user-agent", big.slice(0, 50_000)),
            header("referer", `http://x/${big.slice(0, 50_000)}`),
            header("host", big.slice(0, 30_000)),
            header("x-forwarded-for", big.slice(0, 30_000)),
        );
        const enrichment = enrichmentOf({ type: "url", value: "http://x.example/" });
        const document = await one(log, { enrichment });
        assert.equal(document.user_agent.original.length, 50_000);
        const uri = await one(withRequest({ uri: big }), { enrichment });
        assert.equal(uri.url.path.length, 170_000);
        const line = JSON.stringify(LOG);
        const long = JSON.stringify(withRequest({ uri: "x".repeat(1 << 20) }));
        const { report, quarantined } = await documentsOf(waf(), `${line}\n${long}\n${line}\n`, {
            cuts: [70_000],
        });
        assert.deepEqual([report.in, report.documents], [3, 2]);
        assert.match(quarantined[0].reason, /^record longer than 1048576 bytes$/);
    });

    it("never throws, loses no neighbour and adds up for a damaged line, however it is cut", async () => {
        await assertHolds(
            waf(),
            [LOG, withHeaders(), withRequest({ scheme: "https" }), { ...LOG, action: "BLOCK" }].map((log) =>
                JSON.stringify(log),
            ),
        );
    }).timeout(120_000);

    it("stands any JSON in the place of any value", async () => {
        const json = fc.oneof(
            fc.json({ maxDepth: 2 }),
            fc.string({ unit: "binary" }).map((s) => JSON.stringify(s)),
        );
        const enrichment = enrichmentOf({ type: "url", value: "http://x.example/" });
        const names = [...Object.keys(LOG), ...Object.keys(LOG.httpRequest), "host", "scheme", "fragment"];
        await fc.assert(
            fc.asyncProperty(fc.constantFrom(...names), json, async (name, value) => {
                const line = JSON.stringify(LOG, (key, old: unknown) => (key === name ? "@@" : old)).replace(
                    '"@@"',
                    () => value,
                );
                const { report, documents } = await documentsOf(waf(), line, { enrichment });
                assert.equal(report.in, 1);
                if (report.documents === 1) {
                    assert.deepEqual(documents[0].aws.waf, JSON.parse(line));
                }
            }),
            { numRuns: 500 },
        );
    });

    const bad: [string, string][] = [
        ['{"timestamp":1', "not JSON: cut off"],
        ["[]", "not a JSON object"],
        ["null", "not a JSON object"],
        ["{}", "no timestamp in epoch milliseconds"],
        ['{"timestamp":1e300}', "no timestamp in epoch milliseconds"],
        ['{"timestamp":"1"}', "no timestamp in epoch milliseconds"],
        ['{"timestamp":-1}', "no timestamp in epoch milliseconds"],
        ['{"timestamp":253402300800000}', "no timestamp in epoch milliseconds"],
        ['{"timestamp":1}', "no httpRequest.clientIp"],
        ['{"timestamp":1,"httpRequest":{"clientIp":5}}', "no httpRequest.clientIp"],
        ['{"timestamp":1,"httpRequest":[{"clientIp":"1.2.3.4"}]}', "no httpRequest.clientIp"],
        ['{"timestamp":1,"httpRequest":{"clientIp":"x"}}', "httpRequest.clientIp is not an IP address"],
    ];
    for (const [line, reason] of bad) {
        it(`quarantines ${line}`, async () => {
            const { quarantined, report } = await documentsOf(waf(), line);
            assert.deepEqual(quarantined, [
                { dataset: "aws.waf", origin: CONTEXT.origin, record: 1, reason, raw: line },
            ]);
            assert.deepEqual([report.in, report.documents, report.quarantined], [1, 0, 1]);
        });
    }
});
