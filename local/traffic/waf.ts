import { Random } from "./random";

export interface WafTraffic {
    readonly random: Random;
    readonly accountId: string;
    readonly region: string;
    readonly count: number;
    /** Time of the last record, Unix milliseconds; records lie in the 5 minutes before. */
    readonly until: number;
    /** Addresses of which one record in twenty has one as client. */
    readonly bad: readonly string[];
    /** Lines that are not valid. */
    readonly broken: number;
}

const AGENTS = [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    'curl/8.5.0 "quoted" \\ back\\slash',
    "python-requests/2.32.3",
];
const PATHS = ["/", "/login", "/api/v1/items", "/search", "/.env", "/wp-login.php"];
const COUNTRIES = ["US", "DE", "NL", "JP", "BR"];

/** Lines of a WAF log as AWS writes them, some of them broken on purpose. */
export function wafLines(traffic: WafTraffic): string[] {
    const { random, count } = traffic;
    const lines = Array.from({ length: count }, (_, index) => wafRecord(traffic, index));
    for (let index = 0; index < traffic.broken; index++) {
        const at = random.below(lines.length);
        lines[at] = index % 2 === 0 ? lines[at].slice(0, 40 + random.below(60)) : "not a record";
    }
    return lines;
}

function wafRecord(traffic: WafTraffic, index: number): string {
    const { random, accountId, region, bad } = traffic;
    const known = bad.length > 0 && random.chance(0.05);
    const clientIp = known
        ? random.pick(bad)
        : random.chance(0.05)
          ? `2600:1f18::${random.hex(4)}`
          : random.ipv4();
    const webAcl = `arn:aws:wafv2:${region}:${accountId}:regional/webacl/shop/${"a".repeat(8)}`;
    const blocked = random.chance(0.1);
    return JSON.stringify({
        timestamp: traffic.until - random.below(300_000),
        formatVersion: 1,
        webaclId: webAcl,
        terminatingRuleId: blocked ? "AWS-AWSManagedRulesCommonRuleSet" : "Default_Action",
        terminatingRuleType: blocked ? "MANAGED_RULE_GROUP" : "REGULAR",
        action: blocked ? "BLOCK" : "ALLOW",
        terminatingRuleMatchDetails: [],
        httpSourceName: "ALB",
        httpSourceId: `${accountId}-app/shop/50dc6c495c0c9188`,
        ruleGroupList: [],
        rateBasedRuleList: [],
        nonTerminatingMatchingRules: [],
        requestHeadersInserted: null,
        responseCodeSent: null,
        httpRequest: {
            clientIp,
            country: random.pick(COUNTRIES),
            headers: [
                { name: index % 2 === 0 ? "Host" : "host", value: "shop.example.com" },
                { name: "User-Agent", value: random.pick(AGENTS) },
                { name: "Accept", value: "*/*" },
            ],
            uri: random.pick(PATHS),
            args: random.chance(0.3) ? `q=${random.hex(6)}` : "",
            httpVersion: "HTTP/2.0",
            httpMethod: random.chance(0.8) ? "GET" : "POST",
            requestId: `1-${random.hex(8)}-${random.hex(24)}`,
        },
        labels: blocked ? [{ name: "awswaf:managed:aws:core-rule-set:NoUserAgent_Header" }] : [],
    });
}
