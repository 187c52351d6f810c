import { QuotedFields, splitQuoted } from "../bytes/quoted";
import { MAX_TIME, parseTime } from "../bytes/time";
import { Document } from "../documents/document";
import { ECS_MEMBERS, keys } from "../documents/ecs";
import { writeDecimal, writeInteger } from "../documents/numbers";
import { writeQuoted } from "../documents/quoted";
import { writeTime } from "../documents/timeWriter";
import { key, Members, members } from "../documents/writer";
import { NO_ADDRESS } from "../enrichment/address-table";
import { elbTls } from "./elb-tls";
import { Malformed, Verdict } from "./source";

/**
 * The fields of an application load balancer's connection log, in order
 * (docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-connection-logs.html).
 */
enum Field {
    time,
    address,
    port,
    listener,
    protocol,
    cipher,
    handshakeSeconds,
    subject,
    validity,
    serial,
    status,
    traceId,
    count,
}

const FEWEST = Field.status + 1;

const KEY = {
    ...keys(
        "end",
        "client",
        "port",
        "tls",
        "cloud",
        "aws",
        "elb",
        "tls_handshake_latency",
        "tls_verify_status",
    ),
    ...keys("tls_error_code", "leaf_client_cert_not_before", "leaf_client_cert_not_after"),
};

const EVENT = members({ kind: "event", category: ["network"] });
const TCP = members({ protocol: "tcp" });

/** Fields that are simply strings of `aws.elb`. */
const STRINGS = [
    { field: Field.listener, name: key("listener") },
    { field: Field.subject, name: key("leaf_client_cert_subject") },
    { field: Field.serial, name: key("leaf_client_cert_serial_number") },
    { field: Field.traceId, name: key("conn_trace_id") },
];

/** Writes the documents of connection logs of application load balancers. */
export class AlbConnection {
    private readonly fields = new QuotedFields(Field.count);

    /** @param cloud members of `cloud` */
    constructor(private readonly cloud: Members) {}

    write(document: Document, bytes: Buffer, start: number, end: number): Verdict {
        const { fields } = this;
        const { starts, ends } = fields;
        const closed = splitQuoted(fields, bytes, start, end);
        if (!closed || fields.count < FEWEST) {
            return new Malformed(closed ? `only ${fields.count} fields` : "ends within quotes");
        }
        const time = parseTime(bytes, starts[Field.time], ends[Field.time]);
        if (!(time >= 0 && time <= MAX_TIME)) {
            return new Malformed("no time");
        }
        document.event(time);
        document.put(EVENT);
        writeTime(document, KEY.end, time);
        document.original(bytes, start, end);
        document.close();
        document.put(ECS_MEMBERS);
        document.open(KEY.client);
        const slot = document.endpoint("client.ip", bytes, starts[Field.address], ends[Field.address]);
        if (slot === NO_ADDRESS) {
            return new Malformed("no client address");
        }
        writeInteger(document, KEY.port, bytes, starts[Field.port], ends[Field.port]);
        document.close();
        const tls = elbTls(fields.text(Field.cipher), fields.text(Field.protocol));
        document.open(KEY.tls);
        document.put(tls.ecs);
        document.close();
        document.open(KEY.cloud);
        document.put(this.cloud);
        document.close();
        document.open(KEY.aws);
        document.open(KEY.elb);
        for (const { field, name } of STRINGS) {
            writeQuoted(document, name, fields, field);
        }
        document.put(TCP);
        document.put(tls.own);
        this.handshake(document);
        document.close();
        document.close();
        return undefined;
    }

    /** Writes how long the handshake took and whether the client's certificate was good. */
    private handshake(document: Document): void {
        const { fields } = this;
        const { bytes, starts, ends } = fields;
        const seconds = Field.handshakeSeconds;
        writeDecimal(document, KEY.tls_handshake_latency, bytes, starts[seconds], ends[seconds]);
        const [status, error] = fields.text(Field.status)?.split(":", 2) ?? [];
        document.text(KEY.tls_verify_status, status);
        document.text(KEY.tls_error_code, error);
        const validity = fields.text(Field.validity) ?? "";
        const [, from, to] = /^NotBefore=([^;]*);NotAfter=([^;]*)$/.exec(validity) ?? [];
        for (const [name, text = ""] of [
            [KEY.leaf_client_cert_not_before, from],
            [KEY.leaf_client_cert_not_after, to],
        ] as const) {
            const time = parseTime(Buffer.from(text), 0, text.length);
            if (time >= 0 && time <= MAX_TIME) {
                writeTime(document, name, time);
            }
        }
    }
}
