import {
    GetBucketNotificationConfigurationCommand,
    NotificationConfiguration,
    PutBucketNotificationConfigurationCommand,
    S3Client,
} from "@aws-sdk/client-s3";
import { setTimeout as sleep } from "node:timers/promises";
import { entries, explainRefusal, sameConfiguration, toQueue, without } from "./bucket-notifications";
import { Environment, logLine, messageOf, required } from "./settings";

/** What the handler talks to; tests pass their own. */
export interface NotifyClients {
    readonly s3: Pick<S3Client, "send">;
    /** Milliseconds between two looks at what is not settled yet. @default 2000 */
    readonly pause?: number;
}

/** What the deployment hands over when our notification is made, changed or removed. */
export interface NotifyEvent {
    /** Id of our notification in the bucket: another function's is another. */
    readonly id: string;
    readonly queueArn: string;
    /** Keys that are told of begin so; empty for all. */
    readonly prefix: string;
    readonly tf: { readonly action: "create" | "update" | "delete" };
}

export interface NotifyReport {
    readonly changed: boolean;
    /** Notifications of others, which stay as they are. */
    readonly others: number;
}

/** In AWS a new right holds and a change shows only after a while: looks until then, `pause` apart. */
const LOOKS = 30;

/**
 * Puts our one notification among those of a bucket, or takes it away. S3 keeps all of them as one document, so the
 * others' are read and written back as they were.
 */
export function createHandler(env: Environment, clients: NotifyClients = { s3: new S3Client({}) }) {
    const { s3, pause = 2000 } = clients;
    const bucket = required(env, "BUCKET");
    const ours = { Bucket: bucket, ExpectedBucketOwner: required(env, "ACCOUNT_ID") };

    const read = async (): Promise<NotificationConfiguration> => {
        const { $metadata: _, ...configuration } = await whenAllowed(pause, () =>
            s3.send(new GetBucketNotificationConfigurationCommand(ours)),
        );
        return configuration;
    };

    const write = async (wanted: NotificationConfiguration, SkipDestinationValidation: boolean) => {
        const input = { ...ours, NotificationConfiguration: wanted, SkipDestinationValidation };
        await whenAllowed(pause, () => s3.send(new PutBucketNotificationConfigurationCommand(input)));
        for (let look = 1; !sameConfiguration(await read(), wanted); look++) {
            if (look === LOOKS) {
                throw new Error("what was put does not show: somebody else changes them too, try again");
            }
            await sleep(pause);
        }
    };

    return async ({ id, queueArn, prefix, tf }: NotifyEvent): Promise<NotifyReport> => {
        const removal = tf.action === "delete";
        const wanted = toQueue(id, queueArn, prefix);
        let others: NotificationConfiguration = {};
        let changed = false;
        try {
            const before = await read();
            // A new function takes over the queue of the one it replaces, whose removal then finds nothing.
            others = without(before, id, removal ? undefined : queueArn);
            const queues = others.QueueConfigurations ?? [];
            const after = removal ? others : { ...others, QueueConfigurations: [...queues, wanted] };
            changed = !sameConfiguration(before, after);
            if (changed) {
                // A removal must not fail over a destination that is gone, ours or another's.
                await write(after, removal);
            }
        } catch (error) {
            if (!removal || (error as Error).name !== "NoSuchBucket") {
                const reason = explainRefusal(wanted, others, messageOf(error));
                throw new Error(`notifications of bucket ${bucket}: ${reason}`, { cause: error });
            }
        }
        const report = { changed, others: entries(others).length };
        logLine({ event: "notification", action: tf.action, bucket, id, ...report });
        return report;
    };
}

async function whenAllowed<T>(pause: number, call: () => Promise<T>): Promise<T> {
    for (let look = 1; ; look++) {
        try {
            return await call();
        } catch (error) {
            if ((error as Error).name !== "AccessDenied" || look === LOOKS) {
                throw error;
            }
            await sleep(pause);
        }
    }
}
