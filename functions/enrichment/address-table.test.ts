import assert from "node:assert/strict";
import * as fc from "fast-check";
import * as ipaddr from "ipaddr.js";
import { formatIPv4, formatIPv6, mappedIPv4, parseIPv4, parseIPv6, Words } from "../indicators/address";
import { IndicatorLookup, IndicatorMatch } from "../indicators/indicator";
import { AddressTable, NO_ADDRESS } from "./address-table";
import { AddressEnricher } from "./enricher";

/** Knows every address: what it says is computed from the address alone. */
const enricher = {
    name: "all",
    told: 0,
    ipv4(address: number) {
        this.told++;
        return `"v4":${address},`;
    },
    ipv6(words: Words) {
        this.told++;
        return `"v6":"${words.join()}",`;
    },
} satisfies AddressEnricher & { told: number };

/** Matches every second address. */
const lookup: IndicatorLookup = {
    ip: (address) =>
        address.length % 2 === 0 ? ({ value: address } as unknown as IndicatorMatch) : undefined,
    domain: () => undefined,
    url: () => undefined,
    hasUrls: () => false,
};

function find(table: AddressTable, text: string): number {
    const bytes = Buffer.from(`7${text}7`);
    return table.find(bytes, 1, bytes.length - 1);
}

/** What the table must say, made anew. */
function fresh(text: string): Record<string, unknown> | undefined {
    const v4 = parseIPv4(text);
    const v6 = v4 < 0 ? parseIPv6(text) : undefined;
    if (v4 < 0 && !v6) {
        return undefined;
    }
    const normal = v6 ? formatIPv6(v6) : formatIPv4(v4);
    const inner = v6 ? mappedIPv4(v6) : v4;
    // Of the normal form: the library takes `::a.b.c.d` for an IPv4-mapped address.
    const range = ipaddr.process(normal).range();
    return {
        text: normal,
        isIPv6: v6 !== undefined,
        isPrivate: ["private", "carrierGradeNat", "linkLocal", "loopback", "uniqueLocal"].includes(range),
        match: lookup.ip(normal)?.value,
        members: {
            address: normal,
            ip: normal,
            ...(inner >= 0 ? { v4: inner } : { v6: (v6 as Words).join() }),
        },
    };
}

function told(table: AddressTable, text: string): Record<string, unknown> | undefined {
    const slot = find(table, text);
    if (slot === NO_ADDRESS) {
        return undefined;
    }
    const members = table.members(slot).toString();
    assert.equal(members.slice(10, 10 + table.textLength(slot)), JSON.stringify(table.text(slot)));
    return {
        text: table.text(slot),
        isIPv6: table.isIPv6(slot),
        isPrivate: table.isPrivate(slot),
        match: table.match(slot)?.value,
        members: JSON.parse(`{${members.slice(0, -1)}}`) as unknown,
    };
}

/** Three addresses for each of some pairs of slots, so that they drive each other out. */
const CROWDED = (() => {
    const table = new AddressTable(undefined, []);
    const bySlot = new Map<number, string[]>();
    for (let i = 0; i < 200_000; i++) {
        const text = formatIPv4(Math.imul(i, 0x01000193) >>> 0);
        const pair = find(table, text) & ~1;
        bySlot.set(pair, [...(bySlot.get(pair) ?? []), text]);
    }
    return [...bySlot.values()]
        .filter((texts) => texts.length >= 3)
        .slice(0, 3)
        .flatMap((texts) => texts.slice(0, 4));
})();

