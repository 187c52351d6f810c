import { allowStatements, list, PolicyDocument, Statement } from "../../document";
import { Report } from "../../rule";

/** Resources that carry permissions of an identity. A role's trust policy is not among them. */
export const IDENTITY_POLICY_TYPES = [
    "aws:iam/policy:Policy",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/groupPolicy:GroupPolicy",
    "aws:iam/role:Role",
];

export interface IdentityProps {
    readonly policy?: PolicyDocument;
    /** Of a role. */
    readonly inlinePolicies?: readonly { readonly policy?: PolicyDocument }[];
}

/** Everything that an identity resource allows. */
export function identityStatements(props: IdentityProps, report: Report): readonly Statement[] {
    const inline = list(props.inlinePolicies).map(({ policy }) => policy);
    return [props.policy, ...inline].flatMap((document) => allowStatements(document, report));
}
