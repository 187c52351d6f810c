import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import { Environment } from "./environment";
import { InlineFunction } from "./inlineFunction";
import { componentType } from "./naming";

export interface BucketNotifierArgs {
    readonly environment: Environment;
    /** An existing bucket of this account and region. */
    readonly bucketName: string;
    readonly queueArn: pulumi.Input<string>;
    /** Keys that are told of begin so. */
    readonly prefix: string;
    /** What must be there first: the queue's policy, and other notifiers of the bucket, since two at once collide. */
    readonly after: readonly pulumi.Resource[];
}

/**
 * Tells a queue of new objects in a bucket that somebody else may have notifications on. `aws.s3.BucketNotification`
 * would own all of them and remove what it does not know, so a function adds, changes and removes the one of ours.
 */
export class BucketNotifier extends pulumi.ComponentResource {
    /** @param name The _unique_ name of the notification. */
    constructor(name: string, args: BucketNotifierArgs, opts?: pulumi.ComponentResourceOptions) {
        super(componentType("messaging", "BucketNotifier"), name, {}, opts);
        const { environment, bucketName } = args;
        // Another bucket is another function: the old one still has the right to clean up behind itself.
        const unique = `${name}-notify-${createHash("sha256").update(bucketName).digest("hex").slice(0, 8)}`;
        const notify = new InlineFunction(
            unique,
            {
                handler: "notify",
                environment,
                description: `Adds SyntheticSun's notification to the bucket ${bucketName}, others stay`,
                memorySize: 256,
                timeout: 180,
                variables: { ACCOUNT_ID: environment.accountId, BUCKET: bucketName },
                statements: [
                    {
                        Effect: "Allow",
                        Action: ["s3:GetBucketNotification", "s3:PutBucketNotification"],
                        Resource: `arn:aws:s3:::${bucketName}`,
                    },
                ],
            },
            { parent: this },
        );
        new aws.lambda.Invocation(
            unique,
            {
                functionName: notify.function.name,
                input: pulumi.jsonStringify({
                    id: notify.function.name,
                    queueArn: args.queueArn,
                    prefix: args.prefix,
                }),
                lifecycleScope: "CRUD",
            },
            { parent: this, dependsOn: [...args.after, notify] },
        );
        this.registerOutputs();
    }
}
