import {
    CreateDetectorCommand,
    CreateFilterCommand,
    CreateThreatEntitySetCommand,
    CreateThreatIntelSetCommand,
    DeleteThreatIntelSetCommand,
    GetDetectorCommand,
    GetThreatEntitySetCommand,
    GetThreatIntelSetCommand,
    GuardDutyClient,
    ListDetectorsCommand,
    ListTagsForResourceCommand,
    ListThreatIntelSetsCommand,
    TagResourceCommand,
    UntagResourceCommand,
    UpdateThreatEntitySetCommand,
    UpdateThreatIntelSetCommand,
} from "@aws-sdk/client-guardduty";
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { ACCOUNT, REGION, TestServices } from "./testing";

describe("GuardDuty of the local cloud", () => {
    let services: TestServices;
    let client: GuardDutyClient;
    let DetectorId: string;
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "services-"));

    const intel = async (Location: string, Name = "addresses"): Promise<string> => {
        const request = { DetectorId, Name, Format: "TXT" as const, Location, Activate: true };
        const { ThreatIntelSetId = "" } = await client.send(new CreateThreatIntelSetCommand(request));
        return ThreatIntelSetId;
    };
    const intelStatus = async (ThreatIntelSetId: string) => {
        const get = new GetThreatIntelSetCommand({ DetectorId, ThreatIntelSetId });
        return (await client.send(get)).Status;
    };

    beforeEach(async () => {
        fs.rmSync(folder, { recursive: true, force: true });
        services = await TestServices.start({ folder });
        client = new GuardDutyClient(services.client());
        ({ DetectorId = "" } = await client.send(new CreateDetectorCommand({ Enable: true })));
        services.files.set("lists/a.txt", "198.18.0.1\n198.18.1.0/24\n");
    });
    afterEach(() => services.stop());
    after(() => fs.rmSync(folder, { recursive: true, force: true }));

    it("has one detector an account and region", async () => {
        await assert.rejects(client.send(new CreateDetectorCommand({ Enable: true })), {
            name: "BadRequestException",
        });
        const other = new GuardDutyClient(services.client(ACCOUNT, "us-east-1"));
        assert.deepEqual((await other.send(new ListDetectorsCommand({}))).DetectorIds, []);
        assert.deepEqual((await client.send(new ListDetectorsCommand({}))).DetectorIds, [DetectorId]);
        assert.equal((await client.send(new GetDetectorCommand({ DetectorId }))).Status, "ENABLED");
    });

    it("activates a list wherever its location points, and switches it off again", async () => {
        for (const location of [
            "s3://lists/a.txt",
            "https://s3.amazonaws.com/lists/a.txt",
            "https://lists.s3.eu-west-1.amazonaws.com/a.txt",
        ]) {
            const id = await intel(location);
            const get = new GetThreatIntelSetCommand({ DetectorId, ThreatIntelSetId: id });
            const { Status, Location, Format } = await client.send(get);
            assert.deepEqual([Status, Location, Format], ["ACTIVE", location, "TXT"]);
            const off = { DetectorId, ThreatIntelSetId: id, Activate: false };
            await client.send(new UpdateThreatIntelSetCommand(off));
            assert.equal(await intelStatus(id), "INACTIVE");
        }
        const listed = await client.send(new ListThreatIntelSetsCommand({ DetectorId }));
        assert.equal(listed.ThreatIntelSetIds?.length, 3);
    });

    it("cannot use a list that is missing, empty, too long, too large, or not of addresses", async () => {
        services.files.set("lists/empty.txt", "\n");
        services.files.set("lists/domains.txt", "bad.example\n");
        services.files.set("lists/long.txt", "198.18.0.1\n".repeat(250_001));
        services.files.set("lists/large.txt", `198.18.0.1${" ".repeat(36 * 1024 * 1024)}\n`);
        services.files.set("lists/full.txt", "198.18.0.1\n".repeat(250_000));
        for (const name of ["missing", "empty", "domains", "long", "large"]) {
            const id = await intel(`s3://lists/${name}.txt`);
            assert.equal(await intelStatus(id), "ERROR", name);
        }
        assert.equal(await intelStatus(await intel("s3://lists/full.txt")), "ACTIVE");
    });

    it("cannot use a list of somebody else's bucket", async () => {
        const id = await intel("s3://lists/a.txt");
        await intelStatus(id);
        const set = { DetectorId, ThreatIntelSetId: id, ExpectedBucketOwner: "333333333333", Activate: true };
        await client.send(new UpdateThreatIntelSetCommand(set));
        assert.equal(await intelStatus(id), "ERROR");
    });

    it("takes six threat intel sets, and another one in place of a deleted one", async () => {
        const ids: string[] = [];
        for (let index = 0; index < 6; index++) {
            ids.push(await intel("s3://lists/a.txt", `set-${index}`));
        }
        await assert.rejects(intel("s3://lists/a.txt"), { name: "BadRequestException" });
        await client.send(new DeleteThreatIntelSetCommand({ DetectorId, ThreatIntelSetId: ids[0] }));
        await assert.rejects(
            client.send(new GetThreatIntelSetCommand({ DetectorId, ThreatIntelSetId: ids[0] })),
            /not owned by the current account/,
        );
        await intel("s3://lists/a.txt");
    });

    it("takes domains in threat entity sets, and says why it refuses a list", async () => {
        services.files.set("lists/e.txt", "198.18.0.1\nbad.example\n");
        const made = await client.send(
            new CreateThreatEntitySetCommand({
                DetectorId,
                Name: "entities",
                Format: "TXT",
                Location: "s3://lists/e.txt",
                Activate: true,
            }),
        );
        const set = { DetectorId, ThreatEntitySetId: made.ThreatEntitySetId };
        const look = () => client.send(new GetThreatEntitySetCommand(set));
        const good = await look();
        assert.equal(good.Status, "ACTIVE");
        assert.ok(good.CreatedAt instanceof Date);
        services.files.set("lists/e.txt", "http://bad.example/\n");
        await client.send(new UpdateThreatEntitySetCommand({ ...set, Activate: true }));
        const bad = await look();
        assert.equal(bad.Status, "ERROR");
        assert.match(String(bad.ErrorDetails), /line 1/);
    });

    it("refuses what its model does not allow, and names an operation that it does not have", async () => {
        await assert.rejects(intel(5 as never), { name: "BadRequestException", message: /Location/ });
        await assert.rejects(
            client.send(new CreateFilterCommand({ DetectorId, Name: "f", FindingCriteria: {} })),
            { name: "UnknownOperationException", message: /CreateFilter/ },
        );
    });

    it("keeps sets and their tags over a restart", async () => {
        const id = await intel("s3://lists/a.txt");
        const ResourceArn = `arn:aws:guardduty:${REGION}:${ACCOUNT}:detector/${DetectorId}/threatintelset/${id}`;
        await client.send(new TagResourceCommand({ ResourceArn, Tags: { team: "red", env: "x" } }));
        await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ["env"] }));
        await services.restart();
        client = new GuardDutyClient(services.client());
        assert.equal(await intelStatus(id), "ACTIVE");
        const { Tags } = await client.send(new ListTagsForResourceCommand({ ResourceArn }));
        assert.deepEqual(Tags, { team: "red" });
    });
});

