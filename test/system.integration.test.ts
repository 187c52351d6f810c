import { IAMClient, UpdateAssumeRolePolicyCommand } from "@aws-sdk/client-iam";
import { GetFunctionConfigurationCommand, LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SOURCE_KINDS } from "../config/sources";
import { HUB, LocalAccount, SPOKES } from "../local/accounts";
import { destroy, up } from "../local/deploy";
import { DemoContext, deployTarget, settingsIn } from "../local/demo/context";
import { collect, publish } from "../local/demo/indicators";
import { imbalances } from "../local/demo/report";
import { sampleBadValues } from "../local/demo/sampleFeed";
import { LIST_BUCKET } from "../local/demo/listFeed";
import { account, totals } from "../local/demo/balance";
import { DemoResult, runDemo } from "../local/demo/stages";
import { hubSpec, spokeSpec } from "../local/demo/stackSpecs";
import { sendGenerated } from "../local/demo/traffic";
import { killOpenSearch, startOpenSearch, stopEngines } from "../local/engines";
import { LOCAL_DIR } from "../local/paths";

const quiet = () => undefined;

/** The demo's own stages, then what a user would fear. */
describe("the deployed system", function () {
    this.timeout(600_000);
    let demo: DemoResult;
    let context: DemoContext;

    before(async () => {
        await stopEngines();
        fs.rmSync(LOCAL_DIR, { recursive: true, force: true });
        demo = await runDemo({ ipv4Count: 0 }, "silent");
        context = demo.context;
    });
    after(async () => {
        await stopEngines();
        fs.rmSync(LOCAL_DIR, { recursive: true, force: true });
    });

    it("accounts for every record, broken ones in quarantine", () => {
        const { sources, indicators } = demo.report;
        assert.deepEqual(imbalances(demo.report), []);
        assert.deepEqual(Object.keys(sources).sort(), [...SOURCE_KINDS].sort());
        for (const [kind, { documents, quarantined, matched }] of Object.entries(sources)) {
            assert.ok(documents > 0 && matched > 0, kind);
            // Findings come as events, which nothing damages on their way.
            assert.ok(quarantined > 0 || kind === "securityhub" || kind === "guardduty", kind);
        }
        assert.ok(Object.values(indicators.matches)[0] > 1000);
    });

    it("blocks the feed's addresses in each spoke", () => {
        assert.deepEqual(
            Object.values(demo.report.enforcement).map(({ ipv4, ipv6 }) => ({ ipv4, ipv6 })),
            [
                { ipv4: 81, ipv6: 10 },
                { ipv4: 81, ipv6: 10 },
            ],
        );
    });

    it("blocks in every place that a spoke has, and reports what was let through", () => {
        const [first, second] = Object.values(demo.report.enforcement);
        assert.deepEqual(
            first.places.map(({ place }) => place),
            ["waf", "guardduty", "dns-firewall", "network-firewall"],
        );
        assert.deepEqual(
            second.places.map(({ place }) => place),
            ["waf"],
        );
        for (const { place, added, unchanged } of [...first.places, ...second.places]) {
            assert.ok(added + unchanged > 0, place);
        }
        assert.ok(demo.report.findings > 0);
    });

    it("keeps the last good list of a feed that is poisoned", () => {
        const { poisonings } = demo.report.indicators;
        assert.deepEqual(
            poisonings.map(({ outcome, unharmed }) => [outcome, unharmed]),
            [
                ["failed", true],
                ["held", true],
                ["held", true],
            ],
        );
    });

    it("shows no change on a second up", async () => {
        const target = deployTarget(context);
        const hub = await up(target, hubSpec(context.misp.url));
        const spoke = await up(target, spokeSpec(SPOKES[1], { ipv4Sets: 2, detectorId: context.detectorId }));
        assert.deepEqual(Object.keys(hub.changes), ["same"]);
        assert.deepEqual(Object.keys(spoke.changes), ["same"]);
    });

    it("writes nothing when the same indicators are collected again", async () => {
        for (const feed of ["misp", "ours"]) {
            await collect(context, feed);
        }
        const { written } = await publish(context);
        assert.equal(written, 0);
    });

    it("keeps MISP's key out of state files, logs and reports", () => {
        const leaks = filesBelow(LOCAL_DIR)
            .filter((file) => !file.includes(`${path.sep}ministack${path.sep}`))
            .filter((file) => contentOf(file)?.includes(context.misp.key));
        assert.deepEqual(leaks, []);
    });

    it("refuses each function what it has no need of", async () => {
        for (const where of [HUB, ...SPOKES]) {
            for (const role of await functionRoles(context, where)) {
                const client = new S3Client({
                    ...settingsIn(context, where),
                    credentials: await actAs(context, where, role),
                });
                await assert.rejects(
                    client.send(new ListBucketsCommand({})),
                    /AccessDenied|not authorized/i,
                    role,
                );
            }
        }
    });

    it("indexes every record exactly once when OpenSearch dies while records flow", async () => {
        const startedAt = Date.now();
        const before = await totals(context);
        const sending = sendGenerated(context, sampleBadValues(), new Date());
        killOpenSearch();
        const sent = await sending;
        await sleep(3000);
        await startOpenSearch(quiet);
        const { sources } = await account(context, { sent, before, startedAt }, quiet);
        const counts = Object.values(sources);
        assert.equal(counts.length, SOURCE_KINDS.length);
        for (const { in: records, documents, quarantined, skipped } of counts) {
            const left = Object.values(skipped).reduce((sum, count) => sum + count, 0);
            assert.equal(records, documents + quarantined + left);
        }
    });

    it("leaves nothing after destroy", async () => {
        const target = deployTarget(context);
        for (const where of SPOKES) {
            await destroy(target, spokeSpec(where, { ipv4Sets: 2, detectorId: context.detectorId }));
        }
        await destroy(target, hubSpec(context.misp.url));
        for (const where of [HUB, ...SPOKES]) {
            const settings = settingsIn(context, where);
            const { Buckets } = await new S3Client(settings).send(new ListBucketsCommand({}));
            const { Functions } = await new LambdaClient(settings).send(new ListFunctionsCommand({}));
            // The demo's list is its own: a feed is somebody else's bucket.
            const ours = (Buckets ?? []).filter(({ Name }) => Name !== LIST_BUCKET);
            assert.deepEqual([ours, Functions ?? []], [[], []]);
        }
    });
});

