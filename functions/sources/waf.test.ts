import assert from "node:assert/strict";
import { kinds, sourceOf } from "./registry";
import { Malformed } from "./source";
import { waf, WafRecord } from "./waf";

const CONTEXT = { accountId: "", region: "", origin: "o", version: "v" };
const LOG = {
    timestamp: 1700000000123,
    webaclId: "arn:aws:wafv2:eu-west-1:222222222222:regional/webacl/main/1",
    terminatingRuleId: "Default_Action",
    terminatingRuleType: "REGULAR",
    action: "ALLOW",
    httpRequest: {
        clientIp: "203.0.113.9",
        country: "DE",
        headers: [
            { name: "hOsT", value: "Shop.Example:8443" },
            { name: "USER-AGENT", value: "curl/8" },
            { name: "X-Forwarded-For", value: "198.51.100.7, unknown, 203.0.113.9" },
            { name: "referer", value: "https://other.example/" },
        ],
        uri: "/a b",
        args: "q=1",
        httpVersion: "HTTP/1.1",
        httpMethod: "GET",
        requestId: "r-1",
    },
};

function decode(line: string): WafRecord | Malformed {
    const decoder = waf().decoder();
    const [record] = [...decoder.decode(Buffer.from(`${line}\n`)), ...decoder.end()];
    return record as WafRecord | Malformed;
}

function record(log: unknown): WafRecord {
    const decoded = decode(JSON.stringify(log));
    assert.ok(!(decoded instanceof Malformed));
    return decoded;
}

describe("waf", () => {
    it("makes the ECS document", () => {
        const made = waf().toDocument(record(LOG), CONTEXT);
        assert.deepEqual(JSON.parse(JSON.stringify(made)), {
            "@timestamp": "2023-11-14T22:13:20.123Z",
            event: {
                dataset: "aws.waf",
                kind: "alert",
                category: ["web", "network"],
                type: ["access", "allowed"],
                action: "allow",
                outcome: "success",
            },
            ecs: { version: "8.11.0" },
            cloud: {
                provider: "aws",
                service: { name: "wafv2" },
                account: { id: "222222222222" },
                region: "eu-west-1",
            },
            source: { address: "203.0.113.9", ip: "203.0.113.9", geo: { country_iso_code: "DE" } },
            network: { protocol: "http", transport: "tcp", forwarded_ip: "198.51.100.7" },
            http: {
                request: { method: "GET", id: "r-1", referrer: "https://other.example/" },
                version: "1.1",
            },
            url: { domain: "shop.example", port: 8443, path: "/a b", query: "q=1", original: "/a b?q=1" },
            user_agent: { original: "curl/8" },
            rule: { id: "Default_Action", ruleset: "REGULAR" },
            related: { ip: ["203.0.113.9", "198.51.100.7"], hosts: ["shop.example"] },
        });
    });

    it("offers client, proxies, host and URL for look-ups", () => {
        const { ips, domains, urls } = waf().observables(record(LOG));
        assert.deepEqual(
            ips.map(({ value, role }) => `${role} ${value}`),
            ["client 203.0.113.9", "forwarded 198.51.100.7"],
        );
        assert.deepEqual(domains, [{ value: "shop.example", field: "url.domain" }]);
        assert.deepEqual(
            urls.map(({ value }) => value),
            [
                "https://shop.example:8443/a b?q=1",
                "http://shop.example:8443/a b?q=1",
                "https://other.example/",
            ],
        );
    });

    it("uses the scheme where the log has it", () => {
        const log = { ...LOG, httpRequest: { ...LOG.httpRequest, scheme: "HTTPS" } };
        const url = waf().toDocument(record(log), CONTEXT).url as { full: string };
        assert.equal(url.full, "https://shop.example:8443/a b?q=1");
    });

    it("keeps the line as it came", () => {
        const line = ` ${JSON.stringify(LOG).replace('"action"', '"big":12345678901234567890, "action"')} `;
        assert.equal(waf().verbatim?.(decode(line) as WafRecord).json, line);
    });

    it("stands fields of the wrong type", () => {
        const odd = {
            timestamp: 0,
            action: 7,
            webaclId: [],
            httpRequest: { clientIp: "::1", headers: [1, null, {}] },
        };
        const made = waf().toDocument(record(odd), CONTEXT);
        assert.deepEqual(made.event.type, ["access"]);
        assert.equal(
            waf().observables(record({ ...odd, httpRequest: { clientIp: "::1", headers: 3 } })).ips.length,
            1,
        );
    });

    const bad: [string, string][] = [
        ['{"timestamp":1', "not JSON"],
        ["[]", "not a JSON object"],
        ["null", "not a JSON object"],
        ["{}", "no timestamp in epoch milliseconds"],
        ['{"timestamp":1e300}', "no timestamp in epoch milliseconds"],
        ['{"timestamp":"1"}', "no timestamp in epoch milliseconds"],
        ['{"timestamp":1}', "no httpRequest.clientIp"],
        ['{"timestamp":1,"httpRequest":{"clientIp":5}}', "no httpRequest.clientIp"],
        ['{"timestamp":1,"httpRequest":{"clientIp":"x"}}', "httpRequest.clientIp is not an IP address"],
    ];
    for (const [line, reason] of bad) {
        it(`quarantines ${line}`, () => {
            const malformed = decode(line);
            assert.ok(malformed instanceof Malformed);
            assert.equal(malformed.reason, reason);
            assert.equal(malformed.raw, line);
        });
    }

    it("is in the registry", () => {
        assert.deepEqual([...kinds].sort(), [...kinds.map((kind) => sourceOf(kind).dataset.slice(4))].sort());
    });
});
