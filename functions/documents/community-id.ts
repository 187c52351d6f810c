import { createHash } from "node:crypto";
import { parseIPv4, parseIPv6 } from "../indicators/address";

/** Protocols whose ports tell flows apart, by their IANA numbers. */
const PROTOCOLS: Readonly<Record<string, number>> = { tcp: 6, udp: 17, sctp: 132 };

/** Where one end of a flow is. */
export interface FlowEnd {
    readonly address: string;
    readonly port: number;
}

/**
 * The Community ID of a flow, the same in both directions, by which Zeek, Suricata and others name it: version 1 with
 * seed 0 (github.com/corelight/community-id-spec). @param transport in lower case
 * @returns undefined for a protocol without ports, and for addresses that are none
 */
export function communityId(transport: string, source: FlowEnd, destination: FlowEnd): string | undefined {
    const protocol = Object.hasOwn(PROTOCOLS, transport) ? PROTOCOLS[transport] : undefined;
    const [from, to] = [bytesOf(source), bytesOf(destination)];
    if (protocol === undefined || from === undefined || to?.length !== from.length) {
        return undefined;
    }
    // The end that is less goes first; the port stands behind the address, so both decide.
    const [first, second] = from.compare(to) <= 0 ? [from, to] : [to, from];
    const length = from.length - PORT;
    return `1:${createHash("sha1")
        .update(SEED)
        .update(first.subarray(0, length))
        .update(second.subarray(0, length))
        .update(Buffer.of(protocol, 0))
        .update(first.subarray(length))
        .update(second.subarray(length))
        .digest("base64")}`;
}

const SEED = Buffer.alloc(2);
/** Bytes of a port. */
const PORT = 2;
const MAX_PORT = 65535;

/** Address and port in network order. */
function bytesOf({ address, port }: FlowEnd): Buffer | undefined {
    const ipv4 = parseIPv4(address);
    const words = ipv4 >= 0 ? [ipv4] : parseIPv6(address);
    if (!words || port < 0 || port > MAX_PORT) {
        return undefined;
    }
    const bytes = Buffer.alloc(words.length * 4 + PORT);
    words.forEach((word, i) => bytes.writeUInt32BE(word, i * 4));
    bytes.writeUInt16BE(port, words.length * 4);
    return bytes;
}