async function functionRoles(context: DemoContext, where: LocalAccount): Promise<string[]> {
    const lambda = new LambdaClient(settingsIn(context, where));
    const names =
        where.id === HUB.id
            ? [context.hub.collectFunction, context.hub.compileFunction, context.hub.indexFunction]
            : context.spokes
                  .filter(({ account: { id } }) => id === where.id)
                  .flatMap(({ outputs }) => [
                      ...Object.values(outputs.sources).map(({ functionName }) => functionName),
                      outputs.enforceFunction,
                  ]);
    return Promise.all(
        names.map(async (FunctionName) => {
            const { Role } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
            return Role!;
        }),
    );
}

/** Session of a function's own role: the test lets itself in, as only Lambda may. */
async function actAs(context: DemoContext, where: LocalAccount, role: string) {
    const settings = settingsIn(context, where);
    const trust = {
        Version: "2012-10-17",
        Statement: [
            {
                Effect: "Allow",
                Principal: { AWS: `arn:aws:iam::${HUB.id}:user/syntheticsun-deployer` },
                Action: "sts:AssumeRole",
            },
            { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
        ],
    };
    await new IAMClient(settings).send(
        new UpdateAssumeRolePolicyCommand({
            RoleName: role.split("/").pop()!,
            PolicyDocument: JSON.stringify(trust),
        }),
    );
    return fromTemporaryCredentials({
        masterCredentials: context.deployer,
        params: { RoleArn: role, RoleSessionName: "test" },
        clientConfig: { endpoint: context.cloud.awsEndpoint, region: where.region },
    })();
}

/** @returns undefined for a file that an engine has removed meanwhile */
function contentOf(file: string): Buffer | undefined {
    try {
        return fs.readFileSync(file);
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") {
            return undefined;
        }
        throw error;
    }
}

function filesBelow(folder: string): string[] {
    return fs
        .readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath, entry.name));
}
