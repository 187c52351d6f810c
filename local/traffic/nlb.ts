import { makeTraffic, Traffic, TrafficOptions } from "./traffic";
import { Sightings } from "./sightings";

/** Name of the load balancer as its logs have it. */
export const NLB_NAME = "net/shop-edge/c6e77e28c25b2234";

const NONE = "-";

/** Access log of a network load balancer: a TLS connection a line. */
export function nlbTraffic(options: TrafficOptions): Traffic {
    return makeTraffic(options, { record: (sightings) => record(options, sightings) });
}

function record({ accountId, region, until }: TrafficOptions, sightings: Sightings): string {
    const { random } = sightings;
    const time = until - random.below(300_000);
    const failed = random.chance(0.05);
    const stamp = (at: number) => new Date(at).toISOString().slice(0, 19);
    return [
        "tls",
        "2.0",
        stamp(time),
        NLB_NAME,
        "g3d4b5e8bb8464cd",
        `${sightings.address()}:${1024 + random.below(64_000)}`,
        `10.0.${random.below(4)}.${10 + random.below(40)}:443`,
        String(5 + random.below(500)),
        failed ? NONE : String(2 + random.below(40)),
        String(random.below(5000)),
        String(random.below(90_000)),
        failed ? "21" : NONE,
        failed ? NONE : `arn:aws:acm:${region}:${accountId}:certificate/2a108f19-aded-46b0-8493-c63eb1ef4a99`,
        NONE,
        failed ? NONE : "ECDHE-RSA-AES128-GCM-SHA256",
        failed ? NONE : "tlsv12",
        NONE,
        failed || random.chance(0.1) ? NONE : sightings.domain("edge.example.com"),
        failed ? NONE : "h2",
        failed ? NONE : "h2",
        failed ? NONE : '"h2","http/1.1"',
        stamp(time - 1000),
    ].join(" ");
}
