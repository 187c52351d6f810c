import { isAddress } from "../indicators/address";
import { ECS_VERSION } from "./ecs";
import { LineSplitter } from "./lines";
import { Decoder, DeliveryContext, EcsDocument, LogSource, Malformed, Observables } from "./source";

/** A web request as WAF logged it: the line, and what is read from it. */
export interface WafRecord {
    readonly line: string;
    readonly log: JsonObject;
    readonly request: JsonObject;
    readonly clientIp: string;
    /** Epoch milliseconds. */
    readonly timestamp: number;
    readonly headers: Headers;
}

type JsonObject = { readonly [key: string]: unknown };

/** The headers that have a field of their own; the first of each name counts. */
interface Headers {
    readonly host?: string;
    readonly userAgent?: string;
    readonly referer?: string;
    readonly forwardedFor?: string;
}

/** 9999-12-31T23:59:59.999Z, the last that ISO 8601 writes with four digits. */
const MAX_MILLISECONDS = 253402300799999;

function isObject(value: unknown): value is JsonObject {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
    return typeof value === "string" && value !== "" ? value : undefined;
}

function headersOf(request: JsonObject): Headers {
    const found: { host?: string; userAgent?: string; referer?: string; forwardedFor?: string } = {};
    if (!Array.isArray(request.headers)) {
        return found;
    }
    for (const header of request.headers as unknown[]) {
        if (!isObject(header) || typeof header.name !== "string") {
            continue;
        }
        switch (header.name.toLowerCase()) {
            case "host":
                found.host ??= text(header.value);
                break;
            case "user-agent":
                found.userAgent ??= text(header.value);
                break;
            case "referer":
                found.referer ??= text(header.value);
                break;
            case "x-forwarded-for":
                found.forwardedFor ??= text(header.value);
                break;
        }
    }
    return found;
}

function parse(line: string): WafRecord | Malformed {
    let log: unknown;
    try {
        log = JSON.parse(line);
    } catch {
        return new Malformed(line, "not JSON");
    }
    if (!isObject(log)) {
        return new Malformed(line, "not a JSON object");
    }
    const { timestamp, httpRequest: request } = log;
    if (typeof timestamp !== "number" || !(timestamp >= 0 && timestamp <= MAX_MILLISECONDS)) {
        return new Malformed(line, "no timestamp in epoch milliseconds");
    }
    if (!isObject(request) || typeof request.clientIp !== "string") {
        return new Malformed(line, "no httpRequest.clientIp");
    }
    if (!isAddress(request.clientIp)) {
        return new Malformed(line, "httpRequest.clientIp is not an IP address");
    }
    return { line, log, request, clientIp: request.clientIp, timestamp, headers: headersOf(request) };
}

class WafDecoder implements Decoder<WafRecord> {
    private readonly lines = new LineSplitter();

    *decode(chunk: Uint8Array): Iterable<WafRecord | Malformed> {
        for (const line of this.lines.split(chunk)) {
            yield typeof line === "string" ? parse(line) : line;
        }
    }

    *end(): Iterable<WafRecord | Malformed> {
        for (const line of this.lines.end()) {
            yield typeof line === "string" ? parse(line) : line;
        }
    }
}

/** Host header in lower case, and its port where it names one. */
function hostOf({ headers, request }: WafRecord): { domain?: string; port?: number } {
    const host = (headers.host ?? text(request.host))?.toLowerCase();
    const match = host === undefined ? null : /^(.*?)(?::(\d{1,5}))?$/.exec(host);
    if (!match || match[1] === "") {
        return {};
    }
    // A bare IPv6 address is not a host and a port.
    if (match[1].includes(":") && !match[1].startsWith("[")) {
        return { domain: host };
    }
    const port = match[2] === undefined ? undefined : Number(match[2]);
    return { domain: match[1], port: port !== undefined && port <= 65535 ? port : undefined };
}

/** Path and query as sent. */
function targetOf({ request }: WafRecord): string | undefined {
    const path = text(request.uri);
    const query = text(request.args);
    return path === undefined ? undefined : query === undefined ? path : `${path}?${query}`;
}

function schemeOf({ request }: WafRecord): string | undefined {
    const scheme = text(request.scheme)?.toLowerCase();
    return scheme === "http" || scheme === "https" ? scheme : undefined;
}

/** Addresses that a proxy says it forwards for; the last is the nearest. */
function forwardedOf({ headers }: WafRecord): string[] {
    const forwarded = headers.forwardedFor?.split(",", 64).map((part) => part.trim()) ?? [];
    return forwarded.filter((part, index) => isAddress(part) && forwarded.indexOf(part) === index);
}

