import { communityId } from "../documents/community-id";
import { Document } from "../documents/document";
import { keys } from "../documents/ecs";
import { JsonWriter, Key, members } from "../documents/writer";
import { NO_ADDRESS } from "../enrichment/address-table";
import { EVE_PATHS, EveRecord } from "./suricata-record";

const KEY = {
    ...keys("source", "destination", "address", "mac", "port", "bytes", "packets", "domain", "network"),
    ...keys("transport", "protocol", "direction", "community_id", "forwarded_ip"),
};

const IPV4 = members({ type: "ipv4" });
const IPV6 = members({ type: "ipv6" });

/** `network.direction`, as seen from the private side. */
const DIRECTIONS = {
    inside: { inside: "internal", outside: "outbound" },
    outside: { inside: "inbound", outside: "external" },
};

const MAX_PORT = 65535;
/** Addresses taken from a header: a client can send any number. */
const MAX_FORWARDED = 64;

/** One end of a flow; -1 for what the record does not tell. */
interface End {
    readonly address: string;
    readonly port: number;
    readonly bytes: number;
    readonly packets: number;
    readonly side: "inside" | "outside" | "unknown";
    readonly isIPv6: boolean;
    readonly slot: number;
}

/**
 * Writes `source`, `destination` and `network`, and looks up the addresses of all of them.
 * @param protocol `network.protocol` @param domains names of the destination
 */
export function writeEnds(
    document: Document,
    record: EveRecord,
    protocol: string | undefined,
    domains: readonly string[],
): void {
    document.open(KEY.source);
    const source = endpoint(document, record, "source", {
        // A netflow record tells of one direction only.
        bytes: Math.max(record.count("bytesToServer"), record.count("netflowBytes")),
        packets: Math.max(record.count("packetsToServer"), record.count("netflowPackets")),
    });
    document.close();
    if (document.wantsPairs && source.slot !== NO_ADDRESS) {
        document.pair(domains[0] ?? record.text("destinationIp") ?? "suricata", source.slot);
    }
    document.open(KEY.destination);
    const destination = endpoint(document, record, "destination", {
        bytes: record.count("bytesToClient"),
        packets: record.count("packetsToClient"),
    });
    if (domains.length === 1) {
        document.text(KEY.domain, domains[0]);
    } else {
        document.list(KEY.domain, domains);
    }
    document.close();
    document.open(KEY.network);
    network(document, record, source, destination, protocol);
    forwarded(document, record);
    document.close();
    flowAddresses(document, record);
}

function endpoint(
    document: Document,
    record: EveRecord,
    name: "source" | "destination",
    { bytes, packets }: Pick<End, "bytes" | "packets">,
): End {
    const address = record.text(`${name}Ip`) ?? "";
    const slot = lookUp(address, (text, end) => document.endpoint(`${name}.ip`, text, 0, end));
    if (slot === NO_ADDRESS) {
        document.text(KEY.address, address);
    }
    document.text(KEY.mac, macOf(record.text(`${name}Mac`)));
    const port = record.count(`${name}Port`);
    if (port >= 0 && port <= MAX_PORT) {
        document.number(KEY.port, port);
    }
    count(document, KEY.bytes, bytes);
    count(document, KEY.packets, packets);
    // The slot is this address's only until the next look-up.
    const { addresses } = document.enrichment;
    const isOutside = slot !== NO_ADDRESS && !addresses.isPrivate(slot);
    const side =
        slot === NO_ADDRESS || (isOutside && MULTICAST.test(address))
            ? "unknown"
            : isOutside
              ? "outside"
              : "inside";
    const isIPv6 = slot !== NO_ADDRESS && addresses.isIPv6(slot);
    return { address, port, bytes, packets, side, isIPv6, slot };
}

const MULTICAST = /^(?:ff|22[4-9]\.|23\d\.|255\.255\.255\.255$)/i;

function network(
    document: Document,
    record: EveRecord,
    source: End,
    destination: End,
    protocol: string | undefined,
): void {
    const transport = record.text("transport")?.toLowerCase();
    document.text(KEY.transport, transport);
    document.text(KEY.protocol, protocol);
    if (source.slot !== NO_ADDRESS) {
        document.put(source.isIPv6 ? IPV6 : IPV4);
    }
    if (source.side !== "unknown" && destination.side !== "unknown") {
        document.text(KEY.direction, DIRECTIONS[source.side][destination.side]);
    }
    const bytes = Math.max(source.bytes, 0) + Math.max(destination.bytes, 0);
    const packets = Math.max(source.packets, 0) + Math.max(destination.packets, 0);
    count(document, KEY.bytes, bytes > 0 ? bytes : -1);
    count(document, KEY.packets, packets > 0 ? packets : -1);
    const id = record.text("communityId") ?? communityId(transport ?? "", source, destination);
    document.text(KEY.community_id, id);
}

/** Whom a proxy says it forwards for. */
function forwarded(document: Document, record: EveRecord): void {
    const text = record.text("forwardedFor") ?? record.text("httpForwardedFor") ?? "";
    const addresses = text
        .split(",", MAX_FORWARDED)
        .map((part) => part.trim())
        .filter((address) => isAddress(document, "network.forwarded_ip", address));
    document.text(KEY.forwarded_ip, addresses[0]);
}

/** Of an alert on a packet to the client the flow's ends are the packet's, the other way round. */
function flowAddresses(document: Document, record: EveRecord): void {
    const known = [record.text("sourceIp"), record.text("destinationIp")];
    for (const place of ["flowSourceIp", "flowDestinationIp"] as const) {
        const address = record.text(place);
        if (address !== undefined && !known.includes(address)) {
            isAddress(document, `suricata.eve.${EVE_PATHS[place]}`, address);
        }
    }
}

function isAddress(document: Document, field: string, address: string): boolean {
    return lookUp(address, (bytes, end) => document.address(field, bytes, 0, end)) !== NO_ADDRESS;
}

function lookUp(address: string, find: (bytes: Buffer, end: number) => number): number {
    const bytes = Buffer.from(address);
    return find(bytes, bytes.length);
}

/** RFC 7042's form, as ECS asks for. */
function macOf(text: string | undefined): string | undefined {
    const digits = text?.replace(/[-:.]/g, "").toUpperCase();
    return digits !== undefined && /^[0-9A-F]{12}$/.test(digits)
        ? digits.replace(/..(?=.)/g, "$&-")
        : undefined;
}

function count(writer: JsonWriter, name: Key, value: number): void {
    if (value >= 0) {
        writer.number(name, value);
    }
}
