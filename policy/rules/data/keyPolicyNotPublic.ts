import { PolicyDocument, reportPublicStatements } from "../../document";
import { resourceRule, securityHub } from "../../rule";

export const keyPolicyNotPublic = resourceRule<{ readonly policy?: PolicyDocument }>({
    ...securityHub("KMS.5"),
    name: "kms-policy-not-public",
    description: "No key policy lets everybody use or manage the key.",
    severity: "critical",
    remediationSteps:
        "Name the principals, or hold everybody to an organization, account or source with a condition.",
    types: ["aws:kms/keyPolicy:KeyPolicy", "aws:kms/key:Key"],
    check: (props, report) => reportPublicStatements(props.policy, report),
});
