import { CALLS } from "./cloudtrail-calls";
import { idDigits, makeTraffic, Traffic, TrafficOptions } from "./traffic";

/** CloudTrail's events: management, data, network activity and Insight events, as the elements of a file's `Records`. */
export function cloudtrailTraffic(options: TrafficOptions): Traffic {
    return makeTraffic(options, {
        record: (sightings) => {
            const { random } = sightings;
            return JSON.stringify({
                eventVersion: "1.11",
                eventID: idDigits(options, random, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"),
                eventTime: new Date(options.until - random.below(300_000))
                    .toISOString()
                    .replace(/\.\d+Z/, "Z"),
                awsRegion: options.region,
                recipientAccountId: options.accountId,
                ...random.pick(CALLS)(options, sightings),
            });
        },
        damage: (record, turn) =>
            [`{"eventVersion":"1.11",]`, `"not an event"`, withoutTime(record)][turn % 3],
    });
}

function withoutTime(record: string): string {
    return record.replace(/"eventTime":"[^"]*",/, "");
}

/** Why a digest is skipped. */
const DIGEST_REASON = "digest";

/** A trail's digest file: it proves that log files were not changed, and holds no event. */
export function cloudtrailDigest({ accountId, region, until }: TrafficOptions): Traffic {
    const text = JSON.stringify({
        awsAccountId: accountId,
        digestStartTime: new Date(until - 3_600_000).toISOString(),
        digestEndTime: new Date(until).toISOString(),
        digestS3Bucket: "trail",
        digestSignatureAlgorithm: "SHA256withRSA",
        logFiles: [
            { s3Object: `AWSLogs/${accountId}/CloudTrail/${region}/x.json.gz`, hashAlgorithm: "SHA-256" },
        ],
    });
    return {
        records: [text],
        expected: {
            records: 1,
            quarantined: 0,
            skipped: { [DIGEST_REASON]: 1 },
            matched: 0,
            matchedBy: { ip: 0, domain: 0, url: 0 },
        },
    };
}
