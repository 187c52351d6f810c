import { LineReader } from "../bytes/lines";
import { equals } from "../bytes/span";
import { Fields, splitFields } from "../bytes/fields";
import { Document } from "../documents/document";
import { ECS_MEMBERS, keys } from "../documents/ecs";
import { writeSecond } from "../documents/timeWriter";
import { Key, Members, members } from "../documents/writer";
import { NO_ADDRESS } from "../enrichment/address-table";
import { cloudMembers } from "./cloud";
import { DeliveryContext, LogSource, Malformed, RecordReader, Verdict } from "./source";
import { KnownField, Layout, layoutOf, parseFormat, wellKnownLayout } from "./vpcflow-layout";

const KEY = {
    ...keys(
        "source",
        "destination",
        "port",
        "bytes",
        "packets",
        "network",
        "direction",
        "cloud",
        "instance",
        "id",
    ),
    ...keys(
        "start",
        "end",
        "aws",
        "vpcflow",
        "sublocation",
        "type",
        "reason",
        "availability_zone",
        "orchestrator",
    ),
    ...keys("cluster", "name", "resource", "service"),
};

const EVENT = {
    ACCEPT: members({
        kind: "event",
        category: ["network"],
        type: ["connection", "allowed"],
        action: "ACCEPT",
        outcome: "success",
    }),
    REJECT: members({
        kind: "event",
        category: ["network"],
        type: ["connection", "denied"],
        action: "REJECT",
        outcome: "failure",
    }),
    none: members({ kind: "event", category: ["network"], type: ["connection"] }),
};

/** Transport by IANA protocol number, as `"iana_number":"6","transport":"tcp",`. */
const PROTOCOLS: readonly Members[] = Array.from({ length: 256 }, (_, number) => {
    const names: Readonly<Record<number, string>> = {
        ...{
            1: "icmp",
            2: "igmp",
            4: "ipv4",
            6: "tcp",
            17: "udp",
            41: "ipv6",
            47: "gre",
            50: "esp",
            51: "ah",
        },
        ...{ 58: "ipv6-icmp", 89: "ospf", 132: "sctp" },
    };
    return members({ iana_number: String(number), transport: names[number] });
});

const IPV4 = members({ type: "ipv4" });
const IPV6 = members({ type: "ipv6" });

const TCP_FLAGS = ["fin", "syn", "rst", "psh", "ack", "urg"];

/** Flags as names, `"tcp_flags_array":["syn","ack"],`. */
const FLAGS: readonly Members[] = Array.from({ length: 256 }, (_, flags) =>
    members({ tcp_flags_array: TCP_FLAGS.filter((_name, bit) => (flags & (1 << bit)) !== 0) }),
);

/** 9999-12-31T23:59:59Z in Unix seconds, the last that ISO 8601 writes with four digits. */
const MAX_SECONDS = 253402300799;

const EMPTY_LAYOUT = layoutOf([]);

class VpcFlowReader {
    readonly reader: RecordReader;
    private readonly fields = new Fields(128);
    private readonly numbers = new Float64Array(128);
    /** The layout of the line under way. */
    private now: Layout = EMPTY_LAYOUT;
    private lastAccount = "";
    private lastRegion = "";
    private lastCloud: Members | undefined;

    constructor(
        private layout: Layout | undefined,
        private readonly context: DeliveryContext,
    ) {
        const write = (document: Document, bytes: Buffer, start: number, end: number) =>
            bytes[start] === 123
                ? this.writeWrapped(document, bytes, start, end)
                : this.write(document, bytes, start, end);
        this.reader = new LineReader((sink, bytes, start, end) => {
            // Files that were joined have several; a record begins with a digit or a dash.
            if (this.header(bytes, start, end)) {
                return;
            }
            sink.record(bytes, start, end, write);
        });
    }

    /** @returns true when the line names the fields of those that follow; it is no record then */
    private header(bytes: Buffer, start: number, end: number): boolean {
        const letter = bytes[start];
        if (letter < 97 || letter > 122 || end - start > 4096) {
            return false;
        }
        const line = bytes.toString("latin1", start, end);
        const names = /\b(?:srcaddr|account-id|log-status)\b/.test(line) ? parseFormat(line) : undefined;
        this.layout = names ? layoutOf(names) : this.layout;
        return names !== undefined;
    }

    /** `{"message":"2 123456789012 …"}`, as some forwarders wrap lines. */
    private writeWrapped(document: Document, bytes: Buffer, start: number, end: number): Verdict {
        let message: unknown;
        try {
            ({ message } = JSON.parse(bytes.toString("utf8", start, end)) as { message?: unknown });
        } catch {
            return new Malformed("neither a flow log line nor JSON");
        }
        if (typeof message !== "string" || message.startsWith("{")) {
            return new Malformed("no message with a flow log line");
        }
        const line = Buffer.from(message.trim());
        return this.write(document, line, 0, line.length);
    }

