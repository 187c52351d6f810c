import { idDigits, makeTraffic, Traffic, TrafficOptions } from "./traffic";
import { Sightings } from "./sightings";
import { referrer, webRequest } from "./web";

/** Fields of a standard log, in order (CloudFront developer guide, standard logging reference). */
const FIELDS = [
    ...[
        "date",
        "time",
        "x-edge-location",
        "sc-bytes",
        "c-ip",
        "cs-method",
        "cs(Host)",
        "cs-uri-stem",
        "sc-status",
    ],
    ...[
        "cs(Referer)",
        "cs(User-Agent)",
        "cs-uri-query",
        "cs(Cookie)",
        "x-edge-result-type",
        "x-edge-request-id",
    ],
    ...[
        "x-host-header",
        "cs-protocol",
        "cs-bytes",
        "time-taken",
        "x-forwarded-for",
        "ssl-protocol",
        "ssl-cipher",
    ],
    ...["x-edge-response-result-type", "cs-protocol-version", "fle-status", "fle-encrypted-fields", "c-port"],
    ...["time-to-first-byte", "x-edge-detailed-result-type", "sc-content-type", "sc-content-len"],
    ...["sc-range-start", "sc-range-end"],
];

/** The lines that a file of the text format begins with. */
export const CLOUDFRONT_HEADER: readonly string[] = ["#Version: 1.0", `#Fields: ${FIELDS.join(" ")}`];

export type CloudfrontFormat = "w3c" | "json";

/** CloudFront's standard log without its header: fields between tabs, or a JSON object a line. */
export function cloudfrontTraffic(options: TrafficOptions, format: CloudfrontFormat = "w3c"): Traffic {
    return makeTraffic(options, {
        record: (sightings) => {
            const values = view(options, sightings);
            const row = FIELDS.map((field) => [field, values[field] ?? "-"]);
            return format === "w3c"
                ? row.map(([, value]) => value).join("\t")
                : JSON.stringify(Object.fromEntries(row));
        },
    });
}

/** @returns what a record says, by field; a field without a value is left out */
function view(options: TrafficOptions, sightings: Sightings): Readonly<Record<string, string>> {
    const { random } = sightings;
    const request = webRequest(sightings);
    const [date, clock] = new Date(options.until - random.below(300_000)).toISOString().split("T");
    const secure = request.scheme === "https";
    const result = random.pick(["Hit", "Hit", "Miss", "Error", "RefreshHit"]);
    const bytes = String(random.below(100_000));
    const distribution = "d111111abcdef8.cloudfront.net";
    return {
        date,
        time: clock.slice(0, 8),
        "x-edge-location": random.pick(["FRA56-P3", "SEA19-C1"]),
        "sc-bytes": bytes,
        "c-ip": sightings.address(),
        "cs-method": request.method,
        "cs(Host)": distribution,
        "cs-uri-stem": request.path,
        "sc-status": String(request.status),
        "cs(Referer)": present(encoded(referrer(sightings))),
        "cs(User-Agent)": present(encoded(request.agent)),
        "cs-uri-query": present(request.query),
        "x-edge-result-type": result,
        "x-edge-request-id": `${idDigits(options, random, 54)}==`,
        "x-host-header": request.host,
        "cs-protocol": random.chance(0.05) ? (secure ? "wss" : "ws") : request.scheme,
        "cs-bytes": String(20 + random.below(2000)),
        "time-taken": `0.0${10 + random.below(90)}`,
        "x-forwarded-for": random.chance(0.1) ? sightings.address() : "-",
        "ssl-protocol": secure ? "TLSv1.3" : "-",
        "ssl-cipher": secure ? "TLS_AES_128_GCM_SHA256" : "-",
        "x-edge-response-result-type": result,
        "cs-protocol-version": "HTTP/2.0",
        "c-port": String(1024 + random.below(64_000)),
        "time-to-first-byte": `0.0${10 + random.below(90)}`,
        "x-edge-detailed-result-type": result,
        "sc-content-type": "text/html;%20charset=utf-8",
        "sc-content-len": bytes,
    };
}

function present(text: string): string {
    return text === "" ? "-" : text;
}

/** CloudFront writes these characters, and all beyond ASCII, with percent signs. */
function encoded(text: string): string {
    return text.replace(/[^!#-&(-;=?-Z_a-z~]/gu, (character) => encodeURIComponent(character));
}
