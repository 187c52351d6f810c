import { Spans } from "../bytes/span";
import { Document } from "../documents/document";
import { keys } from "../documents/ecs";
import { place } from "./cloudfront-columns";
import { writeDomainParts } from "./dns";
import { beginUrl, endUrl } from "./url";

const KEY = keys("url");

const AT = {
    host: place("x-host-header"),
    distribution: place("cs(Host)"),
    protocol: place("cs-protocol"),
    path: place("cs-uri-stem"),
    query: place("cs-uri-query"),
};

const QUESTION = 63;
const SCHEME_END = Buffer.from("://");

/** Writes `url`, put together of protocol, host, path and query. */
export function writeUrlOf(document: Document, fields: Spans): void {
    const { bytes, starts, ends } = fields;
    const host = starts[AT.host] >= 0 ? AT.host : AT.distribution;
    const isFull = starts[AT.protocol] >= 0 && starts[host] >= 0;
    if (!isFull && starts[AT.path] < 0) {
        return;
    }
    const name = isFull ? "full" : "original";
    document.open(KEY.url);
    const from = beginUrl(document, name);
    if (isFull) {
        document.escaped(bytes, starts[AT.protocol], ends[AT.protocol]);
        document.copy(SCHEME_END, 0, SCHEME_END.length);
        document.escaped(bytes, starts[host], ends[host]);
    }
    if (starts[AT.path] >= 0) {
        document.escaped(bytes, starts[AT.path], ends[AT.path]);
    }
    if (starts[AT.query] >= 0) {
        document.byte(QUESTION);
        document.escaped(bytes, starts[AT.query], ends[AT.query]);
    }
    const end = document.at;
    const domain = endUrl(document, name, from);
    if (domain !== undefined) {
        lookUpSent(document, `url.${name}`, document.bytes, from, end);
        writeDomainParts(document, domain.name);
    }
    document.close();
}

/**
 * Looks up the URL as the client sent it, where that is another: CloudFront writes a percent sign of the client's as
 * `%25`, and `wss` for a WebSocket, which began with HTTPS.
 */
export function lookUpSent(
    document: Document,
    field: string,
    bytes: Buffer,
    start: number,
    end: number,
): void {
    if (document.enrichment.indicators === undefined) {
        return;
    }
    const text = bytes.toString("utf8", start, end);
    const sent = text.replace(/^ws(s?):/, "http$1:").replaceAll("%25", "%");
    if (sent !== text) {
        const url = Buffer.from(sent);
        document.url(field, url, 0, url.length);
    }
}
