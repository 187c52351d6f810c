import { resourceRule, securityHub } from "../../rule";

export const tableRecovery = resourceRule<{ readonly pointInTimeRecovery?: { readonly enabled?: boolean } }>({
    ...securityHub("DynamoDB.2"),
    name: "dynamodb-point-in-time-recovery",
    description: "Each table can be restored to any second of the last weeks.",
    severity: "medium",
    remediationSteps: "Set pointInTimeRecovery.enabled to true.",
    types: ["aws:dynamodb/table:Table"],
    check: ({ pointInTimeRecovery }, report) => {
        if (pointInTimeRecovery?.enabled !== true) {
            report("set pointInTimeRecovery.enabled to true");
        }
    },
});
