import assert from "node:assert/strict";
import { logOwner } from "./log-owner";
import { CONTEXT } from "./testing";

describe("logOwner", () => {
    it("reads account and region from the key that AWS delivers to", () => {
        const origin =
            "elb/AWSLogs/o-abc123def4/333333333333/elasticloadbalancing/us-gov-west-1/2026/11/24/x.log.gz";
        assert.deepEqual(logOwner({ ...CONTEXT, origin }), {
            accountId: "333333333333",
            region: "us-gov-west-1",
        });
        const global = "AWSLogs/333333333333/CloudFront/E1.gz";
        assert.deepEqual(logOwner({ ...CONTEXT, origin: global }), {
            accountId: "333333333333",
            region: CONTEXT.region,
        });
    });

    it("takes who delivered it for any other key", () => {
        const { accountId, region } = CONTEXT;
        for (const origin of ["logs/x.gz", "myAWSLogs/333333333333/a/us-east-1/x", "AWSLogs/33/a/b/x"]) {
            assert.deepEqual(logOwner({ ...CONTEXT, origin }), { accountId, region }, origin);
        }
    });
});
