import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { canEncrypt, deliveryKeyStatements, deliveryStatements, LogWriter } from "./logDelivery";

const WRITERS: LogWriter[] = [
    "cloudtrail",
    "firehose",
    "loadBalancer",
    "principals",
    "s3Access",
    "vendedLogs",
];
const ACCOUNT = { accountId: "222222222222" };
const ORGANIZATION = { ...ACCOUNT, organizationId: "o-test000001" };
const bucket = pulumi.output("arn:aws:s3:::logs");

/** Keys of a condition that hold a caller to an account or an organization. */
const CALLERS = ["aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:PrincipalOrgID"];

function conditionKeys(condition: unknown): string[] {
    return Object.values((condition ?? {}) as Record<string, object>).flatMap((keys) => Object.keys(keys));
}

describe("what a log writer is allowed", () => {
    for (const writer of WRITERS) {
        for (const [whose, scope] of Object.entries({ account: ACCOUNT, organization: ORGANIZATION })) {
            it(`holds ${writer} to the ${whose}`, () => {
                const all = [
                    ...deliveryStatements(writer, bucket, scope),
                    ...deliveryKeyStatements(writer, scope),
                ];
                for (const { Condition } of all) {
                    const keys = conditionKeys(Condition);
                    assert.ok(
                        keys.some((key) => CALLERS.includes(key)),
                        JSON.stringify(Condition),
                    );
                }
            });
        }
    }

    it("is the key too, for a bucket that is encrypted with it", () => {
        for (const writer of ["cloudtrail", "vendedLogs"] as const) {
            assert.ok(canEncrypt(writer));
            assert.match(JSON.stringify(deliveryKeyStatements(writer, ACCOUNT)), /kms:GenerateDataKey\*/);
        }
        for (const writer of ["loadBalancer", "s3Access"] as const) {
            assert.ok(!canEncrypt(writer));
            assert.deepEqual(deliveryKeyStatements(writer, ACCOUNT), []);
        }
    });

    it("is nothing by a bucket's policy where rights of its own do", () => {
        assert.deepEqual(deliveryStatements("firehose", bucket, ORGANIZATION), []);
        assert.deepEqual(deliveryStatements("principals", bucket, ACCOUNT), []);
    });
});
