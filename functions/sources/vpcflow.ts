import { isAddress } from "../indicators/address";
import { ECS_VERSION } from "./ecs";
import { LineSplitter } from "./lines";
import { Decoder, DeliveryContext, EcsDocument, LogSource, Malformed, Observables } from "./source";

/** The format that a flow log has when none is chosen. */
export const VPCFLOW_V2 =
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status";

/** A line and how to read it. */
export interface VpcFlowRecord {
    readonly layout: Layout;
    readonly values: readonly string[];
}

type Check = (value: string) => boolean;

/** Where each field of a format stands; -1 for a field that the format lacks. */
interface Layout {
    readonly names: readonly string[];
    readonly checks: readonly (Check | undefined)[];
    readonly at: Readonly<Record<KnownField, number>>;
    /** What has no ECS field, under `aws.vpcflow`. */
    readonly own: readonly { readonly index: number; readonly key: string }[];
}

const KNOWN = [
    "account-id",
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "start",
    "end",
    "action",
    "instance-id",
    "tcp-flags",
    "pkt-srcaddr",
    "pkt-dstaddr",
    "region",
    "flow-direction",
    "sublocation-type",
    "sublocation-id",
] as const;
type KnownField = (typeof KNOWN)[number];

/** Fields that are wholly told by ECS fields; all others also lie under `aws.vpcflow`. */
const MAPPED = new Set<string>([
    ...["srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "region"],
    ...["sublocation-type", "sublocation-id"],
]);

/** 9999-12-31T23:59:59Z in Unix seconds, the last that ISO 8601 writes with four digits. */
const MAX_SECONDS = 253402300799;

function integerUpTo(limit: number): Check {
    return (value) => {
        if (value.length === 0 || value.length > 16) {
            return false;
        }
        let number = 0;
        for (let i = 0; i < value.length; i++) {
            const digit = value.charCodeAt(i) - 48;
            if (digit < 0 || digit > 9) {
                return false;
            }
            number = number * 10 + digit;
        }
        return number <= limit;
    };
}

const anyInteger = integerUpTo(Number.MAX_SAFE_INTEGER);
const port = integerUpTo(65535);
const seconds = integerUpTo(MAX_SECONDS);

const CHECKS = new Map<string, Check>([
    ["version", integerUpTo(99)],
    ["srcaddr", isAddress],
    ["dstaddr", isAddress],
    ["pkt-srcaddr", isAddress],
    ["pkt-dstaddr", isAddress],
    ["srcport", port],
    ["dstport", port],
    ["protocol", integerUpTo(255)],
    ["packets", anyInteger],
    ["bytes", anyInteger],
    ["start", seconds],
    ["end", seconds],
    ["tcp-flags", integerUpTo(255)],
    ["traffic-path", integerUpTo(99)],
    ["action", (value) => value === "ACCEPT" || value === "REJECT"],
    ["log-status", (value) => value === "OK" || value === "NODATA" || value === "SKIPDATA"],
]);

const TRANSPORTS = new Map([
    ["1", "icmp"],
    ["2", "igmp"],
    ["4", "ipv4"],
    ["6", "tcp"],
    ["17", "udp"],
    ["41", "ipv6"],
    ["47", "gre"],
    ["50", "esp"],
    ["51", "ah"],
    ["58", "ipv6-icmp"],
    ["89", "ospf"],
    ["132", "sctp"],
]);

const TCP_FLAGS = ["fin", "syn", "rst", "psh", "ack", "urg"];

function layoutOf(names: readonly string[]): Layout {
    const at = Object.fromEntries(KNOWN.map((name) => [name, names.indexOf(name)])) as Record<
        KnownField,
        number
    >;
    return {
        names,
        checks: names.map((name) => CHECKS.get(name)),
        at,
        own: names
            .map((name, index) => ({ name, index, key: name.replace(/-/g, "_") }))
            .filter(({ name }) => !MAPPED.has(name)),
    };
}

/** @returns the field names, or undefined when the text is no list of field names */
function fieldNames(text: string): string[] | undefined {
    const names = text.trim().split(/\s+/);
    return names.every((name) => /^[a-z][a-z0-9-]*$/.test(name)) && new Set(names).size === names.length
        ? names
        : undefined;
}

class VpcFlowDecoder implements Decoder<VpcFlowRecord> {
    private readonly lines = new LineSplitter();
    private atStart = true;

    constructor(private layout: Layout) {}

    decode(chunk: Uint8Array): Iterable<VpcFlowRecord | Malformed> {
        return this.records(this.lines.split(chunk));
    }

    end(): Iterable<VpcFlowRecord | Malformed> {
        return this.records(this.lines.end());
    }

    /** One by one: a chunk's thousands of records at once would outlive the young generation. */
    private *records(lines: readonly (string | Malformed)[]): Iterable<VpcFlowRecord | Malformed> {
        for (const line of lines) {
            if (typeof line !== "string") {
                this.atStart = false;
                yield line;
            } else if (!(this.atStart && this.header(line))) {
                yield this.record(line);
            }
        }
    }

    /** @returns true when the line names the fields of those that follow; it is no record then */
    private header(line: string): boolean {
        this.atStart = false;
        const names =
            line.startsWith("version") || line.includes("account-id") ? fieldNames(line) : undefined;
        if (names) {
            this.layout = layoutOf(names);
        }
        return names !== undefined;
    }

    private record(line: string): VpcFlowRecord | Malformed {
        const layout = this.layout;
        const values = line.split(" ");
        if (values.length !== layout.names.length) {
            return new Malformed(line, `${values.length} fields where the format has ${layout.names.length}`);
        }
        for (let i = 0; i < values.length; i++) {
            const value = values[i];
            const check = layout.checks[i];
            if (check ? value !== "-" && !check(value) : value === "") {
                return new Malformed(line, `bad ${layout.names[i]}`);
            }
        }
        if (value(values, layout.at.end) === undefined && value(values, layout.at.start) === undefined) {
            return new Malformed(line, "neither start nor end");
        }
        return { layout, values };
    }
}

function value(values: readonly string[], index: number): string | undefined {
    return index < 0 || values[index] === "-" ? undefined : values[index];
}

function number(values: readonly string[], index: number): number | undefined {
    return index < 0 || values[index] === "-" ? undefined : Number(values[index]);
}

/** Times repeat from line to line (a flow log aggregates), and formatting one costs as much as parsing a line. */
const isoTimes = new Map<string, string>();

function isoTime(secondsText: string): string {
    let iso = isoTimes.get(secondsText);
    if (iso === undefined) {
        if (isoTimes.size >= 8192) {
            isoTimes.clear();
        }
        iso = new Date(Number(secondsText) * 1000).toISOString();
        isoTimes.set(secondsText, iso);
    }
    return iso;
}

function tcpFlags(flags: number): string[] {
    return TCP_FLAGS.filter((_, bit) => (flags & (1 << bit)) !== 0);
}

function endpoint(ip: string | undefined, portNumber: number | undefined, bytes?: number, packets?: number) {
    return ip === undefined && portNumber === undefined
        ? undefined
        : { address: ip, ip, port: portNumber, bytes, packets };
}

const CATEGORY = ["network"];
const TYPE_PLAIN = ["connection"];
const TYPE_ALLOWED = ["connection", "allowed"];
const TYPE_DENIED = ["connection", "denied"];

function toDocument({ layout, values }: VpcFlowRecord, context: DeliveryContext): EcsDocument {
    const at = layout.at;
    const source = value(values, at.srcaddr);
    const destination = value(values, at.dstaddr);
    const bytes = number(values, at.bytes);
    const packets = number(values, at.packets);
    const protocol = value(values, at.protocol);
    const action = value(values, at.action);
    const start = value(values, at.start);
    const end = value(values, at.end);
    const account = value(values, at["account-id"]);
    const instance = value(values, at["instance-id"]);
    const flags = number(values, at["tcp-flags"]);
    const sublocation = value(values, at["sublocation-id"]);
    const sublocationType = value(values, at["sublocation-type"]);

    const own: Record<string, unknown> = {};
    for (const { index, key } of layout.own) {
        if (values[index] !== "-") {
            own[key] = values[index];
        }
    }
    if (flags) {
        own.tcp_flags_array = tcpFlags(flags);
    }
    if (sublocation !== undefined || sublocationType !== undefined) {
        own.sublocation = { type: sublocationType, id: sublocation };
    }

    // The account is "unknown" for some interfaces of AWS's own services.
    const accountId = account !== undefined && account !== "unknown" ? account : context.accountId;
    const region = value(values, at.region) ?? context.region;
    const related = relatedIps(layout, values);
    const firstAddress = source ?? destination;
    return {
        "@timestamp": isoTime((end ?? start) as string),
        event: {
            id: undefined,
            dataset: "aws.vpcflow",
            kind: "event",
            category: CATEGORY,
            type: action === "ACCEPT" ? TYPE_ALLOWED : action === "REJECT" ? TYPE_DENIED : TYPE_PLAIN,
            action: action === undefined ? undefined : action.toLowerCase(),
            outcome: action === undefined ? undefined : action === "ACCEPT" ? "success" : "failure",
            start: start === undefined ? undefined : isoTime(start),
            end: end === undefined ? undefined : isoTime(end),
        },
        ecs: { version: ECS_VERSION },
        cloud: {
            provider: "aws",
            account: accountId === "" ? undefined : { id: accountId },
            region: region === "" ? undefined : region,
            instance: instance === undefined ? undefined : { id: instance },
        },
        source: endpoint(source, number(values, at.srcport), bytes, packets),
        destination: endpoint(destination, number(values, at.dstport)),
        network:
            firstAddress === undefined &&
            protocol === undefined &&
            bytes === undefined &&
            packets === undefined
                ? undefined
                : {
                      iana_number: protocol,
                      transport: protocol === undefined ? undefined : TRANSPORTS.get(protocol),
                      type:
                          firstAddress === undefined
                              ? undefined
                              : firstAddress.includes(":")
                                ? "ipv6"
                                : "ipv4",
                      bytes,
                      packets,
                      direction: value(values, at["flow-direction"]),
                  },
        related: related.length === 0 ? undefined : { ip: related },
        aws: { vpcflow: own },
    };
}

function relatedIps({ at }: Layout, values: readonly string[]): string[] {
    const ips: string[] = [];
    for (const index of [at.srcaddr, at.dstaddr, at["pkt-srcaddr"], at["pkt-dstaddr"]]) {
        const ip = value(values, index);
        if (ip !== undefined && !ips.includes(ip)) {
            ips.push(ip);
        }
    }
    return ips;
}

const NONE: readonly never[] = [];

function observables({ layout, values }: VpcFlowRecord): Observables {
    const at = layout.at;
    const ips: Observables["ips"][number][] = [];
    const source = value(values, at.srcaddr);
    const destination = value(values, at.dstaddr);
    const packetSource = value(values, at["pkt-srcaddr"]);
    const packetDestination = value(values, at["pkt-dstaddr"]);
    if (source !== undefined) {
        ips.push({ value: source, field: "source.ip", role: "source" });
    }
    if (destination !== undefined) {
        ips.push({ value: destination, field: "destination.ip", role: "destination" });
    }
    // Behind a NAT gateway or a load balancer the packet's addresses are the real ends.
    if (packetSource !== undefined && packetSource !== source) {
        ips.push({ value: packetSource, field: "aws.vpcflow.pkt_srcaddr", role: "source" });
    }
    if (packetDestination !== undefined && packetDestination !== destination) {
        ips.push({ value: packetDestination, field: "aws.vpcflow.pkt_dstaddr", role: "destination" });
    }
    return { ips, domains: NONE, urls: NONE };
}

/**
 * VPC flow logs, versions 2 and later, as text. The order of fields is that of the header line where there is one
 * (files in S3), else that of `format`.
 * @param format field names as the flow log was made with, `${srcaddr} ${dstaddr}` or without the braces
 * @throws Error when `format` is no list of field names
 */
export function vpcflow(format: string = VPCFLOW_V2): LogSource<VpcFlowRecord> {
    const names = fieldNames(format.replace(/\$\{([^}]*)\}/g, "$1"));
    if (!names) {
        throw new Error(`not a flow log format: "${format}"`);
    }
    const layout = layoutOf(names);
    return { dataset: "aws.vpcflow", decoder: () => new VpcFlowDecoder(layout), toDocument, observables };
}