describe("AddressTable", () => {
    it("answers as if it had remembered nothing", () => {
        const hex = fc.constantFrom("0", "1", "ffff", "2001", "fe80", "fd00");
        const address = fc.oneof(
            { arbitrary: fc.constantFrom(...CROWDED), weight: 3 },
            fc.ipV4(),
            fc.ipV6(),
            fc.array(hex, { minLength: 8, maxLength: 8 }).map((groups) => groups.join(":")),
            fc.ipV4().map((text) => `::ffff:${text}`),
            fc.ipV4().map((text) => `::${text}`),
            fc.constantFrom("::", "::1", "0.0.0.0", "255.255.255.255", "127.0.0.1", "::ffff:0:0"),
        );
        fc.assert(
            fc.property(fc.array(address, { minLength: 1, maxLength: 100 }), (texts) => {
                const table = TABLE;
                for (const text of texts) {
                    assert.deepEqual(told(table, text), fresh(text), text);
                }
            }),
            { numRuns: 1000 },
        );
    });

    it("agrees with the parsers on what is an address", () => {
        const near = fc.oneof(
            fc
                .array(fc.constantFrom(..."0123456789.:abfF "), { maxLength: 48 })
                .map((parts) => parts.join("")),
            fc
                .tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(40), fc.constantFrom(..."0129.:g-% \u00b9ä"))
                .map(([text, at, change]) => text.slice(0, at) + change + text.slice(at + 1)),
            fc.string(),
        );
        fc.assert(
            fc.property(near, (text) => {
                const expected =
                    parseIPv4(text) >= 0 || (text.includes(":") && parseIPv6(text) !== undefined);
                // Bytes that are not ASCII are no digits either.
                assert.equal(find(TABLE, text) !== NO_ADDRESS, expected, text);
            }),
            { numRuns: 5000 },
        );
    });

    for (const text of [
        ...[
            "",
            "-",
            "1.2.3",
            "1.2.3.4.5",
            "1.2.3.256",
            "01.2.3.4",
            "1.2.3.4 ",
            "1.2.3.4:80",
            "1..2.3",
            "example",
        ],
        ...[
            "fe80::1%eth0",
            "[::1]",
            ":::",
            "1:2",
            "::12345",
            "1:2:3:4:5:6:7:8:9",
            "::1.2.3.256",
            "x".repeat(500),
        ],
    ]) {
        it(`takes "${text.slice(0, 20)}" for no address`, () => assert.equal(find(TABLE, text), NO_ADDRESS));
    }

    it("remembers what it has told, and asks again for what was driven out", () => {
        const table = new AddressTable(undefined, [enricher]);
        const [a, b, c] = CROWDED;
        enricher.told = 0;
        for (const text of [a, b, a, b, a]) {
            find(table, text);
        }
        assert.equal(enricher.told, 2);
        find(table, c);
        find(table, c);
        assert.equal(enricher.told, 3);
        assert.deepEqual(
            [a, b, c].map((text) => table.text(find(table, text))),
            [a, b, c],
        );
    });

    it("stands more addresses than it has slots", () => {
        const table = new AddressTable(undefined, []);
        for (let round = 0; round < 2; round++) {
            for (let i = 0; i < 150_000; i++) {
                const text = formatIPv4((i * 28_657) >>> 0);
                const slot = find(table, text);
                if (table.text(slot) !== text || slot < 0 || slot > 65535) {
                    assert.fail(`${text} is told as ${table.text(slot)}`);
                }
            }
        }
    });

    it("tells addresses that are used inside of networks from others, at all bounds", () => {
        const table = new AddressTable(undefined, []);
        const bounds = [
            ...[
                "10.0.0.0/8",
                "172.16.0.0/12",
                "192.168.0.0/16",
                "100.64.0.0/10",
                "169.254.0.0/16",
                "127.0.0.0/8",
            ],
            ...["fc00::/7", "fe80::/10", "::1/128"],
        ].flatMap((cidr) => {
            const [network, bits] = ipaddr.parseCIDR(cidr);
            const bytes = network.toByteArray();
            const first = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
            const last = first + (1n << BigInt(bytes.length * 8 - bits)) - 1n;
            return [first - 1n, first, last, last + 1n].map((number) => {
                const hex = number.toString(16).padStart(bytes.length * 2, "0");
                return ipaddr.fromByteArray([...Buffer.from(hex, "hex")]).toString();
            });
        });
        for (const text of [
            ...bounds,
            ...bounds.filter((bound) => !bound.includes(":")).map((v4) => `::ffff:${v4}`),
        ]) {
            assert.equal(table.isPrivate(find(table, text)), fresh(text)?.isPrivate, text);
        }
    });

    it("matches nothing without indicators", () => {
        const table = new AddressTable(undefined, []);
        assert.equal(table.match(find(table, "10.0.0.11")), undefined);
    });
});

const TABLE = new AddressTable(lookup, [enricher]);
