/** What names a file of a log. */
export interface FileName {
    readonly accountId: string;
    readonly region: string;
    readonly time: Date;
    /** Makes the name one of its kind: hexadecimal digits, 8 at least. */
    readonly unique: string;
}

/** The objects that AWS's services write, by the layout that each service's guide describes. */
export const KEYS = {
    cloudtrail: (file: FileName) =>
        `${folder(file, "CloudTrail")}${file.accountId}_CloudTrail_${file.region}_${minute(file)}_${file.unique}.json.gz`,

    cloudtrailDigest: (file: FileName) =>
        `${folder(file, "CloudTrail-Digest")}${file.accountId}_CloudTrail-Digest_${file.region}_trail_${file.region}_` +
        `${parts(file).stamp}Z.json.gz`,

    vpcflow: (file: FileName) =>
        `${folder(file, "vpcflowlogs")}${file.accountId}_vpcflowlogs_${file.region}_fl-0${file.unique}_` +
        `${minute(file)}_${file.unique}.log.gz`,

    alb: (file: FileName) =>
        `${folder(file, "elasticloadbalancing")}${file.accountId}_elasticloadbalancing_${file.region}_` +
        `app.shop-production.50dc6c495c0c9188_${minute(file)}_10.0.1.5_${file.unique}.log.gz`,

    nlb: (file: FileName) =>
        `${folder(file, "elasticloadbalancing")}${file.accountId}_elasticloadbalancing_${file.region}_` +
        `net.shop-edge.c6e77e28c25b2234_${minute(file)}_${file.unique}.log.gz`,

    /** Firehose writes them for us, in WAF's own layout. */
    waf: (file: FileName) => {
        const { date, hour, minutes, seconds } = parts(file);
        return (
            `AWSLogs/${file.accountId}/WAFLogs/${file.region}/${date.replaceAll("-", "/")}/${hour}/` +
            `aws-waf-logs-syntheticsun-1-${date}-${hour}-${minutes}-${seconds}-${file.unique}.gz`
        );
    },

    route53: (file: FileName) => {
        const { date } = parts(file);
        const vpc = "vpc-0a1b2c3d4e5f60718";
        return (
            `AWSLogs/${file.accountId}/vpcdnsquerylogs/${vpc}/${date.replaceAll("-", "/")}/` +
            `${vpc}_vpcdnsquerylogs_${file.accountId}_${minute(file)}_${file.unique}.log.gz`
        );
    },

    /** Plain text, at the top of the bucket. */
    s3access: (file: FileName) => {
        const { date, hour, minutes, seconds } = parts(file);
        return `${date}-${hour}-${minutes}-${seconds}-${file.unique.toUpperCase()}`;
    },

    cloudfront: (file: FileName) => {
        const { date, hour } = parts(file);
        return `AWSLogs/${file.accountId}/CloudFront/EDFDVBD6EXAMPLE.${date}-${hour}.${file.unique}.gz`;
    },

    /** A sensor's upload of its own: the bucket takes an account's objects below its number. */
    suricata: (file: FileName) =>
        `${file.accountId}/suricata/${parts(file).date.replaceAll("-", "/")}/eve-${file.unique}.json.gz`,
} as const satisfies Record<string, (file: FileName) => string>;

function parts({ time }: FileName) {
    const [date, clock] = time.toISOString().split("T");
    const [hour, minutes, seconds] = clock.split(/[:.]/);
    return { date, hour, minutes, seconds, stamp: `${date.replaceAll("-", "")}T${hour}${minutes}${seconds}` };
}

/** `20261124T1431Z` */
function minute(file: FileName): string {
    return `${parts(file).stamp.slice(0, -2)}Z`;
}

function folder(file: FileName, service: string): string {
    const { date } = parts(file);
    return `AWSLogs/${file.accountId}/${service}/${file.region}/${date.replaceAll("-", "/")}/`;
}
