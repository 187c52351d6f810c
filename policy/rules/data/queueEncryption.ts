import { isSet, resourceRule, securityHub } from "../../rule";

interface QueueProps {
    readonly kmsMasterKeyId?: string;
    readonly sqsManagedSseEnabled?: boolean;
}

export const queueEncryption = resourceRule<QueueProps>({
    ...securityHub("SQS.1"),
    name: "sqs-encrypted",
    description: "Each queue says how it encrypts its messages.",
    severity: "medium",
    remediationSteps: "Set kmsMasterKeyId, or sqsManagedSseEnabled where a KMS key's price is not worth it.",
    types: ["aws:sqs/queue:Queue"],
    check: (props, report) => {
        if (!isSet(props, "kmsMasterKeyId") && !isSet(props, "sqsManagedSseEnabled")) {
            report("set kmsMasterKeyId, or sqsManagedSseEnabled to true");
        }
    },
});
