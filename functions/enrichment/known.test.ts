import assert from "node:assert/strict";
import fc from "fast-check";
import { AddressFacts } from "./enricher";
import { KnownAddresses, membersOf } from "./known";

const facts = (text: string): AddressFacts => ({ members: `"domain":"${text}",`, names: [text] });

/** A service that knows every address and says what it was asked for. */
function service(known: KnownAddresses, hold = 1000) {
    const asked: string[] = [];
    const resolve = (...addresses: string[]) =>
        known.resolve(addresses, async (missing) => {
            asked.push(...missing);
            missing.forEach((address) => known.set(address, facts(address), hold));
        });
    return { asked, resolve };
}

describe("KnownAddresses", () => {
    it("asks once, and again when the answer's time is over", async () => {
        let now = 0;
        const { asked, resolve } = service(new KnownAddresses({ now: () => now }));
        assert.deepEqual([...(await resolve("1.1.1.1"))], [["1.1.1.1", facts("1.1.1.1")]]);
        now = 999;
        assert.equal((await resolve("1.1.1.1")).size, 1);
        assert.equal(asked.length, 1);
        now = 1000;
        assert.equal((await resolve("1.1.1.1")).size, 1);
        assert.equal(asked.length, 2);
    });

    it("remembers that nothing is known, and leaves it out of the answer", async () => {
        const known = new KnownAddresses({});
        let asked = 0;
        const resolve = () =>
            known.resolve(["1.1.1.1"], async () => {
                asked++;
                known.set("1.1.1.1", undefined, 1000);
            });
        assert.equal((await resolve()).size, 0);
        assert.equal((await resolve()).size, 0);
        assert.equal(asked, 1);
    });

    it("forgets the address that no batch had for longest when it is full", async () => {
        const { asked, resolve } = service(new KnownAddresses({ capacity: 2 }));
        await resolve("1.1.1.1", "1.1.1.2");
        await resolve("1.1.1.1");
        await resolve("1.1.1.3");
        asked.length = 0;
        await resolve("1.1.1.1");
        assert.deepEqual(asked, []);
        await resolve("1.1.1.2");
        assert.deepEqual(asked, ["1.1.1.2"]);
    });

    it("never holds more addresses than its capacity", async () => {
        const octets = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 60 });
        await fc.assert(
            fc.asyncProperty(octets, fc.integer({ min: 1, max: 8 }), async (list, capacity) => {
                const known = new KnownAddresses({ capacity });
                const { resolve } = service(known);
                for (const octet of list) {
                    assert.equal((await resolve(`1.1.1.${octet}`)).size, 1);
                }
                const all = Array.from({ length: 21 }, (_item, octet) => `1.1.1.${octet}`);
                const held = all.filter((address) => known.has(address)).length;
                assert.equal(held, Math.min(capacity, new Set(list).size));
            }),
        );
    });

    it("asks about private and reserved addresses by option only", async () => {
        const reserved = ["10.0.0.1", "169.254.169.254", "192.0.2.1", "0.0.0.0", "::1", "fe80::1", "fd00::1"];
        const careful = service(new KnownAddresses({}));
        assert.equal((await careful.resolve(...reserved, "8.8.8.8", "2606:4700::1111")).size, 2);
        assert.deepEqual(careful.asked, ["8.8.8.8", "2606:4700::1111"]);
        const open = service(new KnownAddresses({ reserved: true }));
        assert.equal((await open.resolve(...reserved)).size, reserved.length);
    });

    it("waits no longer than the budget, says so, and has the late answer for the next batch", async () => {
        const known = new KnownAddresses({ budget: 20 });
        let answer = () => {};
        let signal: AbortSignal | undefined;
        const first = await known.resolve(["1.1.1.1", "1.1.1.2"], (_missing, over) => {
            signal = over;
            known.set("1.1.1.1", facts("early"), 1000);
            return new Promise((resolve) => {
                answer = () => {
                    known.set("1.1.1.2", facts("late"), 1000);
                    resolve();
                };
            });
        });
        assert.deepEqual([...first.keys()], ["1.1.1.1"]);
        assert.equal(signal?.aborted, true);
        answer();
        const { asked, resolve } = service(known);
        assert.deepEqual((await resolve("1.1.1.2")).get("1.1.1.2"), facts("late"));
        assert.deepEqual(asked, []);
        assert.equal(first.size, 1);
    });
});

describe("membersOf", () => {
    it("writes members that can stand in an object, and nothing for nothing", () => {
        assert.equal(membersOf({ vpc: { id: "vpc-1" }, subnet: undefined }), `"vpc":{"id":"vpc-1"},`);
        assert.equal(membersOf({ vpc: undefined }), "");
    });

    it("makes bounded, valid JSON of any text", () => {
        fc.assert(
            fc.property(fc.string({ unit: "binary", maxLength: 600 }), fc.boolean(), (text, cut) => {
                const name = cut ? `${"x".repeat(255)}😀${text}` : text;
                const members = membersOf({ a: { name } });
                const parsed = JSON.parse(`{${members}"end":1}`) as { a: { name: string }; end: number };
                assert.equal(parsed.end, 1);
                assert.ok(parsed.a.name.length <= 256);
                assert.equal(Buffer.from(parsed.a.name).toString(), parsed.a.name);
                if (name.length < 256) {
                    assert.equal(parsed.a.name, name);
                }
            }),
        );
        assert.equal(membersOf({ a: "\ud800x" }), `"a":"\ufffdx",`);
    });
});
