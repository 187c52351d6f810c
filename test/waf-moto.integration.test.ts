import {
    CreateIPSetCommand,
    GetIPSetCommand,
    IPAddressVersion,
    UpdateIPSetCommand,
    WAFV2Client,
} from "@aws-sdk/client-wafv2";
import assert from "node:assert/strict";
import { IpSetRef } from "../functions/enforcement/settings";
import { blockable, changes, indicator } from "../functions/enforcement/testing";
import { wafPlace } from "../functions/enforcement/waf";
import { Moto, startMoto } from "./servers/moto";

const Scope = "REGIONAL";

/** Another writer's sets between our look and our write, in a WAF that checks lock tokens. */
describe("WAF IP sets that somebody else writes, too (moto)", function () {
    this.timeout(180_000);
    let moto: Moto;
    let others: WAFV2Client;
    let created = 0;
    before(async () => {
        moto = await startMoto();
        others = client();
    });
    after(() => moto?.stop());

    function client(): WAFV2Client {
        const credentials = { accessKeyId: "test", secretAccessKey: "test" };
        return new WAFV2Client({ endpoint: moto.endpoint, region: "us-east-1", credentials });
    }

    async function createSet(IPAddressVersion: IPAddressVersion = "IPV4"): Promise<IpSetRef> {
        const Name = `set-${++created}`;
        const { Summary } = await others.send(
            new CreateIPSetCommand({ Name, Scope, IPAddressVersion, Addresses: [], Description: "ours" }),
        );
        return { id: String(Summary?.Id), name: Name };
    }

    async function read({ id, name }: IpSetRef): Promise<{ addresses: string[]; lockToken?: string }> {
        const { IPSet, LockToken } = await others.send(new GetIPSetCommand({ Id: id, Name: name, Scope }));
        assert.equal(IPSet?.Description, "ours");
        return { addresses: [...(IPSet?.Addresses ?? [])].sort(), lockToken: LockToken };
    }

    async function overwrite(set: IpSetRef, Addresses: string[]): Promise<void> {
        const { lockToken: LockToken } = await read(set);
        const { id: Id, name: Name } = set;
        await others.send(
            new UpdateIPSetCommand({ Id, Name, Scope, Addresses, LockToken, Description: "ours" }),
        );
    }

    /** Enforces while another writer comes first before each of our first writes, so many times. */
    async function enforce(
        values: readonly string[],
        { ipv4Sets, ipv6Sets = [] }: { readonly ipv4Sets: IpSetRef[]; readonly ipv6Sets?: IpSetRef[] },
        { conflicts, maxPerSet }: { readonly conflicts: number; readonly maxPerSet?: number },
    ) {
        const ours = client();
        const errors: string[] = [];
        let writes = 0;
        // The signature of the real client depends on the command.
        const send = (async (command: { readonly input: { Name: string; Id: string } }): Promise<unknown> => {
            if (command instanceof UpdateIPSetCommand && ++writes <= conflicts) {
                const { Id: id, Name: name } = command.input;
                await overwrite({ id, name }, [`9.9.9.${writes}/32`]);
            }
            try {
                return await ours.send(command as never);
            } catch (error) {
                errors.push((error as Error).name);
                throw error;
            }
        }) as never;
        const pause = async (): Promise<void> => undefined;
        const place = wafPlace({ client: { send }, scope: Scope, ipv4Sets, ipv6Sets, maxPerSet, pause });
        const report = await place
            .enforce(blockable(values.map((value) => indicator(value))))
            .catch((error: unknown) => error as Error);
        return { report, errors, writes };
    }

    it("hold what they should after a conflict, and nothing of the other writer's", async () => {
        const set = await createSet();
        await overwrite(set, ["9.8.0.1/32", "9.8.0.2/32"]);
        const { report, errors } = await enforce(
            ["9.8.0.2", "9.8.0.3"],
            { ipv4Sets: [set] },
            { conflicts: 1 },
        );
        assert.deepEqual(errors, ["WAFOptimisticLockException"]);
        assert.ok(!(report instanceof Error), String(report));
        assert.deepEqual(changes(report), [1, 1, 1]);
        assert.deepEqual((await read(set)).addresses, ["9.8.0.2/32", "9.8.0.3/32"]);
    });

    it("hold what they should after three conflicts in a row, in several sets and both versions", async () => {
        const ipv4Sets = [await createSet(), await createSet()];
        const ipv6Sets = [await createSet("IPV6")];
        const values = ["9.8.0.1", "9.8.0.2", "9.8.1.0/24", "2a00::1"];
        const { errors } = await enforce(values, { ipv4Sets, ipv6Sets }, { conflicts: 3, maxPerSet: 2 });
        assert.deepEqual(errors, Array(3).fill("WAFOptimisticLockException"));
        const held = await Promise.all([...ipv4Sets, ...ipv6Sets].map(read));
        assert.deepEqual(
            held
                .slice(0, 2)
                .flatMap(({ addresses }) => addresses)
                .sort(),
            ["9.8.0.1/32", "9.8.0.2/32", "9.8.1.0/24"],
        );
        assert.match(held[2].addresses.join(), /^2a00:.*1\/128$/);
    });

    it("are not written when they are right already", async () => {
        const set = await createSet();
        const values = ["9.8.0.1", "9.8.0.2"];
        await enforce(values, { ipv4Sets: [set] }, { conflicts: 0 });
        const before = await read(set);
        const { writes } = await enforce(values, { ipv4Sets: [set] }, { conflicts: 0 });
        assert.equal(writes, 0);
        assert.deepEqual(await read(set), before);
    });

    it("fail aloud when the other writer never lets go, and a later run puts them right", async () => {
        const set = await createSet();
        const { report, errors } = await enforce(["9.8.0.1"], { ipv4Sets: [set] }, { conflicts: Infinity });
        assert.ok(report instanceof Error && report.name === "WAFOptimisticLockException", String(report));
        assert.ok(errors.length > 3, `${errors.length} tries`);
        await enforce(["9.8.0.1"], { ipv4Sets: [set] }, { conflicts: 0 });
        assert.deepEqual((await read(set)).addresses, ["9.8.0.1/32"]);
    });

    it("hold what they should after several runs at the same time", async () => {
        const set = await createSet();
        const sets = { ipv4Sets: [set] };
        const values = Array.from({ length: 500 }, (_, index) => `9.7.${index >> 8}.${index & 255}`);
        const runs = [1, 2, 3].map(() => enforce(values, sets, { conflicts: 0 }));
        for (const { report } of await Promise.all(runs)) {
            assert.ok(!(report instanceof Error), String(report));
        }
        assert.equal((await read(set)).addresses.length, 500);
    });
});
