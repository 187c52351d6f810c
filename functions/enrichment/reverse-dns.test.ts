import assert from "node:assert/strict";
import { createSocket, Socket } from "node:dgram";
import { AddressInfo } from "node:net";
import fc from "fast-check";
import { ReverseDns, ReverseDnsOptions } from "./reverse-dns";

const NXDOMAIN = 3;
const SERVFAIL = 2;

/** What the server answers to a name: PTR records, an error, or nothing at all when it is not there. */
type Zone = Record<string, readonly string[] | number>;

/** A name server, as little of one as PTR records need. */
class NameServer {
    private readonly socket: Socket = createSocket("udp4");
    readonly questions: string[] = [];

    constructor(readonly zone: Zone) {
        this.socket.on("message", (query, { address, port }) => {
            const { name, end } = readName(query, 12);
            this.questions.push(name);
            const answer = this.zone[name];
            if (answer !== undefined && query.readUInt16BE(end) === 12) {
                this.socket.send(reply(query, end + 4, answer), port, address);
            }
        });
    }

    async start(): Promise<string> {
        await new Promise<void>((resolve) => this.socket.bind(0, "127.0.0.1", resolve));
        return `127.0.0.1:${(this.socket.address() as AddressInfo).port}`;
    }

    close(): void {
        this.socket.close();
    }
}

function readName(message: Buffer, at: number): { name: string; end: number } {
    const labels = [];
    while (message[at] > 0) {
        labels.push(message.toString("latin1", at + 1, at + 1 + message[at]));
        at += 1 + message[at];
    }
    return { name: labels.join("."), end: at + 1 };
}

function writeName(name: string): Buffer {
    const labels = name
        .split(".")
        .map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)]));
    return Buffer.concat([...labels, Buffer.of(0)]);
}

function reply(query: Buffer, questionEnd: number, answer: readonly string[] | number): Buffer {
    const names = typeof answer === "number" ? [] : answer;
    const header = Buffer.from(query.subarray(0, 12));
    header.writeUInt16BE(0x8180 | (typeof answer === "number" ? answer : 0), 2);
    header.fill(0, 6);
    header.writeUInt16BE(names.length, 6);
    const records = names.map((name) => {
        const data = writeName(name);
        const head = Buffer.from([0xc0, 12, 0, 12, 0, 1, 0, 0, 1, 0, data.length >> 8, data.length & 255]);
        return Buffer.concat([head, data]);
    });
    return Buffer.concat([header, query.subarray(12, questionEnd), ...records]);
}

const error = (code: string) => Object.assign(new Error(code), { code });
const inMillisecond = (result: () => readonly string[]) =>
    new Promise<readonly string[]>((resolve, reject) =>
        setTimeout(() => {
            try {
                resolve(result());
            } catch (failure) {
                reject(failure as Error);
            }
        }, 1),
    );

describe("ReverseDns with a name server", () => {
    const V6 = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.7.4.6.0.6.2.ip6.arpa";
    const server = new NameServer({
        "8.8.4.4.in-addr.arpa": ["Dns.Example."],
        "9.8.4.4.in-addr.arpa": ["a.example", "not a name", "10.0.0.1", "b.example"],
        "10.8.4.4.in-addr.arpa": NXDOMAIN,
        "11.8.4.4.in-addr.arpa": SERVFAIL,
        "1.0.0.10.in-addr.arpa": ["inside.example"],
        [V6]: ["six.example"],
    });
    let address: string;

    before(async () => {
        address = await server.start();
    });
    after(() => server.close());
    beforeEach(() => {
        server.questions.length = 0;
    });

    it("finds the names of IPv4 and IPv6 addresses", async () => {
        const dns = new ReverseDns({ servers: [address], budget: 30_000 });
        const found = await dns.resolve(["4.4.8.8", "4.4.8.9", "2606:4700::1", "10.0.0.1"]);
        assert.deepEqual(
            [...found],
            [
                ["4.4.8.8", { members: `"domain":"dns.example",`, names: ["dns.example"] }],
                ["4.4.8.9", { members: `"domain":"a.example",`, names: ["a.example", "b.example"] }],
                ["2606:4700::1", { members: `"domain":"six.example",`, names: ["six.example"] }],
            ],
        );
        assert.deepEqual(
            server.questions.sort(),
            [V6, "8.8.4.4.in-addr.arpa", "9.8.4.4.in-addr.arpa"].sort(),
        );
    });

    it("asks for private addresses when told to", async () => {
        const dns = new ReverseDns({ servers: [address], budget: 30_000, reserved: true });
        assert.deepEqual((await dns.resolve(["10.0.0.1"])).get("10.0.0.1")?.names, ["inside.example"]);
    });

    it("remembers that there is no name for longer than that the server failed", async () => {
        let now = 0;
        const dns = new ReverseDns({ servers: [address], budget: 30_000, now: () => now });
        const ask = async () => {
            server.questions.length = 0;
            assert.equal((await dns.resolve(["4.4.8.10", "4.4.8.11"])).size, 0);
            return new Set(server.questions);
        };
        assert.equal((await ask()).size, 2);
        assert.equal((await ask()).size, 0);
        now += 2 * 60_000;
        assert.deepEqual(await ask(), new Set(["11.8.4.4.in-addr.arpa"]));
        now += 2 * 3600_000;
        assert.equal((await ask()).size, 2);
    });

    it("does not wait for a silent server, and has its late answer next time", async () => {
        const dns = new ReverseDns({ servers: [address], budget: 500, timeout: 1000 });
        assert.deepEqual([...(await dns.resolve(["4.4.8.12", "4.4.8.8"])).keys()], ["4.4.8.8"]);
        server.zone["12.8.4.4.in-addr.arpa"] = ["late.example"];
        const deadline = Date.now() + 10_000;
        let found: readonly string[] | undefined;
        while (found === undefined && Date.now() < deadline) {
            found = (await dns.resolve(["4.4.8.12"])).get("4.4.8.12")?.names;
        }
        assert.deepEqual(found, ["late.example"]);
        const asked = server.questions.filter((name) => name.startsWith("12."));
        assert.ok(asked.length <= 2, "the question under way is not asked again by the next batch");
    });

    it("refuses a server that is no address", () => {
        assert.throws(() => new ReverseDns({ servers: ["dns.example"] }), TypeError);
    });
});

