/** ECS fields that hold IP addresses. */
const IP_FIELDS = [
    "source.ip",
    "source.nat.ip",
    "destination.ip",
    "destination.nat.ip",
    "client.ip",
    "client.nat.ip",
    "server.ip",
    "host.ip",
    "observer.ip",
    "related.ip",
    "dns.resolved_ip",
    "network.forwarded_ip",
    "threat.indicator.ip",
    "threat.enrichments.indicator.ip",
    "aws.s3access.remote_ip",
];

const DATE_FIELDS = [
    "@timestamp",
    "event.created",
    "event.start",
    "event.end",
    "event.ingested",
    "tls.server.not_before",
    "tls.server.not_after",
    "tls.server.x509.not_before",
    "tls.server.x509.not_after",
    "threat.enrichments.indicator.first_seen",
    "threat.enrichments.indicator.last_seen",
];

const GEO_POINTS = [
    "source.geo.location",
    "destination.geo.location",
    "client.geo.location",
    "server.geo.location",
];

/** Where JSON records lie verbatim: one field each, so that no record's keys can clash with another's. */
const FLAT_OBJECTS = [
    "aws.apigateway",
    "aws.cloudtrail",
    "aws.guardduty",
    "aws.route53_resolver_logs",
    "aws.securityhub_findings",
    "aws.waf",
    "suricata.eve",
];

/** Numbers with decimals whose first value may look like an integer. */
const DECIMALS = [
    "aws.cloudfront.time_to_first_byte",
    "aws.elb.backend_processing_time.sec",
    "aws.elb.connection_time.ms",
    "aws.elb.request_processing_time.sec",
    "aws.elb.response_processing_time.sec",
    "aws.elb.tls_handshake_latency",
    "aws.elb.tls_handshake_time.ms",
    "threat.anomaly.score",
    "vulnerability.score.base",
];

interface Mapping {
    properties?: Record<string, Mapping>;
    [setting: string]: unknown;
}

/**
 * Template of all `logs-*` indices: ECS types for addresses, dates and places, keyword for all other text.
 * @param replicas left out, the domain's default holds
 */
export function indexTemplate(replicas?: number): Record<string, unknown> {
    const mappings: Mapping = {
        date_detection: false,
        dynamic_templates: [
            {
                strings: { match_mapping_type: "string", mapping: { type: "keyword", ignore_above: 8191 } },
            },
        ],
        properties: {},
    };
    set(mappings, IP_FIELDS, { type: "ip" });
    set(mappings, DATE_FIELDS, { type: "date" });
    set(mappings, DECIMALS, { type: "double" });
    set(mappings, GEO_POINTS, { type: "geo_point" });
    set(mappings, FLAT_OBJECTS, { type: "flat_object" });
    set(mappings, ["message"], { type: "text" });
    return {
        index_patterns: ["logs-*"],
        priority: 100,
        template: {
            settings: {
                index: {
                    "mapping.total_fields.limit": 2000,
                    // A value of the wrong kind is left out of the index, and does not keep the document out.
                    "mapping.ignore_malformed": true,
                    ...(replicas === undefined ? {} : { number_of_replicas: replicas }),
                },
            },
            mappings,
        },
    };
}

function set(mappings: Mapping, fields: readonly string[], mapping: Mapping): void {
    for (const field of fields) {
        const parts = field.split(".");
        let node = mappings;
        for (const part of parts) {
            node.properties ??= {};
            node = node.properties[part] ??= {};
        }
        Object.assign(node, mapping);
    }
}
