import { isSet, resourceRule, securityHub } from "../../rule";

export const topicEncryption = resourceRule<{ readonly kmsMasterKeyId?: string }>({
    ...securityHub("SNS.1"),
    name: "sns-encrypted",
    description: "Each topic encrypts its messages with a KMS key.",
    severity: "medium",
    remediationSteps: "Set kmsMasterKeyId to the stack's key.",
    types: ["aws:sns/topic:Topic"],
    check: (props, report) => {
        if (!isSet(props, "kmsMasterKeyId")) {
            report("set kmsMasterKeyId to the ARN of the stack's key");
        }
    },
});