describe("ReverseDns", () => {
    const { warn } = console;
    const warnings: string[] = [];

    before(() => {
        console.warn = (line: string) => warnings.push(line);
    });
    after(() => {
        console.warn = warn;
    });

    const addresses = (count: number) =>
        Array.from({ length: count }, (_item, i) => `4.4.${Math.floor(i / 250)}.${i % 250}`);

    /** A look-up that counts how many of it are under way. */
    function counted(result: () => readonly string[], options: ReverseDnsOptions = {}) {
        const count = { most: 0, now: 0, total: 0 };
        const reverse = async () => {
            count.total++;
            count.most = Math.max(count.most, ++count.now);
            try {
                return await inMillisecond(result);
            } finally {
                count.now--;
            }
        };
        return { count, dns: new ReverseDns({ budget: 30_000, ...options, reverse }) };
    }

    it("asks about each address once, few at a time, also when batches overlap", async () => {
        const { count, dns } = counted(() => ["a.example"], { concurrency: 7 });
        const found = await Promise.all([dns.resolve(addresses(100)), dns.resolve(addresses(120))]);
        assert.deepEqual(
            found.map(({ size }) => size),
            [100, 120],
        );
        assert.equal(count.most, 7);
        assert.equal(count.total, 120);
    });

    it("begins no look-up when the budget is used up", async () => {
        const { count, dns } = counted(() => ["a.example"], { concurrency: 1, budget: 20 });
        await dns.resolve(addresses(1000));
        const total = count.total;
        await new Promise((resolve) => setTimeout(resolve, 30));
        assert.ok(total < 100 && count.total === total);
    });

    it("stops asking for a while when nobody answers, with one line in the log", async () => {
        let now = 0;
        const refuse = () => {
            throw error("ECONNREFUSED");
        };
        const { count, dns } = counted(refuse, { now: () => now });
        await dns.resolve(addresses(1000));
        assert.ok(count.total >= 100 && count.total < 150, String(count.total));
        const { total } = count;
        await dns.resolve(addresses(1000));
        assert.equal(count.total, total);
        assert.deepEqual(
            warnings.splice(0).map((line) => JSON.parse(line) as unknown),
            [{ event: "reverse-dns-paused", seconds: 30, reason: "ECONNREFUSED" }],
        );
        now += 31_000;
        await dns.resolve(addresses(1000));
        assert.ok(count.total > total);
    });

    it("goes on when single zones do not answer", async () => {
        let turn = 0;
        const { count, dns } = counted(() => {
            if (++turn % 10 !== 0) {
                throw error("ETIMEOUT");
            }
            throw error("ENOTFOUND");
        });
        await dns.resolve(addresses(500));
        assert.equal(count.total, 500);
    });

    it("takes few names of an address, host names only, whatever the zone says", async () => {
        const odd = fc.oneof(
            fc.domain(),
            fc.string({ unit: "binary" }),
            fc.constantFrom("a.example.", 'x".example', "EXAMPLE.COM", "a..b", "localhost", "x\0.example"),
        );
        await fc.assert(
            fc.asyncProperty(fc.array(odd, { maxLength: 10 }), async (names) => {
                const dns = new ReverseDns({ reverse: async () => names });
                const facts = (await dns.resolve(["4.4.4.4"])).get("4.4.4.4");
                if (facts !== undefined) {
                    assert.ok(facts.names.length > 0 && facts.names.length <= 4);
                    facts.names.forEach((name) => assert.match(name, /^[a-z0-9_-]+(\.[a-z0-9_-]+)+$/));
                    assert.equal(facts.members, `"domain":"${facts.names[0]}",`);
                }
            }),
        );
    });
});
