import { isSet, NO_CONTROL, resourceRule } from "../../rule";

export const logGroupEncryption = resourceRule<{ readonly kmsKeyId?: string }>({
    name: "logs-encrypted",
    description: "Each log group encrypts its events with a KMS key.",
    severity: "medium",
    control: NO_CONTROL,
    url: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
    remediationSteps: "Set kmsKeyId to the stack's key, whose policy lets CloudWatch Logs use it.",
    types: ["aws:cloudwatch/logGroup:LogGroup"],
    check: (props, report) => {
        if (!isSet(props, "kmsKeyId")) {
            report("set kmsKeyId to the ARN of the stack's key");
        }
    },
});
