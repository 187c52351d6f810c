import assert from "node:assert/strict";
import { IocPipeline } from "./iocPipeline";
import { deploy, ENVIRONMENT } from "./testing";

describe("IocPipeline", () => {
    it("lets the organization read snapshots and geographic databases, and nobody write them", async () => {
        const made = await deploy(() => {
            new IocPipeline("p", {
                environment: ENVIRONMENT,
                mispUrl: "https://misp.example",
                mispTags: ["tag"],
                schedule: "rate(4 hours)",
                allowList: [],
                allowDocumentation: false,
            });
        });
        const allowed = made
            .statements("aws:s3/bucketPolicy:BucketPolicy", "p-snapshots")
            .filter(({ Effect }) => Effect === "Allow");
        const bucket = "arn:aws:s3:::p-snapshots";
        assert.deepEqual(
            allowed.flatMap(({ Action, Resource }) => [Resource!].flat().map((on) => `${Action} ${on}`)),
            [
                `s3:GetObject ${bucket}/current.json`,
                `s3:GetObject ${bucket}/snapshots/*`,
                `s3:ListBucket ${bucket}`,
                `s3:GetObject ${bucket}/geo/*`,
            ],
        );
        for (const { Condition } of allowed) {
            assert.deepEqual(Condition, { StringEquals: { "aws:PrincipalOrgID": "o-test000001" } });
        }
    });
});
