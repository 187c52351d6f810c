import { Random } from "./random";
import { Sightings } from "./sightings";
import { EVENTS } from "./suricata-events";
import { makeTraffic, Traffic, TrafficOptions, Unkept } from "./traffic";

/** Why a record of the sensor's own counters is skipped. */
const STATISTICS_REASON = "statistics";

/** Suricata's EVE log: a JSON object a line, of events of many types and of versions 5 to 8. */
export function suricataTraffic(options: TrafficOptions): Traffic {
    return makeTraffic(options, {
        record: (sightings) =>
            sightings.random.chance(0.03) ? statistics(options, sightings) : event(options, sightings),
    });
}

function event({ until }: TrafficOptions, sightings: Sightings): string {
    const { random } = sightings;
    const time = until - random.below(300_000);
    const outside = sightings.address();
    const inside = outside.includes(":")
        ? `fd12:3456::${random.hex(3)}`
        : `10.0.${random.below(16)}.${1 + random.below(250)}`;
    const inbound = random.chance(0.3);
    return JSON.stringify({
        timestamp: timestamp(random, time),
        flow_id: Math.floor(random.next() * 2 ** 51),
        in_iface: "eth0",
        src_ip: inbound ? outside : inside,
        src_port: 1024 + random.below(64_000),
        dest_ip: inbound ? inside : outside,
        dest_port: random.pick([53, 80, 443, 22]),
        proto: random.pick(["TCP", "TCP", "UDP"]),
        ...random.pick(EVENTS)(sightings),
    });
}

/** `2026-11-24T14:31:07.123456+0000` */
function timestamp(random: Random, time: number): string {
    return `${new Date(time).toISOString().slice(0, 23)}${String(random.below(1000)).padStart(3, "0")}+0000`;
}

function statistics({ until }: TrafficOptions, { random }: Sightings): Unkept {
    return {
        text: JSON.stringify({
            timestamp: timestamp(random, until - random.below(300_000)),
            event_type: "stats",
            stats: {
                uptime: random.below(90_000),
                capture: { kernel_packets: random.below(9e9), kernel_drops: 0 },
            },
        }),
        reason: STATISTICS_REASON,
    };
}