describe("a list that GuardDuty is activating", () => {
    it("says so, and is not changed meanwhile", async () => {
        const services = await TestServices.start({ settle: 600_000 });
        try {
            const client = new GuardDutyClient(services.client());
            const { DetectorId } = await client.send(new CreateDetectorCommand({ Enable: true }));
            const list = { Name: "n", Format: "TXT" as const, Location: "s3://lists/a.txt", Activate: true };
            const made = await client.send(new CreateThreatIntelSetCommand({ DetectorId, ...list }));
            const set = { DetectorId, ThreatIntelSetId: made.ThreatIntelSetId };
            assert.equal((await client.send(new GetThreatIntelSetCommand(set))).Status, "ACTIVATING");
            await assert.rejects(
                client.send(new UpdateThreatIntelSetCommand({ ...set, Activate: false })),
                /ACTIVATING/,
            );
        } finally {
            await services.stop();
        }
    });
});

describe("calls to the local cloud", () => {
    it("are throttled when there are too many at once", async () => {
        const services = await TestServices.start({ callsPerSecond: 1 });
        try {
            const client = new GuardDutyClient(services.client());
            const calls = Array.from({ length: 10 }, () => client.send(new ListDetectorsCommand({})));
            const results = await Promise.allSettled(calls);
            const refused = results.filter(({ status }) => status === "rejected") as PromiseRejectedResult[];
            assert.ok(refused.length > 0 && refused.length < 10);
            assert.ok(refused.every(({ reason }) => (reason as Error).name === "ThrottlingException"));
        } finally {
            await services.stop();
        }
    });
});
