import { makeTraffic, Traffic, TrafficOptions } from "./traffic";
import { Sightings } from "./sightings";

interface Answer {
    readonly Rdata: string;
    readonly Type: string;
    readonly Class: "IN";
}

const NAMES = [
    "shop.example.com",
    "_ldap._tcp.corp.example.com",
    "xn--bcher-kva.example",
    "sts.us-east-1.amazonaws.com",
];

/** Route 53 Resolver's query log: a JSON object a query. */
export function route53Traffic(options: TrafficOptions): Traffic {
    return makeTraffic(options, {
        record: (sightings) => JSON.stringify(query(options, sightings)),
        damage: (record, turn) =>
            turn % 2 === 0
                ? record.slice(0, 60)
                : JSON.stringify({ version: "1.100000", query_name: "lost." }),
    });
}

function query({ accountId, region, until }: TrafficOptions, sightings: Sightings): Record<string, unknown> {
    const { random } = sightings;
    const name = random.chance(0.02) ? "" : sightings.domain(random.pick(NAMES));
    const { type, answers, code } = response(sightings);
    const viaEndpoint = random.chance(0.1);
    return {
        version: "1.100000",
        account_id: accountId,
        region,
        vpc_id: "vpc-0a1b2c3d4e5f60718",
        query_timestamp: new Date(until - random.below(300_000)).toISOString().replace(/\.\d+Z/, "Z"),
        // Names are full, the root itself is a dot.
        query_name: `${name}.`,
        query_type: type,
        query_class: "IN",
        rcode: code,
        answers,
        srcaddr: random.chance(0.05)
            ? `fd12:3456::${(1 + random.below(250)).toString(16)}`
            : `10.0.1.${random.below(250)}`,
        srcport: String(1024 + random.below(64_000)),
        transport: random.pick(["UDP", "UDP", "TCP", "DoH"]),
        srcids: viaEndpoint
            ? { resolver_endpoint: "rslvr-in-5d6a5d", resolver_network_interface: "rni-0b9f5b5c" }
            : { instance: `i-0${random.hex(16)}` },
        ...(random.chance(0.05)
            ? {
                  firewall_rule_group_id: "rslvr-frg-01234567",
                  firewall_rule_action: random.pick(["BLOCK", "ALERT"]),
                  firewall_domain_list_id: "rslvr-fdl-01234567",
              }
            : {}),
    };
}

function response(sightings: Sightings): { type: string; code: string; answers: Answer[] } {
    const { random } = sightings;
    const answer = (Type: string, Rdata: string): Answer => ({ Rdata, Type, Class: "IN" });
    const type = random.pick(["A", "A", "A", "AAAA", "CNAME", "MX", "TXT", "SRV"]);
    if (random.chance(0.15)) {
        return { type, code: random.pick(["NXDOMAIN", "SERVFAIL"]), answers: [] };
    }
    switch (type) {
        case "A":
            return { type, code: "NOERROR", answers: [answer("A", sightings.ipv4())] };
        case "CNAME":
            return {
                type: "A",
                code: "NOERROR",
                answers: [
                    answer("CNAME", `${sightings.domain("edge.example.net")}.`),
                    answer("A", sightings.ipv4()),
                ],
            };
        case "AAAA":
            return { type, code: "NOERROR", answers: [answer("AAAA", `2600:1f18::${random.hex(3)}`)] };
        case "MX":
            return {
                type,
                code: "NOERROR",
                answers: [answer("MX", `10 ${sightings.domain("mx.example.com")}.`)],
            };
        case "TXT":
            return {
                type,
                code: "NOERROR",
                answers: [answer("TXT", '"v=spf1 include:_spf.example.com \\"-all\\""')],
            };
        default:
            return { type, code: "NOERROR", answers: [] };
    }
}
