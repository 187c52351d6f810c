import { makeTraffic, Traffic, TrafficOptions } from "./traffic";
import { Sightings } from "./sightings";

/** Fields of a flow log's default format, version 2. */
const DEFAULT_FORMAT =
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status";

/** A custom format with fields of versions 3 to 5, in an order of its own. */
const CUSTOM_FORMAT =
    "account-id vpc-id interface-id action srcaddr pkt-srcaddr dstaddr pkt-dstaddr srcport dstport protocol tcp-flags packets bytes start end flow-direction region az-id log-status version";

export type FlowFormat = "default" | "custom";

/** The line that a flow log's files in S3 begin with. */
export const FLOW_HEADERS: Readonly<Record<FlowFormat, string>> = {
    default: DEFAULT_FORMAT,
    custom: CUSTOM_FORMAT,
};

/** VPC flow logs without their header line; some are of an interval without data. */
export function vpcflowTraffic(options: TrafficOptions, format: FlowFormat = "default"): Traffic {
    const fields = FLOW_HEADERS[format].split(" ");
    return makeTraffic(options, {
        record: (sightings) => {
            const values = flow(options, sightings);
            return fields.map((field) => values[field] ?? "-").join(" ");
        },
        damage: (record, turn) => (turn % 2 === 0 ? record.split(" ").slice(0, 9).join(" ") : "2 - garbage"),
    });
}

/** @returns what a record says, by field; a field without a value is left out */
function flow(
    { accountId, region, until }: TrafficOptions,
    sightings: Sightings,
): Readonly<Record<string, string>> {
    const { random } = sightings;
    const end = Math.floor((until - random.below(300_000)) / 1000);
    const always = {
        version: "2",
        "account-id": accountId,
        "interface-id": `eni-${(0x1000 + random.below(40)).toString(16).padStart(17, "0")}`,
        start: String(end - 60),
        end: String(end),
    };
    if (random.chance(0.02)) {
        return { ...always, "log-status": random.chance(0.9) ? "NODATA" : "SKIPDATA" };
    }
    const inside = `10.0.${random.below(16)}.${1 + random.below(254)}`;
    const peer = sightings.address();
    const inbound = random.chance(0.5);
    const [source, destination] = inbound ? [peer, inside] : [inside, peer];
    const packets = 1 + random.below(200);
    return {
        ...always,
        "vpc-id": "vpc-0a1b2c3d4e5f60718",
        srcaddr: source,
        dstaddr: destination,
        // Behind a NAT gateway the packet itself is another's.
        "pkt-srcaddr": source,
        "pkt-dstaddr": inbound ? "10.0.0.99" : destination,
        srcport: String(1024 + random.below(64_000)),
        dstport: String(inbound ? random.pick([22, 80, 443, 3389]) : 443),
        protocol: random.pick(["6", "6", "6", "17", "1"]),
        "tcp-flags": String(random.pick([0, 2, 3, 18, 19])),
        packets: String(packets),
        bytes: String(packets * (60 + random.below(1400))),
        action: inbound && random.chance(0.3) ? "REJECT" : "ACCEPT",
        "flow-direction": inbound ? "ingress" : "egress",
        region,
        "az-id": "use1-az4",
        "log-status": "OK",
    };
}
