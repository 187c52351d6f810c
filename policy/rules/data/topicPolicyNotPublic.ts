import { PolicyDocument, reportPublicStatements } from "../../document";
import { resourceRule, securityHub } from "../../rule";

export const topicPolicyNotPublic = resourceRule<{ readonly policy?: PolicyDocument }>({
    ...securityHub("SNS.4"),
    name: "sns-policy-not-public",
    description: "No topic policy lets everybody publish or subscribe.",
    severity: "high",
    remediationSteps:
        "Name the principals, or hold everybody to an organization, account or source with a condition.",
    types: ["aws:sns/topicPolicy:TopicPolicy", "aws:sns/topic:Topic"],
    check: (props, report) => reportPublicStatements(props.policy, report),
});
