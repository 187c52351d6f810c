import { Resource, resourceOf } from "./resource";

/** What of a finished document is read: any of it may be missing, or of another kind. */
export interface ReadDocument {
    readonly "@timestamp"?: unknown;
    readonly event?: { readonly dataset?: unknown; readonly outcome?: unknown; readonly type?: unknown };
    readonly http?: { readonly response?: { readonly status_code?: unknown } };
    readonly source?: ReadEndpoint;
    readonly client?: ReadEndpoint;
    readonly destination?: ReadEndpoint;
    readonly network?: {
        readonly transport?: unknown;
        readonly protocol?: unknown;
        readonly direction?: unknown;
    };
    readonly cloud?: { readonly account?: { readonly id?: unknown }; readonly region?: unknown };
    readonly threat?: { readonly matched?: unknown; readonly enrichments?: unknown };
    readonly aws?: Readonly<Record<string, unknown>>;
    readonly [field: string]: unknown;
}

export interface ReadEndpoint {
    readonly ip?: unknown;
    readonly port?: unknown;
    readonly domain?: unknown;
}

/** An indicator that a record shows, with all feeds that report it. */
export interface SightedIndicator {
    readonly type: "ipv4-addr" | "ipv6-addr" | "domain-name" | "url";
    /** The indicator: of a network the network. */
    readonly value: string;
    /** What the record has. */
    readonly atomic: string;
    readonly field: string;
    readonly feeds: readonly string[];
    readonly confidence: "High" | "Medium" | "Low";
}

/** A record that matched indicators and was let through. */
export interface Sighting {
    readonly indicators: readonly SightedIndicator[];
    readonly resource: Resource;
    readonly document: ReadDocument;
    readonly dataset: string;
    /** ISO 8601. */
    readonly time: string;
}

/** A finding about a finding would go round in circles. */
const FINDINGS: readonly unknown[] = ["aws.securityhub_findings", "aws.guardduty"];
const REFUSED_STATUS: readonly unknown[] = [401, 403, 429];

/** @returns what to report of the document, or undefined: no match, not let through, or a finding itself */
export function sightingOf(document: ReadDocument, accountId: string, region: string): Sighting | undefined {
    const dataset = document.event?.dataset;
    const time = document["@timestamp"];
    if (
        document.threat?.matched !== true ||
        typeof dataset !== "string" ||
        typeof time !== "string" ||
        Number.isNaN(Date.parse(time)) ||
        FINDINGS.includes(dataset) ||
        !isThrough(document)
    ) {
        return undefined;
    }
    const indicators = indicatorsOf(document.threat.enrichments);
    const resource = resourceOf(document, accountId, region);
    return indicators.length > 0 ? { indicators, resource, document, dataset, time } : undefined;
}

/**
 * Whether what the record tells of happened. A firewall says so itself; to a web server's answer only a refusal is none:
 * whoever gets a 404 has reached it.
 */
function isThrough({ event, http, aws }: ReadDocument): boolean {
    const types = Array.isArray(event?.type) ? event.type : [event?.type];
    if (types.includes("denied") || types.includes("allowed")) {
        return types.includes("allowed");
    }
    const resolver = aws?.route53_resolver_logs as { firewall_rule_action?: unknown } | undefined;
    if (resolver) {
        return resolver.firewall_rule_action !== "BLOCK";
    }
    const status = http?.response?.status_code;
    return typeof status === "number" ? !REFUSED_STATUS.includes(status) : event?.outcome !== "failure";
}

interface Enrichment {
    readonly matched?: { readonly atomic?: unknown; readonly field?: unknown };
    readonly indicator?: { readonly type?: unknown; readonly name?: unknown; readonly confidence?: unknown };
    readonly feed?: { readonly name?: unknown };
}

/** One for each indicator: the document has an entry for each feed as well. */
function indicatorsOf(enrichments: unknown): SightedIndicator[] {
    const found = new Map<string, SightedIndicator>();
    for (const { matched, indicator, feed } of Array.isArray(enrichments)
        ? (enrichments as Enrichment[])
        : []) {
        const value = String(indicator?.name ?? "");
        const known = found.get(value);
        const name = String(feed?.name ?? "");
        found.set(value, {
            type: indicator?.type as SightedIndicator["type"],
            value,
            atomic: String(matched?.atomic ?? value),
            field: String(matched?.field ?? ""),
            feeds: known?.feeds.includes(name) ? known.feeds : [...(known?.feeds ?? []), name],
            confidence: indicator?.confidence as SightedIndicator["confidence"],
        });
    }
    return [...found.values()];
}