    private write(document: Document, bytes: Buffer, lineStart: number, lineEnd: number): Verdict {
        const { fields } = this;
        splitFields(fields, bytes, lineStart, lineEnd);
        const layout = this.layout ?? wellKnownLayout(fields);
        if (layout === undefined) {
            return new Malformed(`${fields.count} fields, and no format is set that has so many`);
        }
        if (fields.count !== layout.names.length) {
            return new Malformed(`${fields.count} fields where the format has ${layout.names.length}`);
        }
        this.now = layout;
        const { at } = layout;
        const wrong = layout.check(fields, this.numbers);
        if (wrong !== undefined) {
            return new Malformed(`bad ${wrong}`);
        }
        const start = this.number(at.start);
        const end = this.number(at.end);
        if (start < 0 && end < 0 && this.context.time === undefined) {
            return new Malformed("neither start nor end");
        }
        if (start > MAX_SECONDS || end > MAX_SECONDS) {
            return new Malformed(end > MAX_SECONDS ? "bad end" : "bad start");
        }
        this.event(document, start, end, bytes, lineStart, lineEnd);
        document.put(ECS_MEMBERS);
        const source = this.endpoint(
            document,
            KEY.source,
            "source.ip",
            at.srcaddr,
            at.srcport,
            at.bytes,
            at.packets,
        );
        const to = this.endpoint(document, KEY.destination, "destination.ip", at.dstaddr, at.dstport, -1, -1);
        if (source === BAD || to === BAD) {
            return new Malformed(source === BAD ? "bad srcaddr" : "bad dstaddr");
        }
        if (!this.packetAddresses(document)) {
            return new Malformed("bad pkt-srcaddr or pkt-dstaddr");
        }
        this.network(document, source === NO_ADDRESS ? at.dstaddr : at.srcaddr);
        this.cloud(document);
        this.own(document);
        return undefined;
    }

    /** @returns -1 when the field is missing */
    private number(field: number): number {
        return field < 0 ? -1 : this.numbers[field];
    }

    private event(
        document: Document,
        start: number,
        end: number,
        bytes: Buffer,
        lineStart: number,
        lineEnd: number,
    ): void {
        const { at } = this.now;
        const { action } = at;
        document.event(end >= 0 ? end * 1000 : start >= 0 ? start * 1000 : (this.context.time ?? 0));
        const letter = action < 0 || this.fields.starts[action] < 0 ? 0 : bytes[this.fields.starts[action]];
        document.put(letter === 65 ? EVENT.ACCEPT : letter === 82 ? EVENT.REJECT : EVENT.none);
        if (start >= 0) {
            writeSecond(document, KEY.start, start);
        }
        if (end >= 0) {
            writeSecond(document, KEY.end, end);
        }
        this.piece(document, KEY.reason, at["reject-reason"]);
        document.original(bytes, lineStart, lineEnd);
        document.close();
    }

    private piece(document: Document, name: Key, field: number): void {
        if (field >= 0) {
            document.piece(name, this.fields, field);
        }
    }

    /** @returns the address's slot, `NO_ADDRESS` when the field is missing, `BAD` when it is no address */
    private endpoint(
        document: Document,
        name: Key,
        field: string,
        address: number,
        port: number,
        byteCount: number,
        packets: number,
    ): number {
        const { fields } = this;
        let slot = NO_ADDRESS;
        document.open(name);
        if (address >= 0 && fields.starts[address] >= 0) {
            slot = document.endpoint(field, fields.bytes, fields.starts[address], fields.ends[address]);
            if (slot === NO_ADDRESS) {
                return BAD;
            }
            if (document.wantsPairs && !document.enrichment.addresses.isPrivate(slot)) {
                this.pair(document, slot);
            }
        }
        this.digits(document, KEY.port, port);
        this.digits(document, KEY.bytes, byteCount);
        this.digits(document, KEY.packets, packets);
        document.close();
        return slot;
    }

    /** The interface, and who is at the other end of it. */
    private pair(document: Document, slot: number): void {
        const field = this.now.at["interface-id"];
        const entity = field < 0 ? undefined : this.fields.text(field);
        if (entity !== undefined) {
            document.pair(entity, slot);
        }
    }

    /** A number, which is known to be one: its digits are copied. */
    private digits(document: Document, name: Key, field: number): void {
        if (field < 0 || this.fields.starts[field] < 0) {
            return;
        }
        const { bytes, starts, ends } = this.fields;
        const start = starts[field];
        const end = ends[field];
        if (bytes[start] === 48 && end - start > 1) {
            document.number(name, this.numbers[field]);
        } else {
            document.json(name, bytes, start, end);
        }
    }

    /** Behind a NAT gateway or a load balancer the packet's addresses are the real ends. */
    private packetAddresses(document: Document): boolean {
        const { at } = this.now;
        return (
            this.packetAddress(document, "aws.vpcflow.pkt_srcaddr", at["pkt-srcaddr"], at.srcaddr) &&
            this.packetAddress(document, "aws.vpcflow.pkt_dstaddr", at["pkt-dstaddr"], at.dstaddr)
        );
    }

