import { list } from "../../document";
import { NO_CONTROL, resourceRule } from "../../rule";
import { RESOURCELESS_ACTIONS } from "./resourcelessActions";
import { IDENTITY_POLICY_TYPES, IdentityProps, identityStatements } from "./statements";

/** `*` and an ARN that names no more than a partition and a service, such as `arn:aws:s3:::*`. */
const WILDCARD_RESOURCE = /^([*?]+|arn(:[^:]*){0,2}(:[*?/]*){1,4})$/;

/** In lower case: IAM knows no case here. */
const RESOURCELESS = new Set(RESOURCELESS_ACTIONS.map((action) => action.toLowerCase()));

export const noWildcardResource = resourceRule<IdentityProps>({
    name: "iam-no-wildcard-resource",
    description: "An identity is allowed actions on named resources, never on all of them.",
    severity: "high",
    control: NO_CONTROL,
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
    remediationSteps:
        "Name the ARNs, with a wildcard only inside them. Put actions that take no resource into a statement of their own.",
    types: IDENTITY_POLICY_TYPES,
    check: (props, report) => {
        for (const statement of identityStatements(props, report)) {
            const actions = list(statement.Action);
            if (statement.NotResource !== undefined) {
                report(`replace NotResource of ${actions.join(", ")} by the ARNs that are needed`);
            }
            const limited = actions.filter((action) => !RESOURCELESS.has(action.toLowerCase()));
            for (const resource of limited.length > 0 ? list(statement.Resource) : []) {
                if (WILDCARD_RESOURCE.test(resource)) {
                    report(`replace the resource "${resource}" of ${limited.join(", ")} by ARNs`);
                }
            }
        }
    },
});
