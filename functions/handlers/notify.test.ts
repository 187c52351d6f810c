import type { NotificationConfiguration } from "@aws-sdk/client-s3";
import assert from "node:assert/strict";
import { createHandler, NotifyEvent } from "./notify";
import { quiet } from "./testing";

const OURS = "arn:aws:sqs:eu-west-1:222222222222:ours";
const EVENT: NotifyEvent = { id: "ours", queueArn: OURS, prefix: "AWSLogs/", tf: { action: "create" } };
const REMOVAL: NotifyEvent = { ...EVENT, tf: { action: "delete" } };

/** Notifications of every kind that somebody else has on the bucket. */
const OTHERS: NotificationConfiguration = {
    QueueConfigurations: [
        {
            Id: "theirs",
            QueueArn: "arn:aws:sqs:eu-west-1:222222222222:theirs",
            Events: ["s3:ObjectRemoved:*"],
            Filter: { Key: { FilterRules: [{ Name: "Suffix" as never, Value: ".csv" }] } },
        },
    ],
    TopicConfigurations: [
        {
            Id: "topic",
            TopicArn: "arn:aws:sns:eu-west-1:222222222222:topic",
            Events: ["s3:ObjectCreated:Put"],
            Filter: { Key: { FilterRules: [{ Name: "prefix", Value: "images/" }] } },
        },
    ],
    LambdaFunctionConfigurations: [
        {
            Id: "function",
            LambdaFunctionArn: "arn:aws:lambda:eu-west-1:222222222222:function:f",
            Events: ["s3:ObjectRestore:Completed"],
        },
    ],
    EventBridgeConfiguration: {},
};

/** A bucket's notifications behind the two commands; `refusals` are thrown one a call, in order. */
class Bucket {
    writes: { NotificationConfiguration: NotificationConfiguration; SkipDestinationValidation: boolean }[] =
        [];
    owners = new Set<unknown>();

    constructor(
        public now: NotificationConfiguration = {},
        private readonly refusals: Partial<Record<"get" | "put", Error[]>> = {},
    ) {}

    send = (async (command: { constructor: { name: string }; input: never }): Promise<unknown> => {
        const reading = command.constructor.name === "GetBucketNotificationConfigurationCommand";
        const refusal = this.refusals[reading ? "get" : "put"]?.shift();
        if (refusal) {
            throw refusal;
        }
        const input = command.input as (typeof this.writes)[number] & { ExpectedBucketOwner: string };
        this.owners.add(input.ExpectedBucketOwner);
        if (reading) {
            return { ...structuredClone(this.now), $metadata: {} };
        }
        this.writes.push(input);
        this.now = structuredClone(input.NotificationConfiguration);
        return {};
    }) as never;
}

function refusal(name: string, message: string): Error {
    return Object.assign(new Error(message), { name });
}

function handlerOf(bucket: Bucket) {
    return createHandler({ BUCKET: "logs", ACCOUNT_ID: "222222222222" }, { s3: bucket, pause: 0 });
}

