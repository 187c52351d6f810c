import {
    AssociateFirewallRuleGroupCommand,
    CreateFirewallDomainListCommand,
    CreateFirewallRuleCommand,
    CreateFirewallRuleGroupCommand,
    DeleteFirewallDomainListCommand,
    DeleteFirewallRuleCommand,
    DeleteFirewallRuleGroupCommand,
    DisassociateFirewallRuleGroupCommand,
    FirewallDomainUpdateOperation,
    GetFirewallDomainListCommand,
    GetFirewallRuleGroupAssociationCommand,
    ImportFirewallDomainsCommand,
    ListFirewallDomainListsCommand,
    ListFirewallDomainsCommand,
    ListFirewallRuleGroupAssociationsCommand,
    ListFirewallRuleGroupsCommand,
    ListFirewallRulesCommand,
    ListResolverEndpointsCommand,
    Route53ResolverClient,
    UpdateFirewallDomainsCommand,
    UpdateFirewallRuleCommand,
} from "@aws-sdk/client-route53resolver";
import assert from "node:assert/strict";
import { TestServices } from "./testing";

describe("DNS Firewall of the local cloud", () => {
    let services: TestServices;
    let client: Route53ResolverClient;

    beforeEach(async () => {
        services = await TestServices.start();
        client = new Route53ResolverClient(services.client());
    });
    afterEach(() => services.stop());

    const newList = async (Name = "list"): Promise<string> =>
        (await client.send(new CreateFirewallDomainListCommand({ Name, CreatorRequestId: Name })))
            .FirewallDomainList?.Id ?? "";
    const look = async (FirewallDomainListId: string) => {
        const get = new GetFirewallDomainListCommand({ FirewallDomainListId });
        return (await client.send(get)).FirewallDomainList ?? {};
    };
    const update = (
        FirewallDomainListId: string,
        Operation: FirewallDomainUpdateOperation,
        Domains: string[],
    ) => client.send(new UpdateFirewallDomainsCommand({ FirewallDomainListId, Operation, Domains }));
    const load = async (FirewallDomainListId: string, text: string) => {
        services.files.set("lists/d.txt", text);
        const request = { FirewallDomainListId, DomainFileUrl: "s3://lists/d.txt" };
        await client.send(new ImportFirewallDomainsCommand({ ...request, Operation: "REPLACE" }));
        return look(FirewallDomainListId);
    };
    const domains = async (FirewallDomainListId: string): Promise<string[]> => {
        const all: string[] = [];
        let NextToken: string | undefined;
        do {
            const request = { FirewallDomainListId, MaxResults: 2, NextToken };
            const page = await client.send(new ListFirewallDomainsCommand(request));
            all.push(...(page.Domains ?? []));
            ({ NextToken } = page);
        } while (NextToken);
        return all.sort();
    };

    it("adds, removes and replaces domains", async () => {
        const id = await newList();
        await update(id, "ADD", ["a.example", "*.a.example", "B.example."]);
        assert.equal((await look(id)).DomainCount, 3);
        assert.deepEqual(await domains(id), ["*.a.example.", "a.example.", "b.example."]);
        await update(id, "REMOVE", ["b.example"]);
        assert.deepEqual(await domains(id), ["*.a.example.", "a.example."]);
        await update(id, "REPLACE", ["c.example"]);
        assert.deepEqual(await domains(id), ["c.example."]);
    });

    it("takes 1,000 domains a request, and no odd ones", async () => {
        const id = await newList();
        const many = Array.from({ length: 1001 }, (_, index) => `d${index}.example`);
        for (const wrong of [many, [], ["a_b.example"], ["a.*.example"], ["-a.example"], ["a..example"]]) {
            await assert.rejects(update(id, "ADD", wrong), { name: "ValidationException" });
        }
        await update(id, "ADD", many.slice(1));
        assert.equal((await look(id)).DomainCount, 1000);
    });

    it("imports a file, and keeps what it has when it cannot", async () => {
        const id = await newList();
        const done = await load(id, "a.example\r\n*.a.example\na.example\n");
        assert.deepEqual([done.Status, done.DomainCount], ["COMPLETE", 2]);
        for (const [text, reason] of [
            ["b.example\nhttp://x\n", /line 2/],
            ["", /0 lines/],
            ["b.example\n".repeat(250_001), /250001 lines/],
        ] as const) {
            const failed = await load(id, text);
            assert.equal(failed.Status, "COMPLETE_IMPORT_FAILED");
            assert.match(String(failed.StatusMessage), reason);
        }
        assert.deepEqual(await domains(id), ["*.a.example.", "a.example."]);
        await update(id, "ADD", ["b.example"]);
        assert.equal((await look(id)).Status, "COMPLETE");
    });

    it("holds 100,000 domains over all lists", async () => {
        const [one, two] = [await newList("one"), await newList("two")];
        const text = Array.from({ length: 100_000 }, (_, index) => `d${index}.example\n`);
        assert.equal((await load(one, text.join(""))).DomainCount, 100_000);
        await assert.rejects(update(two, "ADD", ["x.example"]), { name: "LimitExceededException" });
        assert.equal((await load(two, "x.example\n")).Status, "COMPLETE_IMPORT_FAILED");
        assert.equal((await load(one, text.slice(1).join(""))).DomainCount, 99_999);
        await update(two, "ADD", ["x.example"]);
    });

    it("has rules of lists, in groups, of VPCs", async () => {
        const FirewallDomainListId = await newList();
        const made = await client.send(
            new CreateFirewallRuleGroupCommand({ Name: "group", CreatorRequestId: "g" }),
        );
        const FirewallRuleGroupId = made.FirewallRuleGroup?.Id ?? "";
        const rule = { FirewallRuleGroupId, FirewallDomainListId, Name: "known-bad", Priority: 100 };
        const create = (more: object) =>
            client.send(new CreateFirewallRuleCommand({ ...rule, ...more } as never));
        await assert.rejects(create({ Action: "BLOCK" }), { name: "ValidationException" });
        await assert.rejects(create({ Action: "BLOCK", BlockResponse: "OVERRIDE" }), /BlockOverride/);
        await assert.rejects(create({ Action: "DROP" }), /Action/);
        await create({ Action: "BLOCK", BlockResponse: "NODATA" });
        await assert.rejects(create({ Action: "ALERT" }), { name: "ConflictException" });
        await client.send(
            new UpdateFirewallRuleCommand({ FirewallRuleGroupId, FirewallDomainListId, Priority: 7 }),
        );
        const listed = await client.send(new ListFirewallRulesCommand({ FirewallRuleGroupId }));
        assert.deepEqual(
            listed.FirewallRules?.map((each) => [each.Priority, each.BlockResponse]),
            [[7, "NODATA"]],
        );
        const associate = (VpcId: string, Priority: number) =>
            client.send(
                new AssociateFirewallRuleGroupCommand({
                    FirewallRuleGroupId,
                    VpcId,
                    Priority,
                    Name: "a",
                    CreatorRequestId: VpcId,
                }),
            );
        await assert.rejects(associate("vpc-1", 100), { name: "ValidationException" });
        const { FirewallRuleGroupAssociation: association } = await associate("vpc-1", 101);
        await assert.rejects(associate("vpc-1", 102), { name: "ConflictException" });
        const FirewallRuleGroupAssociationId = association?.Id ?? "";
        const found = await client.send(
            new GetFirewallRuleGroupAssociationCommand({ FirewallRuleGroupAssociationId }),
        );
        assert.equal(found.FirewallRuleGroupAssociation?.VpcId, "vpc-1");
        const all = await client.send(new ListFirewallRuleGroupAssociationsCommand({ VpcId: "vpc-1" }));
        assert.equal(all.FirewallRuleGroupAssociations?.length, 1);

        const dropList = new DeleteFirewallDomainListCommand({ FirewallDomainListId });
        const dropGroup = new DeleteFirewallRuleGroupCommand({ FirewallRuleGroupId });
        await assert.rejects(client.send(dropList), { name: "ConflictException" });
        await assert.rejects(client.send(dropGroup), { name: "ConflictException" });
        await client.send(new DisassociateFirewallRuleGroupCommand({ FirewallRuleGroupAssociationId }));
        await client.send(new DeleteFirewallRuleCommand({ FirewallRuleGroupId, FirewallDomainListId }));
        await client.send(dropGroup);
        await client.send(dropList);
        assert.deepEqual((await client.send(new ListFirewallRuleGroupsCommand({}))).FirewallRuleGroups, []);
        assert.deepEqual((await client.send(new ListFirewallDomainListsCommand({}))).FirewallDomainLists, []);
        await assert.rejects(client.send(dropList), { name: "ResourceNotFoundException" });
    });

    it("names an operation that it does not have", async () => {
        await assert.rejects(client.send(new ListResolverEndpointsCommand({})), {
            name: "UnknownOperationException",
            message: /ListResolverEndpoints/,
        });
    });
});

describe("a domain list that DNS Firewall is importing", () => {
    it("says so, and is not changed meanwhile", async () => {
        const services = await TestServices.start({ settle: 600_000 });
        try {
            services.files.set("lists/d.txt", "a.example\n");
            const client = new Route53ResolverClient(services.client());
            const { FirewallDomainList: list } = await client.send(
                new CreateFirewallDomainListCommand({ Name: "list" }),
            );
            const request = { FirewallDomainListId: list?.Id, DomainFileUrl: "s3://lists/d.txt" };
            const load = () =>
                client.send(new ImportFirewallDomainsCommand({ ...request, Operation: "REPLACE" }));
            assert.equal((await load()).Status, "IMPORTING");
            await assert.rejects(load(), { name: "ConflictException" });
        } finally {
            await services.stop();
        }
    });
});
