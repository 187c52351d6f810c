import type { Context } from "../context";
import { list, must, obj, pascal, pick, tagList, tagMap, type Props } from "../properties";
import { query } from "../query";
import type { ResourceEntry } from "../resource";

const call = (ctx: Context, action: string, input: Props): Promise<string> =>
    query(ctx, "monitoring", "2010-08-01", action, input);

const RENAMED: Record<string, string> = {
    alarmActions: "AlarmActions",
    okActions: "OKActions",
    insufficientDataActions: "InsufficientDataActions",
};
const PLAIN = [
    "actionsEnabled",
    "alarmDescription",
    "comparisonOperator",
    "datapointsToAlarm",
    "evaluationPeriods",
    "extendedStatistic",
    "metricName",
    "namespace",
    "period",
    "statistic",
    "threshold",
    "thresholdMetricId",
    "treatMissingData",
    "unit",
];

const dimensions = (props: Props): Props[] =>
    Object.entries(tagMap(props, "dimensions")).map(([Name, Value]) => ({ Name, Value }));

function metricQuery(entry: Props): Props {
    const metric = obj(entry, "metric");
    return {
        ...pascal<Props>(pick(entry, ["id", "expression", "label", "returnData", "period", "accountId"])),
        ...(metric
            ? {
                  MetricStat: {
                      Metric: {
                          Namespace: metric.namespace,
                          MetricName: metric.metricName,
                          Dimensions: dimensions(metric),
                      },
                      Period: metric.period,
                      Stat: metric.stat,
                      Unit: metric.unit,
                  },
              }
            : {}),
    };
}

async function put(ctx: Context, inputs: Props): Promise<void> {
    await call(ctx, "PutMetricAlarm", {
        AlarmName: must(inputs, "name"),
        ...pascal<Props>(pick(inputs, PLAIN)),
        EvaluateLowSampleCountPercentile: inputs.evaluateLowSampleCountPercentiles,
        ...pascal<Props>(pick(inputs, Object.keys(RENAMED)), RENAMED),
        Dimensions: dimensions(inputs),
        Metrics: list<Props>(inputs, "metricQueries").map(metricQuery),
        Tags: tagList(inputs),
    });
}

/** CloudWatch alarms, by the query protocol: the project has no CloudWatch client. */
export const metricAlarm: ResourceEntry = {
    type: "aws:cloudwatch/metricAlarm:MetricAlarm",
    properties: [
        ...PLAIN,
        ...Object.keys(RENAMED),
        "dimensions",
        "evaluateLowSampleCountPercentiles",
        "metricQueries",
        "name",
    ],
    declaredOnly: ["evaluationCriteria", "evaluationInterval", "warmUpConfiguration"],
    replaceOn: ["name"],
    autoName: { property: "name", maxLength: 255 },
    tagged: true,
    async create(ctx, inputs) {
        await put(ctx, inputs);
        const name = must(inputs, "name");
        return { id: name, outs: { arn: await ctx.arn("cloudwatch", `alarm:${name}`) } };
    },
    update: (ctx, { news }) => put(ctx, news),
    async read(ctx, id) {
        const text = await call(ctx, "DescribeAlarms", { AlarmNames: [id] });
        return text.includes(`<AlarmName>${id.replace(/&/g, "&amp;")}</AlarmName>`)
            ? { outs: { name: id, arn: await ctx.arn("cloudwatch", `alarm:${id}`) } }
            : undefined;
    },
    async delete(ctx, id) {
        await call(ctx, "DeleteAlarms", { AlarmNames: [id] });
    },
};
