import { makeTraffic, Traffic, TrafficOptions } from "./traffic";
import { Sightings } from "./sightings";
import { microseconds, quoted, targetOf, webRequest } from "./web";

const TYPES = ["https", "https", "h2", "h2", "http", "wss", "ws", "grpcs"];
const PORTS: Readonly<Record<string, number>> = { http: 80, ws: 80 };

/** Name of the load balancer as its logs have it. */
export const ALB_NAME = "app/shop-production/50dc6c495c0c9188";

/** Access log of an application load balancer: 34 tokens today, 30 to 33 in logs that are older. */
export function albTraffic(options: TrafficOptions): Traffic {
    return makeTraffic(options, { record: (sightings, index) => record(options, sightings, index) });
}

function record(options: TrafficOptions, sightings: Sightings, index: number): string {
    const { random } = sightings;
    const time = options.until - random.below(300_000);
    if (random.chance(0.01)) {
        return unreadable(sightings, time);
    }
    const request = webRequest(sightings);
    const type = random.pick(TYPES);
    const port = PORTS[type] ?? 443;
    const scheme = port === 80 ? "http" : "https";
    const node = `10.0.${random.below(4)}.${10 + random.below(40)}:8080`;
    const unserved = request.status === 503;
    const tls = port === 443;
    const arn = `arn:aws:elasticloadbalancing:${options.region}:${options.accountId}:targetgroup/shop/73e2d6bc24d8a067`;
    const tokens = [
        type,
        microseconds(random, time),
        ALB_NAME,
        `${sightings.address()}:${1024 + random.below(64_000)}`,
        unserved ? "-" : node,
        ...(unserved ? ["-1", "-1", "-1"] : ["0.001", `0.0${10 + random.below(90)}`, "0.000"]),
        String(request.status),
        unserved ? "-" : String(request.status),
        String(100 + random.below(1800)),
        String(random.below(60_000)),
        quoted(
            `${request.method} ${scheme}://${request.host}:${port}${targetOf(request)} HTTP/${type === "h2" ? "2.0" : "1.1"}`,
        ),
        quoted(request.agent),
        ...(tls ? ["TLS_AES_128_GCM_SHA256", "TLSv1.3"] : ["-", "-"]),
        unserved ? "-" : arn,
        quoted(`Root=1-${random.hex(8)}-${random.hex(24)}`),
        // A server name in the handshake, which need not be the host that is asked for then.
        quoted(tls ? sightings.domain("shop.example.com") : ""),
        quoted(tls ? `arn:aws:acm:${options.region}:${options.accountId}:certificate/8f5c1c0a` : ""),
        String(random.below(6)),
        microseconds(random, time - 40),
        quoted(random.chance(0.1) ? "waf,redirect" : "waf,forward"),
        quoted(""),
        quoted(unserved ? "TargetNotFound" : ""),
        quoted(unserved ? "" : node),
        quoted(unserved ? "" : String(request.status)),
        quoted(""),
        quoted(""),
        `TID_${random.hex(32)}`,
        quoted(""),
        quoted(""),
        quoted(""),
        "10.0.1.5",
    ];
    return tokens.slice(0, index % 10 === 0 ? 30 : tokens.length).join(" ");
}

/** What a client sent was no HTTP. */
function unreadable(sightings: Sightings, time: number): string {
    const { random } = sightings;
    const client = `${sightings.address()}:${1024 + random.below(64_000)}`;
    return (
        `http ${microseconds(random, time)} ${ALB_NAME} ${client} - -1 -1 -1 400 - 0 272 "- http://10.0.1.5:80- -" "-" - - ` +
        `- "-" "-" "-" - ${microseconds(random, time - 1)} "-" "-" "-" "-" "-" "-" "-" TID_${random.hex(32)} "-" "-" "-"`
    );
}
