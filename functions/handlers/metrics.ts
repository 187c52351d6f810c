/**
 * A CloudWatch metric as a log line: the embedded metric format, in the namespace `SyntheticSun`. CloudWatch takes the
 * numbers from the log; nothing is called.
 * @param metrics counts by name
 * @param dimensions what the counts are of, for example `{ Feed: "urlhaus" }`
 * @returns fields to log, alone or among others
 */
export function metricLine(
    metrics: Readonly<Record<string, number>>,
    dimensions: Readonly<Record<string, string>> = {},
): Record<string, unknown> {
    const directive = {
        Namespace: "SyntheticSun",
        Dimensions: [Object.keys(dimensions)],
        Metrics: Object.keys(metrics).map((Name) => ({ Name, Unit: "Count" })),
    };
    return {
        _aws: { Timestamp: Date.now(), CloudWatchMetrics: [directive] },
        ...dimensions,
        ...metrics,
    };
}
