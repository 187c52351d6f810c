import { isSet, NO_CONTROL, resourceRule } from "../../rule";

interface S3Configuration {
    readonly kmsKeyArn?: string;
}

/** Where a destination other than S3 puts what it could not deliver. */
interface Destination {
    readonly s3Configuration?: S3Configuration;
}

interface StreamProps {
    readonly extendedS3Configuration?: S3Configuration;
    readonly opensearchConfiguration?: Destination;
    readonly opensearchserverlessConfiguration?: Destination;
    readonly elasticsearchConfiguration?: Destination;
    readonly httpEndpointConfiguration?: Destination;
    readonly icebergConfiguration?: Destination;
    readonly redshiftConfiguration?: Destination;
    readonly snowflakeConfiguration?: Destination;
    readonly splunkConfiguration?: Destination;
}

const DESTINATIONS = [
    "opensearchConfiguration",
    "opensearchserverlessConfiguration",
    "elasticsearchConfiguration",
    "httpEndpointConfiguration",
    "icebergConfiguration",
    "redshiftConfiguration",
    "snowflakeConfiguration",
    "splunkConfiguration",
] as const;

export const firehoseEncryption = resourceRule<StreamProps>({
    name: "firehose-s3-encrypted",
    description: "What Firehose writes to S3 is encrypted with a KMS key.",
    severity: "medium",
    control: NO_CONTROL,
    url: "https://docs.aws.amazon.com/firehose/latest/dev/encryption.html",
    remediationSteps: "Set kmsKeyArn of the S3 configuration to the stack's key.",
    types: ["aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"],
    check: (props, report) => {
        if (props.extendedS3Configuration && !isSet(props.extendedS3Configuration, "kmsKeyArn")) {
            report("set extendedS3Configuration.kmsKeyArn to the ARN of the stack's key");
        }
        for (const destination of DESTINATIONS) {
            if (props[destination] && !isSet(props[destination]?.s3Configuration, "kmsKeyArn")) {
                report(`set ${destination}.s3Configuration.kmsKeyArn to the ARN of the stack's key`);
            }
        }
    },
});
