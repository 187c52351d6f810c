import { makeTraffic, Traffic, TrafficOptions } from "./traffic";
import { Sightings } from "./sightings";
import { referrer, webRequest, WebRequest } from "./web";

const COUNTRIES = ["US", "DE", "NL", "JP", "BR", "-"];
const ACTIONS = [
    "ALLOW",
    "ALLOW",
    "ALLOW",
    "ALLOW",
    "ALLOW",
    "ALLOW",
    "ALLOW",
    "BLOCK",
    "CAPTCHA",
    "CHALLENGE",
];

/** AWS WAF's full log: a JSON object a line. */
export function wafTraffic(options: TrafficOptions): Traffic {
    return makeTraffic(options, { record: (sightings, index) => record(options, sightings, index) });
}

function record({ accountId, region, until }: TrafficOptions, sightings: Sightings, index: number): string {
    const { random } = sightings;
    const request = webRequest(sightings);
    const action = random.pick(ACTIONS);
    const blocked = action === "BLOCK";
    return JSON.stringify({
        timestamp: until - random.below(300_000),
        formatVersion: 1,
        webaclId: `arn:aws:wafv2:${region}:${accountId}:regional/webacl/shop/${"a".repeat(8)}`,
        terminatingRuleId: blocked ? "AWS-AWSManagedRulesCommonRuleSet" : "Default_Action",
        terminatingRuleType: blocked ? "MANAGED_RULE_GROUP" : "REGULAR",
        action,
        terminatingRuleMatchDetails: [],
        httpSourceName: "ALB",
        httpSourceId: `${accountId}-app/shop/50dc6c495c0c9188`,
        ruleGroupList: blocked
            ? [{ ruleGroupId: "AWS#AWSManagedRulesCommonRuleSet", excludedRules: null }]
            : [],
        rateBasedRuleList: random.chance(0.1)
            ? [
                  {
                      rateBasedRuleName: "per-client",
                      limitKey: "IP",
                      maxRateAllowed: 2000,
                      evaluationWindowSec: 300,
                  },
              ]
            : [],
        nonTerminatingMatchingRules: random.chance(0.1)
            ? [{ ruleId: "count-scanners", action: "COUNT", ruleMatchDetails: [] }]
            : [],
        requestHeadersInserted: null,
        responseCodeSent: blocked ? 403 : null,
        httpRequest: {
            clientIp: sightings.address(),
            country: random.pick(COUNTRIES),
            headers: headers(request, sightings, index),
            uri: request.path,
            args: request.query,
            httpVersion: "HTTP/2.0",
            httpMethod: request.method,
            requestId: `1-${random.hex(8)}-${random.hex(24)}`,
            // Records made before 2025 do not tell scheme and host.
            ...(index % 3 === 0 ? {} : { fragment: "", scheme: request.scheme, host: request.host }),
        },
        labels: blocked ? [{ name: "awswaf:managed:aws:core-rule-set:NoUserAgent_Header" }] : [],
        ...(action === "CAPTCHA"
            ? { captchaResponse: { responseCode: 405, failureReason: "TOKEN_MISSING" } }
            : {}),
        ja3Fingerprint: random.hex(32),
        ja4Fingerprint: `t13d1516h2_${random.hex(12)}_${random.hex(12)}`,
    });
}

/** Header names know no case, and a client sends what it likes. */
function headers(
    { host, agent }: WebRequest,
    sightings: Sightings,
    index: number,
): { name: string; value: string }[] {
    const forwarded = sightings.random.chance(0.1) ? `${sightings.address()}, 10.0.0.7` : "";
    return [
        { name: index % 2 === 0 ? "Host" : "host", value: host },
        { name: "User-Agent", value: agent },
        { name: "referer", value: referrer(sightings) },
        { name: "X-FORWARDED-FOR", value: forwarded },
        { name: "Accept", value: "*/*" },
    ].filter(({ value }) => value !== "");
}
