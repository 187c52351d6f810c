import { list } from "../../document";
import { resourceRule, securityHub } from "../../rule";
import { IDENTITY_POLICY_TYPES, IdentityProps, identityStatements } from "./statements";

/** `*`, `*:*`, `s3:*`; not `s3:Get*`. */
const WILDCARD_ACTION = /^([^:]*:)?[*?]+$/;

export const noWildcardAction = resourceRule<IdentityProps>({
    ...securityHub("IAM.21"),
    name: "iam-no-wildcard-action",
    description: "An identity is allowed named actions, never all actions of a service.",
    severity: "high",
    remediationSteps: "List the actions that the code calls.",
    types: IDENTITY_POLICY_TYPES,
    check: (props, report) => {
        for (const statement of identityStatements(props, report)) {
            if (statement.NotAction !== undefined) {
                report("replace NotAction by the actions that are needed: it allows every other one");
            }
            for (const action of list(statement.Action)) {
                if (WILDCARD_ACTION.test(action)) {
                    report(`replace the action "${action}" by the actions that are needed`);
                }
            }
        }
    },
});
