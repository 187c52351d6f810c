import { Document } from "../documents/document";
import { keys } from "../documents/ecs";
import { key } from "../documents/writer";
import { EveRecord } from "./suricata-record";

const KEY = {
    ...keys("http", "request", "response", "method", "referrer", "status_code", "body", "bytes", "url"),
    ...keys("domain", "original", "path", "query", "fragment", "user_agent"),
    httpVersion: key("version"),
};

/** Writes `http`, `url` and `user_agent`, and looks up what they show. @param protocol `network.protocol` */
export function writeHttp(document: Document, record: EveRecord, protocol: string | undefined): void {
    request(document, record);
    url(document, record, protocol);
    document.open(KEY.user_agent);
    record.copy(document, KEY.original, "userAgent");
    document.close();
}

function request(document: Document, record: EveRecord): void {
    document.open(KEY.http);
    document.open(KEY.request);
    record.copy(document, KEY.method, "method");
    record.copy(document, KEY.referrer, "referrer");
    const referrer = record.text("referrer");
    if (referrer !== undefined) {
        lookUp(document, "http.request.referrer", referrer);
    }
    document.close();
    document.open(KEY.response);
    const status = record.count("status");
    if (status >= 0) {
        document.number(KEY.status_code, status);
    }
    const length = record.count("httpLength");
    if (length >= 0) {
        document.open(KEY.body);
        document.number(KEY.bytes, length);
        document.close();
    }
    document.close();
    document.text(KEY.httpVersion, /^HTTP\/(\d[\d.]*)$/.exec(record.text("httpProtocol") ?? "")?.[1]);
    document.close();
}

/** As Elastic's pipeline splits it: the path is all up to the query, also where a proxy is asked for a whole URL. */
function url(document: Document, record: EveRecord, protocol: string | undefined): void {
    const text = record.text("url");
    const host = record.text("hostname");
    document.open(KEY.url);
    if (host !== undefined) {
        document.host("url.domain", host.replace(/:\d+$/, ""));
        document.text(KEY.domain, protocol?.startsWith("http") ? host : undefined);
    }
    if (text !== undefined) {
        const [, path, query, fragment] = /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(text) ?? [];
        record.copy(document, KEY.original, "url");
        document.text(KEY.path, path);
        document.text(KEY.query, query);
        document.text(KEY.fragment, fragment);
        lookUp(document, "url.original", /^https?:\/\//i.test(text) ? text : `${origin(record)}${text}`);
    }
    document.close();
}

/** A request without a host header, as simple malware makes them, is known by the address it goes to. */
function origin(record: EveRecord): string {
    const host = record.text("hostname");
    const port = record.count(host === undefined ? "destinationPort" : "httpPort");
    const address = record.text("destinationIp") ?? "";
    const name = host ?? (address.includes(":") ? `[${address}]` : address);
    return `http://${name}${port < 0 || port === 80 || /:\d+$/.test(host ?? "") ? "" : `:${port}`}`;
}

function lookUp(document: Document, field: string, text: string): void {
    const bytes = Buffer.from(text);
    document.url(field, bytes, 0, bytes.length);
}
