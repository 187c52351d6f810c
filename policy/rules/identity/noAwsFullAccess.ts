import { list } from "../../document";
import { NO_CONTROL, resourceRule } from "../../rule";

interface AttachmentProps {
    readonly policyArn?: string;
    readonly policyArns?: readonly string[];
    /** Of a role. */
    readonly managedPolicyArns?: readonly string[];
}

const FULL_ACCESS = /^arn:[^:]+:iam::aws:policy\/.*(FullAccess|AdministratorAccess|PowerUserAccess)/;

export const noAwsFullAccess = resourceRule<AttachmentProps>({
    name: "iam-no-aws-full-access",
    description: "No identity has a policy of AWS that allows all of a service or account.",
    severity: "high",
    control: NO_CONTROL,
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",
    remediationSteps: "Write a policy with the actions and resources that are needed.",
    types: [
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
        "aws:iam/userPolicyAttachment:UserPolicyAttachment",
        "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
        "aws:iam/policyAttachment:PolicyAttachment",
        "aws:iam/role:Role",
    ],
    check: (props, report) => {
        for (const arn of [props.policyArn, props.policyArns, props.managedPolicyArns].flatMap(list)) {
            if (FULL_ACCESS.test(arn)) {
                report(`replace ${arn} by a policy with the actions and resources that are needed`);
            }
        }
    },
});
