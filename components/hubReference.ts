import * as pulumi from "@pulumi/pulumi";

/** What a spoke knows of its hub. */
export interface HubReference {
    readonly region: pulumi.Input<string>;
    readonly kmsKeyArn: pulumi.Input<string>;
    readonly lakeBucketName: pulumi.Input<string>;
    readonly lakeBucketArn: pulumi.Input<string>;
    readonly snapshotBucketName: pulumi.Input<string>;
    readonly snapshotBucketArn: pulumi.Input<string>;
    readonly publishedTopicArn: pulumi.Input<string>;
}
