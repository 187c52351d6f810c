import { idDigits, makeTraffic, Traffic, TrafficOptions } from "./traffic";
import { Sightings } from "./sightings";
import { clfTime, quoted, referrer, userAgent } from "./web";

const OPERATIONS = [
    ["REST.GET.OBJECT", "GET"],
    ["REST.GET.OBJECT", "GET"],
    ["REST.PUT.OBJECT", "PUT"],
    ["REST.HEAD.OBJECT", "HEAD"],
    ["REST.GET.BUCKET", "GET"],
    ["REST.DELETE.OBJECT", "DELETE"],
] as const;
const BUCKET = "shop-production-assets";
const OWNER = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be";
const NONE = "-";

/** S3 server access log: 26 tokens a line. */
export function s3accessTraffic(options: TrafficOptions): Traffic {
    return makeTraffic(options, { record: (sightings) => record(options, sightings) });
}

function record(options: TrafficOptions, sightings: Sightings): string {
    const { accountId, region } = options;
    const { random } = sightings;
    const time = options.until - random.below(300_000);
    const id = idDigits(options, random, 16).toUpperCase();
    if (random.chance(0.03)) {
        return expired(sightings, time, id);
    }
    const [operation, method] = random.pick(OPERATIONS);
    const bucketOnly = operation.endsWith("BUCKET");
    const key = bucketOnly ? "" : `orders/2026/${random.hex(8)}%20final.json`;
    const anonymous = random.chance(0.2);
    const denied = anonymous && random.chance(0.7);
    const size = random.below(200_000);
    return [
        OWNER,
        BUCKET,
        `[${clfTime(time)}]`,
        sightings.address(),
        anonymous ? NONE : `arn:aws:sts::${accountId}:assumed-role/web/i-0${random.hex(16)}`,
        id,
        operation,
        bucketOnly ? NONE : key,
        quoted(`${method} /${key}${bucketOnly ? "?list-type=2&prefix=orders%2F" : ""} HTTP/1.1`),
        denied ? "403" : "200",
        denied ? "AccessDenied" : NONE,
        denied ? "243" : String(size),
        denied || bucketOnly ? NONE : String(size),
        String(3 + random.below(90)),
        denied ? NONE : String(2 + random.below(60)),
        quoted(referrer(sightings)),
        quoted(userAgent(random)),
        NONE,
        `${random.hex(32)}=`,
        anonymous ? NONE : "SigV4",
        "TLS_AES_128_GCM_SHA256",
        anonymous ? NONE : "AuthHeader",
        `${BUCKET}.s3.${region}.amazonaws.com`,
        "TLSv1.3",
        NONE,
        random.chance(0.1) ? "Yes" : NONE,
    ].join(" ");
}

/** What S3 does itself, for a lifecycle rule, comes from no address. */
function expired({ random }: Sightings, time: number, id: string): string {
    return (
        `${OWNER} ${BUCKET} [${clfTime(time)}] - AmazonS3 ${id} S3.EXPIRE.OBJECT ` +
        `logs/${random.hex(8)}.txt "-" - - - 511 - - "-" "-" - ${random.hex(32)}= - - - - - - -`
    );
}
