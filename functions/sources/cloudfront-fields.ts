import { ByteMap } from "../bytes/byte-map";
import { digits, Spans } from "../bytes/span";
import { Document } from "../documents/document";
import { keys } from "../documents/ecs";
import { writeDecimal, writeInteger } from "../documents/numbers";
import { key, Key, members } from "../documents/writer";
import { NO_ADDRESS } from "../enrichment/address-table";
import { COLUMNS, OWN_NAMES, place } from "./cloudfront-columns";
import { decodedText, forwardedAddresses } from "./cloudfront-text";
import { lookUpSent } from "./cloudfront-url";
import { Origins } from "./origins";

const KEY = {
    ...keys(
        "source",
        "destination",
        "address",
        "port",
        "network",
        "protocol",
        "type",
        "forwarded_ip",
        "http",
    ),
    ...keys("request", "response", "id", "method", "referrer", "bytes", "body", "mime_type", "status_code"),
    ...keys("version", "aws", "cloudfront"),
};

const TYPE = { ipv4: members({ type: "ipv4" }), ipv6: members({ type: "ipv6" }) };

const AT = {
    client: place("c-ip"),
    port: place("c-port"),
    host: place("x-host-header"),
    distribution: place("cs(Host)"),
    protocol: place("cs-protocol"),
    forwarded: place("x-forwarded-for"),
    requestId: place("x-edge-request-id"),
    method: place("cs-method"),
    referrer: place("cs(Referer)"),
    received: place("cs-bytes"),
    sent: place("sc-bytes"),
    contentLength: place("sc-content-len"),
    contentType: place("sc-content-type"),
    status: place("sc-status"),
    version: place("cs-protocol-version"),
};

/** Columns that are kept under `aws.cloudfront`. */
const OWN = COLUMNS.flatMap((column, at) =>
    OWN_NAMES[column] === undefined ? [] : [{ at, name: key(OWN_NAMES[column]) }],
);
const SECONDS = place("time-to-first-byte");
const BYTES: readonly number[] = [place("sc-range-start"), place("sc-range-end")];

const SLASH = 47;

const origins = new Origins();
const texts = new ByteMap((text) => text);
const mimeTypes = new ByteMap(decodedText);

/** Writes `source`, `destination` and `network`. */
export function writeConnection(document: Document, fields: Spans): void {
    const { bytes, starts, ends } = fields;
    let slot = NO_ADDRESS;
    document.open(KEY.source);
    if (starts[AT.client] >= 0) {
        slot = document.endpoint("source.ip", bytes, starts[AT.client], ends[AT.client]);
        const port = digits(bytes, starts[AT.port], ends[AT.port]);
        if (port >= 0 && port <= 65535) {
            document.number(KEY.port, port);
        }
    }
    document.close();
    if (slot !== NO_ADDRESS && document.wantsPairs) {
        document.pair(fields.text(AT.host) ?? fields.text(AT.distribution) ?? "cloudfront", slot);
    }
    document.open(KEY.destination);
    if (starts[AT.host] >= 0) {
        const { name, members: domain } = origins.find(texts.get(bytes, starts[AT.host], ends[AT.host]));
        if (name !== "") {
            document.piece(KEY.address, fields, AT.host);
            document.put(domain);
            document.host("destination.domain", name);
        }
    }
    document.close();
    document.open(KEY.network);
    document.piece(KEY.protocol, fields, AT.protocol);
    if (slot !== NO_ADDRESS) {
        document.put(document.enrichment.addresses.isIPv6(slot) ? TYPE.ipv6 : TYPE.ipv4);
    }
    document.list(KEY.forwarded_ip, forwarded(document, fields.text(AT.forwarded)));
    document.close();
}

/** @returns the addresses among what clients and proxies say of themselves */
function forwarded(document: Document, header: string | undefined): string[] {
    return forwardedAddresses(header ?? "").filter((address) => {
        const bytes = Buffer.from(address);
        return document.address("network.forwarded_ip", bytes, 0, bytes.length) !== NO_ADDRESS;
    });
}

export function writeHttp(document: Document, fields: Spans): void {
    const { bytes, starts, ends } = fields;
    document.open(KEY.http);
    document.open(KEY.request);
    document.piece(KEY.id, fields, AT.requestId);
    document.piece(KEY.method, fields, AT.method);
    document.piece(KEY.referrer, fields, AT.referrer);
    integer(document, KEY.bytes, fields, AT.received);
    document.close();
    document.open(KEY.response);
    integer(document, KEY.status_code, fields, AT.status);
    integer(document, KEY.bytes, fields, AT.sent);
    document.open(KEY.body);
    integer(document, KEY.bytes, fields, AT.contentLength);
    document.close();
    if (starts[AT.contentType] >= 0) {
        document.text(KEY.mime_type, mimeTypes.get(bytes, starts[AT.contentType], ends[AT.contentType]));
    }
    document.close();
    const slash = starts[AT.version] < 0 ? -1 : bytes.indexOf(SLASH, starts[AT.version]);
    if (slash >= 0 && slash < ends[AT.version]) {
        document.string(KEY.version, bytes, slash + 1, ends[AT.version]);
    }
    document.close();
    if (starts[AT.referrer] >= 0) {
        document.url("http.request.referrer", bytes, starts[AT.referrer], ends[AT.referrer]);
        lookUpSent(document, "http.request.referrer", bytes, starts[AT.referrer], ends[AT.referrer]);
    }
}

/** Writes `aws.cloudfront`. @param others names of the columns that are not known */
export function writeOwn(document: Document, fields: Spans, others: readonly Key[]): void {
    const { bytes, starts, ends } = fields;
    document.open(KEY.aws);
    document.open(KEY.cloudfront);
    for (const { at, name } of OWN) {
        if (at === SECONDS) {
            writeDecimal(document, name, bytes, starts[at], ends[at]);
        } else if (BYTES.includes(at)) {
            integer(document, name, fields, at);
        } else {
            document.piece(name, fields, at);
        }
    }
    for (let i = 0; i < others.length; i++) {
        document.piece(others[i], fields, COLUMNS.length + i);
    }
    document.close();
    document.close();
    if (starts[AT.distribution] >= 0) {
        document.host(
            "aws.cloudfront.domain",
            texts.get(bytes, starts[AT.distribution], ends[AT.distribution]),
        );
    }
}

function integer(document: Document, name: Key, { bytes, starts, ends }: Spans, i: number): void {
    writeInteger(document, name, bytes, starts[i], ends[i]);
}