    private packetAddress(document: Document, field: string, address: number, other: number): boolean {
        const { bytes, starts, ends } = this.fields;
        if (address < 0 || starts[address] < 0) {
            return true;
        }
        const same =
            other >= 0 &&
            starts[other] >= 0 &&
            bytes.compare(bytes, starts[address], ends[address], starts[other], ends[other]) === 0;
        return same || document.address(field, bytes, starts[address], ends[address]) !== NO_ADDRESS;
    }

    private network(document: Document, address: number): void {
        const { at } = this.now;
        document.open(KEY.network);
        const protocol = this.number(at.protocol);
        if (protocol >= 0) {
            document.put(PROTOCOLS[protocol]);
        }
        if (address >= 0 && this.fields.starts[address] >= 0) {
            document.put(isIPv6(this.fields.bytes, this.fields.starts[address]) ? IPV6 : IPV4);
        }
        this.digits(document, KEY.bytes, at.bytes);
        this.digits(document, KEY.packets, at.packets);
        this.piece(document, KEY.direction, at["flow-direction"]);
        document.close();
    }

    private cloud(document: Document): void {
        const { at, hasPlaces } = this.now;
        document.open(KEY.cloud);
        document.put(this.accountMembers(at));
        if (!hasPlaces) {
            document.close();
            return;
        }
        this.piece(document, KEY.availability_zone, at["az-id"]);
        document.open(KEY.instance);
        this.piece(document, KEY.id, at["instance-id"]);
        document.close();
        document.close();
        document.open(KEY.orchestrator);
        document.open(KEY.cluster);
        this.piece(document, KEY.id, at["ecs-cluster-arn"]);
        this.piece(document, KEY.name, at["ecs-cluster-name"]);
        document.close();
        document.open(KEY.resource);
        this.piece(document, KEY.id, at["ecs-container-instance-id"]);
        this.piece(document, KEY.name, at["ecs-container-instance-arn"]);
        document.close();
        document.close();
        document.open(KEY.service);
        this.piece(document, KEY.name, at["ecs-service-name"]);
        document.close();
    }

    /** Account and region repeat from line to line. */
    private accountMembers(at: Readonly<Record<KnownField, number>>): Members {
        const account = at["account-id"];
        const { region } = at;
        if (
            this.lastCloud === undefined ||
            !this.holds(account, this.lastAccount) ||
            !this.holds(region, this.lastRegion)
        ) {
            this.lastAccount = (account < 0 ? undefined : this.fields.text(account)) ?? "";
            this.lastRegion = (region < 0 ? undefined : this.fields.text(region)) ?? "";
            // The account is "unknown" for some interfaces of AWS's own services.
            const isKnown = this.lastAccount !== "" && this.lastAccount !== "unknown";
            this.lastCloud = cloudMembers(
                isKnown ? this.lastAccount : this.context.accountId,
                this.lastRegion || this.context.region,
            );
        }
        return this.lastCloud;
    }

    /** @returns true when the field has this text; "" for none */
    private holds(field: number, text: string): boolean {
        const { bytes, starts, ends } = this.fields;
        return field < 0 || starts[field] < 0 ? text === "" : equals(bytes, starts[field], ends[field], text);
    }

    /** What has no ECS field. */
    private own(document: Document): void {
        const { at, own } = this.now;
        const { fields } = this;
        document.open(KEY.aws);
        document.open(KEY.vpcflow);
        for (let i = 0; i < own.length; i++) {
            const { index, name } = own[i];
            if (fields.starts[index] >= 0) {
                document.piece(name, fields, index);
            }
        }
        const flags = this.number(at["tcp-flags"]);
        if (flags > 0) {
            document.put(FLAGS[flags]);
        }
        if (at["sublocation-id"] >= 0 || at["sublocation-type"] >= 0) {
            document.open(KEY.sublocation);
            this.piece(document, KEY.type, at["sublocation-type"]);
            this.piece(document, KEY.id, at["sublocation-id"]);
            document.close();
        }
        document.close();
        document.close();
    }
}

const BAD = -2;

/** Which family an address is of shows in its first separator. */
function isIPv6(bytes: Buffer, start: number): boolean {
    let at = start;
    while (bytes[at] !== 46 && bytes[at] !== 58) {
        at++;
    }
    return bytes[at] === 58;
}

/**
 * VPC flow logs, versions 2 to 11, as text. The order of fields is that of the header line where there is one (files in
 * S3), else that of `format`, else that of the well-known format with as many fields.
 * @param format field names as the flow log was made with, `${srcaddr} ${dstaddr}` or without the braces
 * @throws Error when `format` is no list of field names
 */
export function vpcflow(format?: string): LogSource {
    const names = format === undefined ? undefined : parseFormat(format.replace(/\$\{([^}]*)\}/g, "$1"));
    if (format !== undefined && !names) {
        throw new Error(`not a flow log format: "${format}"`);
    }
    const layout = names && layoutOf(names);
    return { dataset: "aws.vpcflow", reader: (context) => new VpcFlowReader(layout, context).reader };
}
