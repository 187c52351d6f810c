import { Sightings } from "./sightings";
import { referrer, targetOf, webRequest } from "./web";

type Json = Readonly<Record<string, unknown>>;
/** What events of a type have beside time and addresses. */
type EventMaker = (sightings: Sightings) => Json & { readonly event_type: string };

function httpOf(sightings: Sightings): Json {
    const request = webRequest(sightings);
    return {
        hostname: request.host,
        url: targetOf(request),
        http_user_agent: request.agent,
        http_refer: referrer(sightings) || undefined,
        http_method: request.method,
        protocol: "HTTP/1.1",
        status: request.status,
        length: sightings.random.below(50_000),
    };
}

const http: EventMaker = (sightings) => ({ event_type: "http", tx_id: 0, http: httpOf(sightings) });

const alert: EventMaker = (sightings) => ({
    event_type: "alert",
    app_proto: "http",
    alert: {
        action: sightings.random.pick(["allowed", "allowed", "blocked"]),
        gid: 1,
        signature_id: 2027865,
        rev: 4,
        signature: 'ET INFO "Observed" Query \\ to .cloud TLD',
        category: "Potentially Bad Traffic",
        severity: 1 + sightings.random.below(3),
        metadata: { created_at: ["2019_08_13"], signature_severity: ["Major"] },
    },
    http: httpOf(sightings),
    flow: flowCounts(sightings),
});

const fileinfo: EventMaker = (sightings) => ({
    event_type: "fileinfo",
    app_proto: "http",
    http: httpOf(sightings),
    fileinfo: {
        filename: "/dropper.exe",
        gaps: false,
        state: "CLOSED",
        sha256: sightings.random.hex(64),
        size: sightings.random.below(900_000),
        tx_id: 0,
    },
});

const tls: EventMaker = (sightings) => ({
    event_type: "tls",
    tls: {
        subject: "C=DE, O=Example\\, Inc., CN=shop.example.com",
        issuerdn: "CN=Example CA",
        serial: "0A:2B:3C",
        fingerprint: "4f:a4:5e:58:7e:d9:db:20:09:d7:b6:c7:ff:58:c4:7b:dc:3f:55:b4",
        sni: sightings.random.chance(0.9) ? sightings.domain("shop.example.com") : undefined,
        version: sightings.random.pick(["TLS 1.2", "TLS 1.3", "UNDETERMINED"]),
        notbefore: "2026-01-01T00:00:00",
        notafter: "2027-01-01T00:00:00",
        ja3: { hash: sightings.random.hex(32), string: "771,4865-4866,0-23" },
    },
});

/** Version 1: an event for the question, one for each answer. */
const dnsQuery: EventMaker = (sightings) => ({
    event_type: "dns",
    dns: {
        type: "query",
        id: sightings.random.below(65536),
        rrname: sightings.domain("shop.example.com"),
        rrtype: "A",
        tx_id: 0,
    },
});

/** Version 2: all answers in one event. */
const dnsAnswer: EventMaker = (sightings) => {
    const rrname = sightings.domain("shop.example.com");
    return {
        event_type: "dns",
        dns: {
            version: 2,
            type: "answer",
            id: sightings.random.below(65536),
            flags: "8180",
            qr: true,
            rd: true,
            ra: true,
            rrname,
            rrtype: "A",
            rcode: "NOERROR",
            answers: [
                { rrname, rrtype: "CNAME", ttl: 60, rdata: sightings.domain("edge.example.net") },
                { rrname: "edge.example.net", rrtype: "A", ttl: 60, rdata: sightings.ipv4() },
            ],
            grouped: { CNAME: ["edge.example.net"] },
        },
    };
};

/** Version 3, of Suricata 8. */
const dnsResponse: EventMaker = (sightings) => ({
    event_type: "dns",
    dns: {
        version: 3,
        type: "response",
        tx_id: 1,
        id: sightings.random.below(65536),
        flags: "8183",
        rcode: "NXDOMAIN",
        queries: [{ rrname: sightings.domain("nowhere.example.com"), rrtype: "AAAA" }],
    },
});

const flow: EventMaker = (sightings) => ({
    event_type: "flow",
    app_proto: sightings.random.pick(["tls", "http", "failed", "ssh"]),
    flow: {
        ...flowCounts(sightings),
        end: "2026-11-24T14:31:07.000000+0000",
        age: 12,
        state: sightings.random.pick(["new", "established", "closed"]),
        reason: "timeout",
        alerted: false,
    },
    tcp: { tcp_flags: "1b", syn: true, fin: true },
});

const ssh: EventMaker = (sightings) => ({
    event_type: "ssh",
    ssh: {
        client: {
            proto_version: "2.0",
            software_version: "libssh_0.9.6",
            hassh: { hash: sightings.random.hex(32) },
        },
        server: { proto_version: "2.0", software_version: "OpenSSH_9.6" },
    },
});

const anomaly: EventMaker = () => ({
    event_type: "anomaly",
    anomaly: { type: "stream", event: "stream.pkt_invalid_timestamp", layer: "proto_parser" },
});

const smtp: EventMaker = (sightings) => ({
    event_type: "smtp",
    smtp: { helo: "[10.0.0.1]", mail_from: '<a\\"b@example.com>', rcpt_to: ["<ü@example.org>"] },
    email: {
        status: "PARSE_DONE",
        from: "Ä <a@example.com>",
        to: ["b@example.org"],
        attachment: [sightings.random.hex(6)],
    },
});

/** What a sensor sees, by how often. */
export const EVENTS: readonly EventMaker[] = [
    ...[
        alert,
        http,
        http,
        fileinfo,
        tls,
        tls,
        dnsQuery,
        dnsAnswer,
        dnsResponse,
        flow,
        flow,
        ssh,
        anomaly,
        smtp,
    ],
];

function flowCounts({ random }: Sightings): Json {
    return {
        pkts_toserver: 1 + random.below(40),
        pkts_toclient: random.below(40),
        bytes_toserver: 60 + random.below(4000),
        bytes_toclient: random.below(90_000),
        start: "2026-11-24T14:30:55.000000+0000",
    };
}
