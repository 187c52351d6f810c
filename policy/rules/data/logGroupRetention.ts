import { resourceRule, securityHub } from "../../rule";

export const logGroupRetention = resourceRule<{ readonly retentionInDays?: number }>({
    ...securityHub("CloudWatch.16"),
    name: "logs-retention",
    description: "Each log group says how long it keeps its events; 0 keeps and bills them for ever.",
    severity: "medium",
    remediationSteps: "Set retentionInDays.",
    types: ["aws:cloudwatch/logGroup:LogGroup"],
    check: ({ retentionInDays }, report) => {
        if (!retentionInDays) {
            report("set retentionInDays to more than 0");
        }
    },
});
