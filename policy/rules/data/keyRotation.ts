import { resourceRule, securityHub } from "../../rule";

interface KeyProps {
    readonly enableKeyRotation?: boolean;
    readonly customerMasterKeySpec?: string;
}

export const keyRotation = resourceRule<KeyProps>({
    ...securityHub("KMS.4"),
    name: "kms-rotation",
    description: "KMS rotates each symmetric key by itself.",
    severity: "medium",
    remediationSteps: "Set enableKeyRotation to true.",
    types: ["aws:kms/key:Key"],
    check: ({ enableKeyRotation, customerMasterKeySpec = "SYMMETRIC_DEFAULT" }, report) => {
        if (customerMasterKeySpec === "SYMMETRIC_DEFAULT" && enableKeyRotation !== true) {
            report("set enableKeyRotation to true");
        }
    },
});
