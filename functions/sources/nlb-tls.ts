import { QuotedFields, splitQuoted } from "../bytes/quoted";
import { MAX_TIME, parseTime } from "../bytes/time";
import { Document } from "../documents/document";
import { ECS_MEMBERS, keys } from "../documents/ecs";
import { writeDecimal, writeInteger } from "../documents/numbers";
import { writeQuoted } from "../documents/quoted";
import { writeTime } from "../documents/timeWriter";
import { key, Key, Members, members } from "../documents/writer";
import { NO_ADDRESS } from "../enrichment/address-table";
import { elbTls } from "./elb-tls";
import { AddressAndPort } from "./endpoint";
import { Malformed, Verdict } from "./source";

/**
 * The fields of a network load balancer's TLS log, in order
 * (docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html).
 */
enum Field {
    type,
    version,
    time,
    name,
    listener,
    client,
    target,
    connectionTime,
    handshakeTime,
    received,
    sent,
    alert,
    certificate,
    certificateSerial,
    cipher,
    protocol,
    namedGroup,
    domainName,
    frontProtocol,
    backProtocol,
    clientProtocols,
    created,
    count,
}

/** Version 1.0 logged no more than these. */
const FEWEST = Field.domainName + 1;

const KEY = {
    ...keys(
        "end",
        "source",
        "destination",
        "port",
        "bytes",
        "domain",
        "tls",
        "client",
        "server_name",
        "cloud",
    ),
    ...keys(
        "aws",
        "elb",
        "backend",
        "ip",
        "connection_time",
        "tls_handshake_time",
        "ms",
        "chosen_cert",
        "arn",
    ),
    ...keys("serial", "tls_connection_creation_time", "alpn_client_preference_list"),
};

const EVENT = members({ kind: "event", category: ["network"] });
const TCP = members({ protocol: "tcp" });

/** Fields that are simply strings of `aws.elb`. */
const STRINGS = [
    { field: Field.type, name: key("type") },
    { field: Field.name, name: key("name") },
    { field: Field.listener, name: key("listener") },
    { field: Field.alert, name: key("incoming_tls_alert") },
    { field: Field.namedGroup, name: key("ssl_named_group") },
    { field: Field.frontProtocol, name: key("alpn_fe_protocol") },
    { field: Field.backProtocol, name: key("alpn_be_protocol") },
];

/** Writes the documents of TLS logs of network load balancers. */
export class NlbTls {
    private readonly fields = new QuotedFields(Field.count);
    private readonly endpoint = new AddressAndPort();

    /** @param cloud members of `cloud` */
    constructor(private readonly cloud: Members) {}

    write(document: Document, bytes: Buffer, start: number, end: number): Verdict {
        const { fields, endpoint } = this;
        const closed = splitQuoted(fields, bytes, start, end);
        if (!closed || fields.count < FEWEST) {
            return new Malformed(closed ? `only ${fields.count} fields` : "ends within quotes");
        }
        const time = this.time(Field.time);
        if (Number.isNaN(time)) {
            return new Malformed("no time");
        }
        document.event(time);
        document.put(EVENT);
        writeTime(document, KEY.end, time);
        document.original(bytes, start, end);
        document.close();
        document.put(ECS_MEMBERS);
        const hasClient = endpoint.read(fields, Field.client);
        document.open(KEY.source);
        const slot = hasClient
            ? document.endpoint("source.ip", bytes, endpoint.start, endpoint.end)
            : NO_ADDRESS;
        if (slot === NO_ADDRESS) {
            return new Malformed("no client address");
        }
        writeInteger(document, KEY.port, bytes, endpoint.port, fields.ends[Field.client]);
        this.integer(document, KEY.bytes, Field.received);
        document.close();
        const domain = fields.text(Field.domainName);
        if (document.wantsPairs) {
            document.pair(domain?.toLowerCase() ?? fields.text(Field.name) ?? "load balancer", slot);
        }
        this.destination(document, domain);
        document.open(KEY.cloud);
        document.put(this.cloud);
        document.close();
        this.own(document);
        return undefined;
    }

    private destination(document: Document, domain: string | undefined): void {
        document.open(KEY.destination);
        this.integer(document, KEY.bytes, Field.sent);
        writeQuoted(document, KEY.domain, this.fields, Field.domainName);
        document.close();
        if (domain !== undefined) {
            document.host("destination.domain", domain);
        }
    }

    /** Writes `tls` and `aws.elb`. */
    private own(document: Document): void {
        const { fields } = this;
        const tls = elbTls(fields.text(Field.cipher), fields.text(Field.protocol));
        document.open(KEY.tls);
        document.put(tls.ecs);
        document.open(KEY.client);
        writeQuoted(document, KEY.server_name, fields, Field.domainName);
        document.close();
        document.close();
        document.open(KEY.aws);
        document.open(KEY.elb);
        for (const { field, name } of STRINGS) {
            writeQuoted(document, name, fields, field);
        }
        document.put(TCP);
        document.put(tls.own);
        this.target(document);
        this.milliseconds(document, KEY.connection_time, Field.connectionTime);
        this.milliseconds(document, KEY.tls_handshake_time, Field.handshakeTime);
        document.open(KEY.chosen_cert);
        writeQuoted(document, KEY.arn, fields, Field.certificate);
        writeQuoted(document, KEY.serial, fields, Field.certificateSerial);
        document.close();
        // Some logs escape the quotes around the list.
        document.text(
            KEY.alpn_client_preference_list,
            fields.text(Field.clientProtocols)?.replace(/^\\?"|\\?"$/g, ""),
        );
        const created = this.time(Field.created);
        if (!Number.isNaN(created)) {
            writeTime(document, KEY.tls_connection_creation_time, created);
        }
        document.close();
        document.close();
    }

    private milliseconds(document: Document, name: Key, i: number): void {
        const { bytes, starts, ends } = this.fields;
        document.open(name);
        writeDecimal(document, KEY.ms, bytes, starts[i], ends[i]);
        document.close();
    }

    private target(document: Document): void {
        const { fields, endpoint } = this;
        if (!endpoint.read(fields, Field.target)) {
            return;
        }
        document.open(KEY.backend);
        const { start, end, port } = endpoint;
        if (document.address("aws.elb.backend.ip", fields.bytes, start, end) !== NO_ADDRESS) {
            document.string(KEY.ip, fields.bytes, start, end);
        }
        if (port >= 0) {
            document.string(KEY.port, fields.bytes, port, fields.ends[Field.target]);
        }
        document.close();
    }

    /** @returns epoch milliseconds, NaN for no time */
    private time(i: number): number {
        const { bytes, starts, ends } = this.fields;
        const time = parseTime(bytes, starts[i], ends[i]);
        return time >= 0 && time <= MAX_TIME ? time : NaN;
    }

    private integer(document: Document, name: Key, i: number): void {
        const { bytes, starts, ends } = this.fields;
        writeInteger(document, name, bytes, starts[i], ends[i]);
    }
}
