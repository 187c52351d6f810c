import { LineReader } from "../bytes/lines";
import { Document } from "../documents/document";
import { ECS_MEMBERS, keys } from "../documents/ecs";
import { Key, key, members } from "../documents/writer";
import { NO_ADDRESS } from "../enrichment/address-table";
import { readClfLine } from "./apigateway-clf";
import { AccessFields } from "./apigateway-fields";
import { Member, readJsonLine } from "./apigateway-json";
import { cloudMembers } from "./cloud";
import { DeliveryContext, LogSource, Malformed, Verdict } from "./source";
import { writeUrl } from "./url";

const KEY = {
    ...keys("action", "outcome", "duration", "original", "source", "address", "network", "http", "request"),
    ...keys("response", "id", "method", "status_code", "body", "bytes", "url", "user_agent", "user", "error"),
    ...keys("message", "type", "trace", "cloud", "aws", "apigateway"),
    httpVersion: key("version"),
};

const EVENT = members({ kind: "event", category: ["web"], type: ["access"] });
const PROTOCOL = members({ protocol: "http" });
const TYPE = { ipv4: members({ type: "ipv4" }), ipv6: members({ type: "ipv6" }) };

const OPEN = 123;

class ApiGatewayWriter {
    constructor(private readonly context: DeliveryContext) {}

    write(document: Document, bytes: Buffer, lineStart: number, lineEnd: number): Verdict {
        const [start, end] = trimmed(bytes, lineStart, lineEnd);
        const isJson = bytes[start] === OPEN;
        const json = isJson ? readJsonLine(bytes, start, end) : undefined;
        const found = isJson ? json?.members : readClfLine(bytes.toString("utf8", start, end));
        if (found === undefined) {
            return new Malformed(
                isJson ? "not JSON, nor readable like it" : "neither JSON nor Common Log Format",
            );
        }
        const fields = new AccessFields(found);
        // A format without one of them is none that API Gateway takes.
        if (fields.text("requestId") === undefined && fields.text("extendedRequestId") === undefined) {
            return new Malformed("no requestId");
        }
        const told = fields.time();
        const time = Number.isNaN(told) ? this.context.time : told;
        if (time === undefined) {
            return new Malformed("no requestTime");
        }
        const isSound = json?.isSound ?? false;
        // No id of the record's own: a client can put one into it.
        document.event(time);
        this.event(document, fields);
        if (json !== undefined && !isSound) {
            // What is made of it is a guess: the line itself is the evidence.
            document.string(KEY.original, bytes, start, end);
        } else if (!isJson) {
            document.original(bytes, start, end);
        }
        document.close();
        document.put(ECS_MEMBERS);
        this.connection(document, fields);
        this.http(document, fields);
        this.url(document, fields);
        this.rest(document, fields);
        document.open(KEY.aws);
        if (isSound) {
            document.json(KEY.apigateway, bytes, start, end);
        } else {
            writeMembers(document, KEY.apigateway, found);
        }
        document.close();
        return undefined;
    }

    private event(document: Document, fields: AccessFields): void {
        document.put(EVENT);
        document.text(KEY.action, fields.text("eventType"));
        const status = fields.count("status");
        if (status >= 0) {
            document.text(KEY.outcome, status < 400 ? "success" : "failure");
        }
        const latency = fields.count("latency");
        if (latency >= 0) {
            // Milliseconds there, nanoseconds here.
            document.number(KEY.duration, latency * 1_000_000);
        }
    }

    /** Writes `source` and `network`. A test from the console has `test-invoke-source-ip` for an address. */
    private connection(document: Document, fields: AccessFields): void {
        const address = fields.text("ip");
        const bytes = Buffer.from(address ?? "");
        document.open(KEY.source);
        const slot = document.endpoint("source.ip", bytes, 0, bytes.length);
        if (slot === NO_ADDRESS) {
            document.text(KEY.address, address);
        } else if (document.wantsPairs) {
            document.pair(fields.text("domain") ?? fields.text("api") ?? "apigateway", slot);
        }
        document.close();
        document.open(KEY.network);
        document.put(PROTOCOL);
        if (slot !== NO_ADDRESS) {
            document.put(document.enrichment.addresses.isIPv6(slot) ? TYPE.ipv6 : TYPE.ipv4);
        }
        document.close();
    }

    private http(document: Document, fields: AccessFields): void {
        document.open(KEY.http);
        document.open(KEY.request);
        document.text(KEY.id, fields.text("requestId") ?? fields.text("extendedRequestId"));
        document.text(KEY.method, fields.text("method"));
        document.close();
        document.open(KEY.response);
        count(document, KEY.status_code, fields.count("status"));
        document.open(KEY.body);
        count(document, KEY.bytes, fields.count("length"));
        document.close();
        document.close();
        document.text(KEY.httpVersion, /^HTTP\/(\d[\d.]*)$/.exec(fields.text("protocol") ?? "")?.[1]);
        document.close();
    }

    /** API Gateway answers to HTTPS alone. */
    private url(document: Document, fields: AccessFields): void {
        const domain = fields.text("domain");
        const path = fields.text("path");
        const scheme = fields.text("eventType") === undefined ? "https" : "wss";
        const text = Buffer.from(
            domain === undefined ? (path ?? "") : `${scheme}://${domain}${path?.startsWith("/") ? path : ""}`,
        );
        document.open(KEY.url);
        if (domain !== undefined) {
            document.text(KEY.original, path);
        }
        if (text.length > 0) {
            writeUrl(document, domain === undefined ? "original" : "full", text, 0, text.length);
        }
        document.close();
    }

    private rest(document: Document, fields: AccessFields): void {
        document.open(KEY.user_agent);
        document.text(KEY.original, fields.text("userAgent"));
        document.close();
        const user = fields.text("user") ?? fields.text("caller") ?? fields.text("principal");
        document.relatedUser(user);
        document.open(KEY.user);
        document.text(KEY.id, user);
        document.close();
        document.open(KEY.error);
        document.text(
            KEY.message,
            fields.text("errorMessage") ?? fields.text("integrationError") ?? fields.text("authorizerError"),
        );
        document.text(KEY.type, fields.text("errorType"));
        document.close();
        document.open(KEY.trace);
        document.text(KEY.id, fields.text("traceId"));
        document.close();
        const { accountId, region } = this.context;
        document.open(KEY.cloud);
        document.put(cloudMembers(fields.text("account") ?? accountId, region, "apigateway"));
        document.close();
    }
}

/** Without blanks around. */
function trimmed(bytes: Buffer, start: number, end: number): [number, number] {
    let [from, to] = [start, end];
    while (from < to && bytes[from] <= 32) {
        from++;
    }
    while (to > from && bytes[to - 1] <= 32) {
        to--;
    }
    return [from, to];
}

function count(document: Document, name: Key, value: number): void {
    if (value >= 0) {
        document.number(name, value);
    }
}

function writeMembers(document: Document, name: Key, found: readonly Member[]): void {
    document.open(name);
    for (const member of found) {
        document.text(key(member.name), member.value);
    }
    document.close();
}

/**
 * Access logs of API Gateway's HTTP, REST and WebSocket APIs: lines of JSON, kept verbatim under `aws.apigateway`, by
 * whatever names a stage's format gives; or lines of the Common Log Format.
 */
export function apigateway(): LogSource {
    return {
        dataset: "aws.apigateway_logs",
        reader: (context) => {
            const writer = new ApiGatewayWriter(context);
            const write = writer.write.bind(writer);
            return new LineReader((sink, bytes, start, end) => sink.record(bytes, start, end, write));
        },
    };
}