/** Account and region of the web ACL: its ARN is the only place where a record names them. */
function ownerOf({ log }: WafRecord, context: DeliveryContext): { accountId?: string; region?: string } {
    const arn = text(log.webaclId)?.split(":", 6) ?? [];
    const isArn = arn[0] === "arn" && /^\d{12}$/.test(arn[4] ?? "");
    return {
        accountId: isArn ? arn[4] : context.accountId || undefined,
        region: (isArn && arn[3]) || context.region || undefined,
    };
}

function toDocument(record: WafRecord, context: DeliveryContext): EcsDocument {
    const { log, request, headers, clientIp } = record;
    const { domain, port } = hostOf(record);
    const { accountId, region } = ownerOf(record, context);
    const target = targetOf(record);
    const scheme = schemeOf(record);
    const forwarded = forwardedOf(record);
    const action = text(log.action);
    const country = text(request.country);
    const version = /^([a-z]+)\/([\d.]+)$/i.exec(text(request.httpVersion) ?? "");
    const asNumber = typeof log.clientAsn === "number" ? log.clientAsn : undefined;
    const ja3 = text(log.ja3Fingerprint);
    return {
        "@timestamp": new Date(record.timestamp).toISOString(),
        event: {
            id: undefined,
            dataset: "aws.waf",
            // As Elastic's integration has it: a firewall judged this request.
            kind: "alert",
            category: ["web", "network"],
            // CAPTCHA and CHALLENGE, where they end the evaluation, did not let the request through.
            type: action === undefined ? ["access"] : ["access", action === "ALLOW" ? "allowed" : "denied"],
            action: action?.toLowerCase(),
            outcome: action === undefined ? undefined : action === "ALLOW" ? "success" : "failure",
        },
        ecs: { version: ECS_VERSION },
        cloud: {
            provider: "aws",
            service: { name: "wafv2" },
            account: accountId === undefined ? undefined : { id: accountId },
            region,
        },
        source: {
            address: clientIp,
            ip: clientIp,
            // WAF writes "-" where it knows no country.
            geo: country === undefined || country === "-" ? undefined : { country_iso_code: country },
            as: asNumber === undefined ? undefined : { number: asNumber },
        },
        network: {
            protocol: version ? version[1].toLowerCase() : "http",
            transport: "tcp",
            forwarded_ip: forwarded[0],
        },
        http: {
            request: {
                method: text(request.httpMethod),
                id: text(request.requestId),
                referrer: headers.referer,
            },
            version: version?.[2],
        },
        url: {
            domain,
            port,
            scheme,
            path: text(request.uri),
            query: text(request.args),
            original: target,
            full:
                scheme === undefined || domain === undefined
                    ? undefined
                    : `${scheme}://${domain}${port === undefined ? "" : `:${port}`}${target ?? "/"}`,
        },
        user_agent: headers.userAgent === undefined ? undefined : { original: headers.userAgent },
        rule: { id: text(log.terminatingRuleId), ruleset: text(log.terminatingRuleType) },
        tls: ja3 === undefined ? undefined : { client: { ja3 } },
        related: {
            ip: [clientIp, ...forwarded.filter((ip) => ip !== clientIp)],
            hosts: domain === undefined ? undefined : [domain],
        },
    };
}

function observables(record: WafRecord): Observables {
    const { domain, port } = hostOf(record);
    const { referer } = record.headers;
    const scheme = schemeOf(record);
    const target = targetOf(record) ?? "/";
    const urls: { value: string; field: string }[] = [];
    if (domain !== undefined) {
        const rest = `${domain}${port === undefined ? "" : `:${port}`}${target}`;
        // Older records do not tell the scheme: the indicator may have either.
        for (const candidate of scheme === undefined ? ["https", "http"] : [scheme]) {
            const field = scheme === undefined ? "url.original" : "url.full";
            urls.push({ value: `${candidate}://${rest}`, field });
        }
    }
    if (referer !== undefined) {
        urls.push({ value: referer, field: "http.request.referrer" });
    }
    const forwarded = forwardedOf(record).filter((ip) => ip !== record.clientIp);
    return {
        ips: [
            { value: record.clientIp, field: "source.ip", role: "client" },
            ...forwarded.map((value) => ({
                value,
                field: "network.forwarded_ip",
                role: "forwarded" as const,
            })),
        ],
        domains: domain === undefined ? [] : [{ value: domain, field: "url.domain" }],
        urls,
    };
}

/** AWS WAF's full logs: one JSON object a line, kept verbatim under `aws.waf`. */
export function waf(): LogSource<WafRecord> {
    return {
        dataset: "aws.waf",
        decoder: () => new WafDecoder(),
        toDocument,
        verbatim: ({ line }) => ({ path: "aws.waf", json: line }),
        observables,
    };
}