describe("notify", () => {
    quiet();

    it("adds our notification to those that are there and leaves them as they were", async () => {
        const bucket = new Bucket(OTHERS);
        assert.deepEqual(await handlerOf(bucket)(EVENT), { changed: true, others: 3 });
        const { QueueConfigurations: queues, ...rest } = bucket.now;
        const { QueueConfigurations: before, ...restBefore } = OTHERS;
        assert.deepEqual(rest, restBefore);
        assert.deepEqual(queues, [
            ...before!,
            {
                Id: "ours",
                QueueArn: OURS,
                Events: ["s3:ObjectCreated:*"],
                Filter: { Key: { FilterRules: [{ Name: "prefix", Value: "AWSLogs/" }] } },
            },
        ]);
        assert.deepEqual([...bucket.owners], ["222222222222"]);
    });

    it("writes nothing when it is there already, however S3 spells it", async () => {
        const bucket = new Bucket(OTHERS);
        await handlerOf(bucket)(EVENT);
        const filter = bucket.now.QueueConfigurations![1].Filter!.Key!.FilterRules![0];
        filter.Name = "Prefix" as never;
        bucket.now.QueueConfigurations!.reverse();
        assert.deepEqual(await handlerOf(bucket)(EVENT), { changed: false, others: 3 });
        assert.equal(bucket.writes.length, 1);
    });

    it("replaces ours when the queue or the prefix is another", async () => {
        const bucket = new Bucket(OTHERS);
        await handlerOf(bucket)(EVENT);
        const queueArn = `${OURS}-2`;
        const report = await handlerOf(bucket)({ ...EVENT, queueArn, prefix: "", tf: { action: "update" } });
        assert.equal(report.changed, true);
        assert.deepEqual(
            bucket.now.QueueConfigurations!.map(({ Id, QueueArn, Filter }) => [Id, QueueArn, Filter]),
            [
                ["theirs", OTHERS.QueueConfigurations![0].QueueArn, OTHERS.QueueConfigurations![0].Filter],
                ["ours", queueArn, undefined],
            ],
        );
    });

    it("removes ours alone, without asking whether destinations still exist", async () => {
        const bucket = new Bucket(OTHERS);
        await handlerOf(bucket)(EVENT);
        assert.deepEqual(await handlerOf(bucket)(REMOVAL), { changed: true, others: 3 });
        assert.deepEqual(bucket.now, OTHERS);
        assert.deepEqual(
            bucket.writes.map(({ SkipDestinationValidation }) => SkipDestinationValidation),
            [false, true],
        );
        assert.deepEqual(await handlerOf(bucket)(REMOVAL), { changed: false, others: 3 });
        assert.equal(bucket.writes.length, 2);
    });

    it("leaves the notification to the function that took over from this one", async () => {
        const bucket = new Bucket(OTHERS);
        await handlerOf(bucket)(EVENT);
        await handlerOf(bucket)({ ...EVENT, id: "successor" });
        const ids = () => bucket.now.QueueConfigurations!.map(({ Id }) => Id);
        assert.deepEqual(ids(), ["theirs", "successor"]);
        await handlerOf(bucket)(REMOVAL);
        assert.deepEqual(ids(), ["theirs", "successor"]);
    });

    it("removes the last one", async () => {
        const bucket = new Bucket();
        await handlerOf(bucket)(EVENT);
        await handlerOf(bucket)(REMOVAL);
        assert.deepEqual(bucket.now, {});
    });

    it("takes a bucket that is gone for a notification that is gone, but not on creation", async () => {
        const gone = () => ({ get: [refusal("NoSuchBucket", "The specified bucket does not exist")] });
        assert.equal((await handlerOf(new Bucket({}, gone()))(REMOVAL)).changed, false);
        await assert.rejects(
            handlerOf(new Bucket({}, gone()))(EVENT),
            /bucket logs: .*bucket does not exist/,
        );
    });

    it("waits for a role whose rights do not hold yet, and gives up in the end", async () => {
        const denied = () => refusal("AccessDenied", "Access Denied");
        const slow = new Bucket({}, { get: [denied(), denied()], put: [denied()] });
        assert.equal((await handlerOf(slow)(EVENT)).changed, true);
        const never = new Bucket({}, { get: Array.from({ length: 40 }, denied) });
        await assert.rejects(handlerOf(never)(EVENT), /Access Denied/);
    });

    it("names the notification that ours collides with", async () => {
        const taken: NotificationConfiguration = {
            ...OTHERS,
            LambdaFunctionConfigurations: [
                {
                    Id: "indexer",
                    LambdaFunctionArn: "arn:aws:lambda:eu-west-1:222222222222:function:indexer",
                    Events: ["s3:ObjectCreated:Put"],
                    Filter: { Key: { FilterRules: [{ Name: "prefix", Value: "AWSLogs/222222222222/" }] } },
                },
            ],
        };
        const overlap = refusal(
            "InvalidArgument",
            "Configurations overlap. Configurations on the same bucket cannot share a common event type.",
        );
        const bucket = new Bucket(taken, { put: [overlap] });
        await assert.rejects(handlerOf(bucket)(EVENT), (error: Error) => {
            assert.match(error.message, /indexer to arn:aws:lambda:.*:indexer for "AWSLogs\/222222222222\/"/);
            assert.doesNotMatch(error.message, /topic for/);
            assert.match(error.message, /prefix of its own/);
            return true;
        });
    });

    it("names the destinations when one does not let S3 in", async () => {
        const refused = refusal(
            "InvalidArgument",
            "Unable to validate the following destination configurations",
        );
        const bucket = new Bucket(OTHERS, { put: [refused] });
        await assert.rejects(handlerOf(bucket)(EVENT), /:topic, .*:function:f, .*:ours/);
    });

    it("says so when what it put does not last", async () => {
        const bucket = new Bucket(OTHERS);
        const send = bucket.send as (command: { constructor: { name: string } }) => Promise<unknown>;
        const rival = async (command: { constructor: { name: string } }) => {
            const answer = await send(command);
            if (command.constructor.name.startsWith("Put")) {
                bucket.now = structuredClone(OTHERS);
            }
            return answer;
        };
        const handler = createHandler(
            { BUCKET: "logs", ACCOUNT_ID: "222222222222" },
            { s3: { send: rival as never }, pause: 0 },
        );
        await assert.rejects(handler(EVENT), /somebody else/);
    });
});
