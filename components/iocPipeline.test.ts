import assert from "node:assert/strict";
import { feeds } from "../config/feeds";
import { IocPipeline, IocPipelineArgs } from "./iocPipeline";
import { Deployment, deploy, ENVIRONMENT } from "./testing";

const FEEDS = {
    misp: { protocol: "misp", url: "https://misp.example" },
    ips: { preset: "ipsum-level3", schedule: "rate(1 day)" },
    ours: { protocol: "text", url: "s3://our-lists/bad.txt" },
    events: { protocol: "misp-feed", url: "s3://our-lists/events/" },
    limo: { preset: "limo-dshield" },
};

function made(args: Partial<IocPipelineArgs> = {}): Promise<Deployment> {
    return deploy(() => {
        new IocPipeline("p", {
            environment: ENVIRONMENT,
            feeds: feeds.parse(FEEDS),
            schedule: "rate(4 hours)",
            settings: {
                allowList: ["corp.example"],
                guard: { share: 0.5, minimum: 10 },
                widest: { ipv4: 8, ipv6: 19 },
                allowDocumentation: false,
            },
            warningListFiles: [],
            lakeBucketName: "lake",
            lakeBucketArn: "arn:aws:s3:::lake",
            ...args,
        });
    });
}

describe("IocPipeline", () => {
    it("lets the organization read snapshots and geographic databases, and nobody write them", async () => {
        const allowed = (await made())
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

    it("collects each feed that is enabled on its own schedule", async () => {
        const deployment = await made();
        const schedules = deployment
            .names("aws:scheduler/schedule:Schedule")
            .filter((name) => name.startsWith("p-collect"))
            .map((name) => {
                const { scheduleExpression, target } = deployment.inputs<{
                    scheduleExpression: string;
                    target: { input: string };
                }>("aws:scheduler/schedule:Schedule", name);
                return [JSON.parse(target.input).feed, scheduleExpression];
            });
        assert.deepEqual(schedules, [
            ["events", "rate(4 hours)"],
            ["ips", "rate(1 day)"],
            ["misp", "rate(4 hours)"],
            ["ours", "rate(4 hours)"],
        ]);
    });

    it("makes a secret for a feed that needs one, and tells its ARN to the functions alone", async () => {
        const deployment = await made();
        assert.deepEqual(deployment.names("aws:secretsmanager/secret:Secret"), ["p-collect-misp"]);
        const { content } = deployment.inputs<{ content: string }>(
            "aws:s3/bucketObjectv2:BucketObjectv2",
            "p-settings",
        );
        const { feeds: definitions, allowList } = JSON.parse(content);
        assert.deepEqual(allowList, ["corp.example"]);
        assert.deepEqual(
            definitions.map(({ name, secretArn }: { name: string; secretArn?: string }) => [name, secretArn]),
            [
                ["misp", "arn:aws:secretsmanager:eu-west-1:222222222222:p-collect-misp"],
                ["ips", undefined],
                ["ours", undefined],
                ["events", undefined],
            ],
        );
    });

    it("may read the objects that feeds are, and no others of their buckets", async () => {
        const statements = (await made()).statements("aws:iam/rolePolicy:RolePolicy", "p-collect");
        const onLists = statements.filter(({ Resource }) => JSON.stringify(Resource).includes("our-lists"));
        assert.deepEqual(onLists, [
            {
                Effect: "Allow",
                Action: "s3:GetObject",
                Resource: ["arn:aws:s3:::our-lists/bad.txt", "arn:aws:s3:::our-lists/events/*"],
            },
        ]);
    });

    it("alarms for each feed that is held or fails, and for a publication that is held", async () => {
        const alarms = (await made()).names("aws:cloudwatch/metricAlarm:MetricAlarm");
        for (const name of ["p-collect-misp-held", "p-collect-ips-failed", "p-compile-held"]) {
            assert.ok(alarms.includes(name), name);
        }
    });

    it("lets one compiler run at a time, since it alone writes the table", async () => {
        const { reservedConcurrentExecutions } = (await made()).inputs<{
            reservedConcurrentExecutions: number;
        }>("aws:lambda/function:Function", "p-compile");
        assert.equal(reservedConcurrentExecutions, 1);
    });

    it("says which file is no warning list", async () => {
        await assert.rejects(
            made({ warningListFiles: ["package.json"] }),
            /package\.json is no MISP warning list/,
        );
        await assert.rejects(made({ warningListFiles: ["gone.json"] }), /there is no file .*gone\.json/);
    });
});
