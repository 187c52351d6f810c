import { JsonReader } from "../bytes/json-reader";
import { JsonScanner } from "../bytes/json";
import { equals } from "../bytes/span";
import { MAX_TIME } from "../bytes/time";
import { Document } from "../documents/document";
import { ECS_MEMBERS, keys } from "../documents/ecs";
import { verbatim } from "../documents/verbatim";
import { key, Members, members } from "../documents/writer";
import { NO_ADDRESS } from "../enrichment/address-table";
import { cloudMembers } from "./cloud";
import { Origins } from "./origins";
import { DeliveryContext, LogSource, Malformed, Verdict } from "./source";
import { WafHeaders } from "./waf-headers";

const KEY = {
    ...keys(
        "source",
        "geo",
        "as",
        "country_iso_code",
        "number",
        "network",
        "forwarded_ip",
        "http",
        "request",
    ),
    ...keys("response", "status_code", "method", "id", "referrer", "url", "domain", "path"),
    ...keys("query", "fragment", "original", "full", "user_agent", "rule", "ruleset", "tls", "client", "ja3"),
    ...keys("ja4", "cloud", "aws", "waf", "host", "action"),
    httpVersion: key("version"),
};

const PATHS = {
    timestamp: "timestamp",
    acl: "webaclId",
    action: "action",
    ruleId: "terminatingRuleId",
    ruleType: "terminatingRuleType",
    responseCode: "responseCodeSent",
    asn: "clientAsn",
    ja3: "ja3Fingerprint",
    ja4: "ja4Fingerprint",
    clientIp: "httpRequest.clientIp",
    country: "httpRequest.country",
    headerName: "httpRequest.headers[].name",
    headerValue: "httpRequest.headers[].value",
    uri: "httpRequest.uri",
    args: "httpRequest.args",
    version: "httpRequest.httpVersion",
    method: "httpRequest.httpMethod",
    requestId: "httpRequest.requestId",
    fragment: "httpRequest.fragment",
    scheme: "httpRequest.scheme",
    host: "httpRequest.host",
};

/** As Elastic's integration has it: an alert, since a firewall judged this request. */
function eventMembers(type: readonly string[], outcome: string | undefined): Members {
    return members({ kind: "alert", category: ["web", "network"], type, outcome });
}

const ALLOWED = eventMembers(["access", "allowed"], "success");
/** CAPTCHA and CHALLENGE, where they end the evaluation, did not let the request through either. */
const DENIED = eventMembers(["access", "denied"], "failure");
const UNKNOWN = eventMembers(["access"], undefined);

const HTTP = members({ scheme: "http" });
const HTTPS = members({ scheme: "https" });

/** Numbers of autonomous systems have 32 bits. */
const MAX_ASN = 0xffffffff;

const NETWORK = members({ protocol: "http", transport: "tcp" });

class WafWriter {
    readonly scanner = new JsonScanner(PATHS);
    private readonly headers = new WafHeaders(
        this.scanner,
        this.scanner.at.headerName,
        this.scanner.at.headerValue,
    );
    private readonly origins = new Origins();
    private lastAcl = "";
    private lastCloud: Members | undefined;

    constructor(private readonly context: DeliveryContext) {}

    write(document: Document, bytes: Buffer, start: number, end: number): Verdict {
        const { scanner } = this;
        const { at } = scanner;
        const time = scanner.number(at.timestamp);
        if (!(time >= 0 && time <= MAX_TIME)) {
            return new Malformed("no timestamp in epoch milliseconds");
        }
        if (!scanner.isString(at.clientIp)) {
            return new Malformed("no httpRequest.clientIp");
        }
        this.event(document, time);
        document.put(ECS_MEMBERS);
        const slot = this.source(document);
        if (slot === NO_ADDRESS) {
            return new Malformed("httpRequest.clientIp is not an IP address");
        }
        if (document.wantsPairs) {
            const host = this.headers.host()?.toLowerCase();
            document.pair(host ?? scanner.text(at.acl) ?? "waf", slot);
        }
        this.network(document);
        this.http(document);
        this.url(document);
        this.rest(document);
        document.open(KEY.cloud);
        document.put(this.owner());
        document.close();
        document.open(KEY.aws);
        verbatim(document, KEY.waf, scanner, bytes, start, end);
        document.close();
        return undefined;
    }

    private event(document: Document, time: number): void {
        const { at, found } = this.scanner;
        document.event(time);
        const allowed = found.is(at.action, '"ALLOW"');
        document.put(found.starts[at.action] < 0 ? UNKNOWN : allowed ? ALLOWED : DENIED);
        this.copy(document, KEY.action, at.action);
        document.close();
    }

    private source(document: Document): number {
        const { scanner } = this;
        const { at, found } = scanner;
        document.open(KEY.source);
        const start = found.starts[at.clientIp] + 1;
        const slot = document.endpoint("source.ip", found.bytes, start, found.ends[at.clientIp] - 1);
        if (slot !== NO_ADDRESS && !document.enrichment.locates) {
            // WAF writes "-" where it knows no country.
            if (scanner.isString(at.country) && !found.is(at.country, '"-"')) {
                document.open(KEY.geo);
                this.copy(document, KEY.country_iso_code, at.country);
                document.close();
            }
            const asn = scanner.number(at.asn);
            if (asn > 0 && asn <= MAX_ASN) {
                document.open(KEY.as);
                document.number(KEY.number, asn);
                document.close();
            }
        }
        document.close();
        return slot;
    }

