import assert from "node:assert/strict";
import { Fixture, testRule, UNKNOWN, violations } from "../../testing";
import { bucketNoPublicAccess } from "./bucketNoPublicAccess";

const ALL = {
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
};
const bucket: Fixture = { type: "aws:s3/bucket:Bucket", name: "logs", props: { bucket: "logs-1" } };
const other: Fixture = { type: "aws:s3/bucket:Bucket", name: "other", props: { bucket: "other-1" } };

function block(props: object, dependsOn: string[] = []): Fixture {
    return {
        type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        name: "block",
        props,
        dependencies: { bucket: dependsOn },
    };
}

testRule(bucketNoPublicAccess, {
    pass: {
        "a block that refers to the bucket": [bucket, block({ ...ALL, bucket: "logs-1" }, ["logs"])],
        "a block that refers to it before its name is known": [
            bucket,
            block({ ...ALL, bucket: UNKNOWN }, ["logs"]),
        ],
        "a block with its name": [bucket, block({ ...ALL, bucket: "logs-1" })],
        "a stack without buckets": [block({ bucket: "elsewhere" })],
    },
    fail: {
        "no block": [bucket, /add a BucketPublicAccessBlock/],
        "the block of another bucket": [
            [bucket, other, block({ ...ALL, bucket: UNKNOWN }, ["other"])],
            /add a BucketPublicAccessBlock/,
        ],
        "a block that is half open": [
            [bucket, block({ ...ALL, blockPublicPolicy: false, ignorePublicAcls: undefined }, ["logs"])],
            /set blockPublicPolicy, ignorePublicAcls to true/,
        ],
    },
});

describe("s3-block-public-access in a preview", () => {
    it("cannot tell whose a block is that refers to something unknown", async () => {
        const [message] = await violations(bucketNoPublicAccess, bucket, block({ ...ALL, bucket: UNKNOWN }));
        assert.match(message, /during preview/);
    });
});
