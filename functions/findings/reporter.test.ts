import type { AwsSecurityFinding } from "@aws-sdk/client-securityhub";
import assert from "node:assert/strict";
import { FakeClient, quiet } from "../handlers/testing";
import { FindingReporter } from "./reporter";

const document = (address: string, acl = "acl") =>
    Buffer.from(
        JSON.stringify({
            "@timestamp": "2026-11-24T11:00:00.000Z",
            event: { dataset: "aws.waf", type: ["allowed"] },
            aws: { waf: { webaclId: acl } },
            threat: {
                matched: true,
                enrichments: [
                    {
                        matched: { atomic: address, field: "source.ip" },
                        indicator: { type: "ipv4-addr", name: address, confidence: "High" },
                        feed: { name: "misp" },
                    },
                ],
            },
        }),
    );

describe("FindingReporter", () => {
    quiet();
    let now = new Date("2026-11-24T12:00:00Z");

    function setUp(answer: (findings: AwsSecurityFinding[]) => unknown = () => ({})) {
        const client = new FakeClient((input) => answer(input.Findings as AwsSecurityFinding[]));
        const options = { client, accountId: "222222222222", region: "eu-west-1", now: () => now };
        const calls = () => client.inputs.map(({ Findings }) => (Findings as unknown[]).length);
        return { reporter: new FindingReporter(options), calls };
    }

    it("imports one finding however many records show the indicator", async () => {
        const { reporter, calls } = setUp();
        for (let i = 0; i < 10; i++) {
            reporter.matched(document("203.0.113.9"));
        }
        reporter.matched(document("203.0.113.9", "another"));
        await reporter.flush();
        assert.deepEqual(calls(), [2]);
    });

    it("renews a finding once an hour at most", async () => {
        const { reporter, calls } = setUp();
        for (const minute of [0, 10, 59, 61, 70]) {
            now = new Date(Date.parse("2026-11-24T12:00:00Z") + minute * 60_000);
            reporter.matched(document("203.0.113.9"));
            await reporter.flush();
        }
        assert.deepEqual(calls(), [1, 1]);
    });

    it("sends no more at once than Security Hub takes", async () => {
        const { reporter, calls } = setUp();
        for (let i = 0; i < 250; i++) {
            reporter.matched(document(`203.0.113.${i}`));
        }
        await reporter.flush();
        assert.deepEqual(calls(), [100, 100, 50]);
    });

    it("tries a finding again that Security Hub refused, and loses no record to its faults", async () => {
        const answers = [
            () => {
                throw new Error("TooManyRequestsException");
            },
            (findings: AwsSecurityFinding[]) => ({
                FailedFindings: [{ Id: findings[0].Id, ErrorCode: "InvalidInput", ErrorMessage: "no" }],
            }),
            () => ({}),
        ];
        const { reporter, calls } = setUp((findings) => answers.shift()!(findings));
        for (let i = 0; i < 4; i++) {
            reporter.matched(document("203.0.113.9"));
            await reporter.flush();
        }
        assert.deepEqual(calls(), [1, 1, 1]);
    });
});
