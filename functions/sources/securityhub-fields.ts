import { Fields } from "../documents/write-fields";
import { FindingEndpoint } from "./finding-endpoint";
import { at, isoAt, listAt, numberAt, portAt, textAt, textsAt } from "./parsed-json";
import { resourceCloud, resourceFields } from "./securityhub-resources";

const OUTCOMES = {
    PASSED: { outcome: "success", evaluation: "passed" },
    FAILED: { outcome: "failure", evaluation: "failed" },
} as const;
const UNKNOWN = { outcome: "unknown", evaluation: "unknown" } as const;

/** Types of ECS for those of ASFF's threat intelligence indicators. */
const INDICATOR_TYPES: ReadonlyMap<string | undefined, string> = new Map([
    ["DOMAIN", "domain-name"],
    ["EMAIL_ADDRESS", "email-addr"],
    ["HASH_MD5", "file"],
    ["HASH_SHA1", "file"],
    ["HASH_SHA256", "file"],
    ["HASH_SHA512", "file"],
    ["IPV4_ADDRESS", "ipv4-addr"],
    ["IPV6_ADDRESS", "ipv6-addr"],
    ["MUTEX", "mutex"],
    ["PROCESS", "process"],
    ["URL", "url"],
]);

/** How the check of a control ended. */
function outcomeOf(finding: unknown): { readonly outcome: string; readonly evaluation: string } {
    const status = textAt(finding, "Compliance.Status");
    return status === "PASSED" || status === "FAILED" ? OUTCOMES[status] : UNKNOWN;
}

/** @returns the members of `event`, besides those that every document has */
export function eventOf(finding: unknown): Fields {
    return {
        kind: "state",
        category: ["configuration"],
        type: ["info"],
        action: textAt(finding, "Action.ActionType")?.toLowerCase(),
        outcome: outcomeOf(finding).outcome,
        severity: numberAt(finding, "Severity.Normalized"),
        created: isoAt(finding, "ProcessedAt"),
    };
}

/** @param side `Source` or `Destination` */
export function endpointOf(finding: unknown, side: string): FindingEndpoint {
    const network = at(finding, "Network");
    return {
        address: textAt(network, `${side}IpV4`) ?? textAt(network, `${side}IpV6`),
        fields: {
            domain: textAt(network, `${side}Domain`),
            mac: textAt(network, `${side}Mac`)?.replace(/[-:.]/g, "-").toUpperCase(),
            port: portAt(network, `${side}Port`),
        },
    };
}

/** @returns the fields of a Security Hub finding, but for its endpoints */
export function fieldsOf(finding: unknown, accountId: string, region: string): Fields {
    const resources = listAt(finding, "Resources");
    const direction = textAt(finding, "Network.Direction");
    const process = at(finding, "Process");
    return {
        observer: { vendor: "AWS Security Hub" },
        organization: { name: textAt(finding, "CompanyName") },
        cloud: {
            provider: "aws",
            account: { id: textAt(finding, "AwsAccountId") ?? accountId },
            region: textAt(finding, "Region") ?? region,
            ...resourceCloud(resources),
        },
        ...resourceFields(resources),
        result: { evaluation: outcomeOf(finding).evaluation },
        rule: ruleOf(finding),
        network: {
            direction: direction === "IN" ? "inbound" : direction === "OUT" ? "outbound" : undefined,
            protocol: textAt(finding, "Network.Protocol")?.toLowerCase(),
        },
        process: {
            executable: textAt(process, "Path"),
            name: textAt(process, "Name"),
            pid: numberAt(process, "Pid"),
            parent: { pid: numberAt(process, "ParentPid") },
            start: isoAt(process, "LaunchedAt"),
            end: isoAt(process, "TerminatedAt"),
        },
        url: urlOf(textAt(finding, "SourceUrl")),
        vulnerability: vulnerabilityOf(finding),
    };
}

function ruleOf(finding: unknown): Fields {
    const text = textAt(finding, "Remediation.Recommendation.Text");
    const url = textAt(finding, "Remediation.Recommendation.Url");
    return {
        id: textAt(finding, "GeneratorId") ?? textAt(finding, "Compliance.SecurityControlId"),
        name: textAt(finding, "Title"),
        description: textAt(finding, "Description"),
        reference: url,
        references: url,
        remediation: text === undefined || url === undefined ? undefined : `${text}\r\n${url}`,
        ruleset: textsAt(finding, "Compliance.RelatedRequirements"),
    };
}

function urlOf(source: string | undefined): Fields {
    if (source === undefined || !URL.canParse(source)) {
        return { original: source };
    }
    const { protocol, hostname, port, pathname, search, hash } = new URL(source);
    return {
        original: source,
        full: source,
        scheme: protocol.slice(0, -1),
        domain: hostname,
        port: port === "" ? undefined : Number(port),
        path: pathname,
        query: search.slice(1),
        fragment: hash.slice(1),
    };
}

/** Of several vulnerabilities and scores the last, as Elastic's integration has it; all are in the finding. */
function vulnerabilityOf(finding: unknown): Fields {
    const vulnerability = listAt(finding, "Vulnerabilities").at(-1);
    const score = listAt(vulnerability, "Cvss").at(-1);
    return {
        id: textAt(vulnerability, "Id"),
        reference: textsAt(vulnerability, "ReferenceUrls"),
        scanner: { vendor: textAt(vulnerability, "Vendor.Name") },
        score: { base: numberAt(score, "BaseScore"), version: textAt(score, "Version") },
    };
}

/** @returns members of `threat`: the last indicator, as Elastic's integration has it */
export function threatOf(finding: unknown): Fields {
    const indicator = listAt(finding, "ThreatIntelIndicators").at(-1);
    return {
        indicator: {
            type: INDICATOR_TYPES.get(textAt(indicator, "Type")),
            last_seen: isoAt(indicator, "LastObservedAt"),
        },
    };
}
