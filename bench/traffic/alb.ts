import { Random } from "../../local/traffic/random";
import { target, userAgent } from "./agents";

const METHODS = ["GET", "GET", "GET", "GET", "POST", "PUT", "HEAD"];
const HOSTS = ["shop.example.com", "www.example.com", "api.example.com", "cdn.shop.example.org"];
const STATUSES = ["200", "200", "200", "200", "201", "204", "301", "304", "403", "404"];
const CERTIFICATE = "arn:aws:acm:us-east-1:222222222222:certificate/8f5c1c0a-7a4e-4b43-9c39-5f9f8a1a2b3c";
const TARGETS = "arn:aws:elasticloadbalancing:us-east-1:222222222222:targetgroup/";

const quoted = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;
const micro = (time: number, random: Random) =>
    `${new Date(time).toISOString().slice(0, 23)}${String(random.below(1000)).padStart(3, "0")}Z`;
const seconds = (random: Random) => (random.below(900) / 1000).toFixed(3);

/** A line of an application load balancer's access log, in the 33 fields that AWS documents. */
export function albLine(random: Random, client: string, time: number): string {
    const tls = random.chance(0.85);
    const garbled = random.chance(0.003);
    const unserved = garbled || random.chance(0.03);
    const host = random.pick(HOSTS);
    const { path, query } = target(random);
    const url = `${tls ? "https" : "http"}://${host}:${tls ? 443 : 80}${path}${query && `?${query}`}`;
    const node = `10.0.${random.below(4)}.${10 + random.below(40)}:8080`;
    const status = garbled ? "400" : unserved ? "503" : random.pick(STATUSES);
    const group = `${TARGETS}${host.split(".")[0]}-web/73e2d6bc24d8a067`;
    return [
        tls ? (random.chance(0.6) ? "h2" : "https") : "http",
        micro(time, random),
        "app/shop-production/50dc6c495c0c9188",
        `${client}:${1024 + random.below(64_000)}`,
        unserved ? "-" : node,
        unserved ? "-1 -1 -1" : `0.00${random.below(3)} ${seconds(random)} 0.000`,
        `${status} ${unserved ? "-" : status}`,
        `${100 + random.below(1800)} ${garbled ? 272 : random.below(60_000)}`,
        garbled ? '"- - - "' : `"${random.pick(METHODS)} ${url} HTTP/${tls ? "2.0" : "1.1"}"`,
        garbled ? '"-"' : quoted(userAgent(random)),
        tls ? "ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2" : "- -",
        unserved ? "-" : group,
        garbled ? '"-"' : `"Root=1-${random.hex(8)}-${random.hex(24)}"`,
        tls && !garbled ? `"${host}" "${CERTIFICATE}"` : '"-" "-"',
        garbled ? "-" : random.below(6),
        micro(time - 40, random),
        garbled ? '"-" "-" "-"' : '"waf,forward" "-" "-"',
        unserved ? '"-" "-"' : `"${node}" "${status}"`,
        '"-" "-"',
        `TID_${random.hex(32)}`,
        '"-" "-" "-"',
    ].join(" ");
}
