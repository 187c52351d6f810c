import { Random } from "../../local/traffic/random";
import { target, userAgent } from "./agents";

const COUNTRIES = ["US", "US", "DE", "NL", "JP", "BR", "IN", "-"];
const HOSTS = ["shop.example.com", "www.example.com", "api.example.com"];
const ACL = "arn:aws:wafv2:us-east-1:222222222222:regional/webacl/shop/2c0f1a6e-58f9-4b1c-9a7d-2f1f0c7c5d11";

function headers(random: Random, host: string) {
    const all = [
        ["host", host],
        ["user-agent", userAgent(random)],
        ["accept", "text/html,application/json;q=0.9,*/*"],
        ["accept-language", random.pick(["en-US,en;q=0.9", "de-DE,de;q=0.8", "ja"])],
        ["accept-encoding", "gzip, deflate, br"],
        ["cookie", `s=${random.hex(16)}; theme="dark"`],
        ["referer", `https://${host}/${random.hex(4)}`],
        ["upgrade-insecure-requests", "1"],
        ["sec-fetch-dest", "document"],
        ["sec-fetch-mode", "navigate"],
        ["sec-fetch-site", "same-origin"],
        ["x-amzn-trace-id", `Root=1-${random.hex(8)}-${random.hex(24)}`],
    ];
    if (random.chance(0.1)) {
        all.push(["x-forwarded-for", random.ipv4()]);
    }
    return all.map(([name, value]) => ({ name, value }));
}

/** A WAF log record as AWS writes it. */
export function wafLine(random: Random, client: string, time: number): string {
    const blocked = random.chance(0.1);
    const host = random.pick(HOSTS);
    const { path, query } = target(random);
    const group = "AWS#AWSManagedRulesCommonRuleSet";
    return JSON.stringify({
        timestamp: time,
        formatVersion: 1,
        webaclId: ACL,
        terminatingRuleId: blocked ? "AWS-AWSManagedRulesCommonRuleSet" : "Default_Action",
        terminatingRuleType: blocked ? "MANAGED_RULE_GROUP" : "REGULAR",
        action: blocked ? "BLOCK" : "ALLOW",
        terminatingRuleMatchDetails: [],
        httpSourceName: "ALB",
        httpSourceId: "222222222222-app/shop-production/50dc6c495c0c9188",
        ruleGroupList: [
            {
                ruleGroupId: group,
                terminatingRule: blocked ? { ruleId: "NoUserAgent_HEADER", action: "BLOCK" } : null,
                nonTerminatingMatchingRules: [],
                excludedRules: null,
            },
        ],
        rateBasedRuleList: [],
        nonTerminatingMatchingRules: [],
        requestHeadersInserted: null,
        responseCodeSent: null,
        httpRequest: {
            clientIp: client,
            country: random.pick(COUNTRIES),
            headers: headers(random, host),
            uri: path,
            args: query,
            httpVersion: "HTTP/2.0",
            httpMethod: random.chance(0.8) ? "GET" : "POST",
            requestId: `1-${random.hex(8)}-${random.hex(24)}`,
            fragment: "",
            scheme: "https",
            host,
        },
        labels: blocked ? [{ name: "awswaf:managed:aws:core-rule-set:NoUserAgent_Header" }] : [],
        requestBodySize: random.below(4000),
        requestBodySizeInspectedByWAF: random.below(4000),
        ja3Fingerprint: random.hex(32),
        ja4Fingerprint: `t13d1516h2_${random.hex(12)}_${random.hex(12)}`,
    });
}
