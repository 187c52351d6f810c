import { PolicyDocument, reportPublicStatements } from "../../document";
import { resourceRule, securityHub } from "../../rule";

export const queuePolicyNotPublic = resourceRule<{ readonly policy?: PolicyDocument }>({
    ...securityHub("SQS.3"),
    name: "sqs-policy-not-public",
    description: "No queue policy lets everybody send or receive.",
    severity: "high",
    remediationSteps:
        "Name the principals, or hold everybody to an organization, account or source with a condition.",
    types: ["aws:sqs/queuePolicy:QueuePolicy", "aws:sqs/queue:Queue"],
    check: (props, report) => reportPublicStatements(props.policy, report),
});
