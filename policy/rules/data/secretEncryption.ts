import { isSet, NO_CONTROL, resourceRule } from "../../rule";

export const secretEncryption = resourceRule<{ readonly kmsKeyId?: string }>({
    name: "secrets-encrypted",
    description: "Each secret is encrypted with a key whose policy we write.",
    severity: "medium",
    control: NO_CONTROL,
    url: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html",
    remediationSteps: "Set kmsKeyId to the stack's key.",
    types: ["aws:secretsmanager/secret:Secret"],
    check: (props, report) => {
        if (!isSet(props, "kmsKeyId")) {
            report("set kmsKeyId to the ARN of the stack's key");
        }
    },
});
