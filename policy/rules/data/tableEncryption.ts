import { isSet, NO_CONTROL, resourceRule } from "../../rule";

interface TableProps {
    readonly serverSideEncryption?: { readonly enabled?: boolean; readonly kmsKeyArn?: string };
}

export const tableEncryption = resourceRule<TableProps>({
    name: "dynamodb-encrypted",
    description: "Each table is encrypted with a key whose policy we write.",
    severity: "medium",
    control: NO_CONTROL,
    url: "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/EncryptionAtRest.html",
    remediationSteps: "Set serverSideEncryption.enabled to true and kmsKeyArn to the stack's key.",
    types: ["aws:dynamodb/table:Table"],
    check: ({ serverSideEncryption }, report) => {
        if (serverSideEncryption?.enabled !== true || !isSet(serverSideEncryption, "kmsKeyArn")) {
            report(
                "set serverSideEncryption.enabled to true and its kmsKeyArn to the ARN of the stack's key",
            );
        }
    },
});