    private network(document: Document): void {
        const forwarded = this.headers.forwardedFor();
        document.open(KEY.network);
        document.put(NETWORK);
        let first = true;
        for (const address of forwarded) {
            const bytes = Buffer.from(address, "latin1");
            const known = document.address("network.forwarded_ip", bytes, 0, bytes.length) !== NO_ADDRESS;
            if (known && first) {
                first = false;
                document.text(KEY.forwarded_ip, address);
            }
        }
        document.close();
    }

    private http(document: Document): void {
        const { at, found } = this.scanner;
        document.open(KEY.http);
        document.open(KEY.request);
        this.copy(document, KEY.method, at.method);
        this.copy(document, KEY.id, at.requestId);
        if (this.headers.referer.start >= 0) {
            const { bytes, start, end } = this.headers.referer;
            document.json(KEY.referrer, bytes, start, end);
            document.jsonUrl("http.request.referrer", bytes, start + 1, end - 1);
        }
        document.close();
        const code = this.scanner.number(at.responseCode);
        if (code >= 100 && code <= 999) {
            document.open(KEY.response);
            document.number(KEY.status_code, code);
            document.close();
        }
        // "HTTP/2.0"
        const start = found.starts[at.version];
        if (
            start >= 0 &&
            found.ends[at.version] - start > 7 &&
            equals(found.bytes, start, start + 6, '"HTTP/')
        ) {
            document.string(KEY.httpVersion, found.bytes, start + 6, found.ends[at.version] - 1);
        }
        document.close();
    }

    /** Writes `url`, and looks up what it shows. */
    private url(document: Document): void {
        const { scanner } = this;
        const { at, found } = scanner;
        document.open(KEY.url);
        const host = this.headers.host() ?? scanner.text(at.host);
        const origin = host === undefined ? undefined : this.origins.find(host);
        if (origin?.name) {
            document.host("url.domain", origin.name);
            document.put(origin.members);
        }
        const secure = found.is(at.scheme, '"https"');
        const known = secure || found.is(at.scheme, '"http"');
        if (known) {
            document.put(secure ? HTTPS : HTTP);
        }
        this.copy(document, KEY.path, at.uri);
        this.copy(document, KEY.query, at.args);
        this.copy(document, KEY.fragment, at.fragment);
        if (scanner.isString(at.uri)) {
            document.name(KEY.original);
            this.target(document, undefined);
            document.byte(44);
        }
        if (origin?.name) {
            const from = document.at;
            document.name(KEY.full);
            const start = document.at + 1;
            this.target(document, known && !secure ? origin.http : origin.https);
            // Older records do not tell the scheme; an indicator of either matches.
            document.jsonUrl(known ? "url.full" : "url.original", document.bytes, start, document.at - 1);
            if (known) {
                document.byte(44);
            } else {
                document.at = from;
            }
        }
        document.close();
    }

    /** Writes scheme and host, path and query as a JSON string. */
    private target(document: Document, origin: Buffer | undefined): void {
        const { at, found } = this.scanner;
        document.byte(34);
        if (origin !== undefined) {
            document.copy(origin, 0, origin.length);
        }
        if (this.scanner.isString(at.uri)) {
            document.copy(found.bytes, found.starts[at.uri] + 1, found.ends[at.uri] - 1);
        } else {
            document.byte(47);
        }
        if (this.scanner.isString(at.args)) {
            document.byte(63);
            document.copy(found.bytes, found.starts[at.args] + 1, found.ends[at.args] - 1);
        }
        document.byte(34);
    }

    private rest(document: Document): void {
        const { at } = this.scanner;
        document.open(KEY.user_agent);
        const { bytes, start, end } = this.headers.userAgent;
        if (start >= 0) {
            document.json(KEY.original, bytes, start, end);
        }
        document.close();
        document.open(KEY.rule);
        this.copy(document, KEY.id, at.ruleId);
        this.copy(document, KEY.ruleset, at.ruleType);
        document.close();
        document.open(KEY.host);
        this.copy(document, KEY.domain, at.host);
        document.close();
        document.open(KEY.tls);
        document.open(KEY.client);
        this.copy(document, KEY.ja3, at.ja3);
        this.copy(document, KEY.ja4, at.ja4);
        document.close();
        document.close();
    }

    /** Account and region of the web ACL: its ARN is the only place where a record names them. */
    private owner(): Members {
        const { found, at } = this.scanner;
        if (this.lastCloud === undefined || !found.is(at.acl, this.lastAcl)) {
            this.lastAcl = found.text(at.acl) ?? "";
            const arn = this.lastAcl.slice(1, -1).split(":", 6);
            const isArn = arn[0] === "arn" && /^\d{12}$/.test(arn[ARN_ACCOUNT] ?? "");
            this.lastCloud = cloudMembers(
                isArn ? arn[ARN_ACCOUNT] : this.context.accountId,
                (isArn && arn[3]) || this.context.region,
                "wafv2",
            );
        }
        return this.lastCloud;
    }

    private copy(document: Document, name: Uint8Array, i: number): void {
        const { scanner } = this;
        if (scanner.isString(i)) {
            document.json(name, scanner.found.bytes, scanner.found.starts[i], scanner.found.ends[i]);
        }
    }
}

/** Part of an ARN that names the account. */
const ARN_ACCOUNT = 4;

/** AWS WAF's full logs: one JSON object a line, kept verbatim under `aws.waf`. */
export function waf(): LogSource {
    return {
        dataset: "aws.waf",
        reader: (context) => {
            const writer = new WafWriter(context);
            return new JsonReader(writer.scanner, writer.write.bind(writer));
        },
    };
}
