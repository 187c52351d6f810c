import * as pulumi from "@pulumi/pulumi";

/** What every component of a stack shares. */
export interface Environment {
    readonly accountId: string;
    readonly region: string;
    readonly organizationId: string;
    readonly logRetentionDays: number;
    /** The stack's own key: log groups, tables, topics, buckets and secrets are encrypted with it. */
    readonly kmsKeyArn: pulumi.Input<string>;
    /** SNS topic that alarms tell; left out, they are only seen in CloudWatch. */
    readonly alarmTopicArn?: string;
    /** Removal deletes data: on the local cloud only. */
    readonly disposable: boolean;
}
