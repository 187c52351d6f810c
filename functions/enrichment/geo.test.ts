import assert from "node:assert/strict";
import * as fc from "fast-check";
import { parseIPv4, parseIPv6, Words } from "../indicators/address";
import { GeoEnricher, openGeoDatabase } from "./geo";
import { MmdbError } from "./mmdb";
import { Float, mmdbFile, MmdbFileOptions } from "./mmdb-testing";

const enricherOf = (...files: Buffer[]) => new GeoEnricher(files.map(openGeoDatabase));

/** @returns the members of the address, parsed */
function told(enricher: GeoEnricher, address: string): unknown {
    const ipv4 = parseIPv4(address);
    const text = ipv4 >= 0 ? enricher.ipv4(ipv4) : enricher.ipv6(parseIPv6(address) as Words);
    assert.match(text, /^$|,$/);
    return JSON.parse(`{${text.slice(0, -1)}}`);
}

/** @returns what is told of an address whose record this is */
const toldOf = (record: unknown) => told(enricherOf(mmdbFile([["192.0.2.0/24", record]])), "192.0.2.1");

const nested = {
    continent: { code: "EU", names: { de: "Europa", en: "Europe" } },
    country: {
        iso_code: "GB",
        names: { de: "Vereinigtes Königreich", en: "United Kingdom" },
        geoname_id: 2635167,
    },
    registered_country: { iso_code: "FR", names: { en: "France" } },
    subdivisions: [
        { iso_code: "ENG", names: { en: "England" } },
        { iso_code: "WBK", names: { en: "West Berkshire" } },
    ],
    city: { names: { en: "Boxford" } },
    postal: { code: "RG20" },
    location: { accuracy_radius: 100, latitude: 51.75, longitude: -1.25, time_zone: "Europe/London" },
};
const flat = {
    city: "Zürich",
    country_code: "CH",
    latitude: new Float(47.3682),
    longitude: new Float(8.5671),
    postcode: "8000",
    state1: "Zurich",
    state2: "",
    timezone: "Europe/Zurich",
};
const asn = { autonomous_system_number: 15169, autonomous_system_organization: "Google LLC" };
const switzerland = { country_iso_code: "CH", country_name: "Switzerland" };

describe("GeoEnricher", () => {
    it("reads the layout of MaxMind and DB-IP", () => {
        assert.deepEqual(toldOf(nested), {
            geo: {
                continent_code: "EU",
                continent_name: "Europe",
                country_iso_code: "GB",
                country_name: "United Kingdom",
                region_iso_code: "GB-ENG",
                region_name: "England",
                city_name: "Boxford",
                postal_code: "RG20",
                timezone: "Europe/London",
                location: { lat: 51.75, lon: -1.25 },
            },
        });
    });

    it("reads the flat layout, without the noise of 32-bit floats", () => {
        assert.deepEqual(toldOf(flat), {
            geo: {
                ...switzerland,
                region_name: "Zurich",
                city_name: "Zürich",
                postal_code: "8000",
                timezone: "Europe/Zurich",
                location: { lat: 47.3682, lon: 8.5671 },
            },
        });
    });

    it("reads coordinates and numbers that are written as text", () => {
        assert.deepEqual(
            toldOf({
                ...asn,
                autonomous_system_number: "64496",
                country_code: "CH",
                latitude: "47.3",
                longitude: "-8",
            }),
            {
                geo: { ...switzerland, location: { lat: 47.3, lon: -8 } },
                as: { number: 64496, organization: { name: "Google LLC" } },
            },
        );
    });

    it("tells place and network from databases for each address family", () => {
        const file = (network: string, record: unknown, ipVersion: 4 | 6) =>
            mmdbFile([[network, record]], { ipVersion });
        const enricher = enricherOf(
            file("192.0.2.0/24", flat, 4),
            file("2001:db8::/32", { country_code: "FR" }, 6),
            file("192.0.2.0/25", asn, 4),
            file("2001:db8::/33", { ...asn, autonomous_system_number: 1 }, 6),
        );
        const google = { number: 15169, organization: { name: "Google LLC" } };
        const { geo } = told(enricher, "192.0.2.200") as { geo: object };
        assert.deepEqual(told(enricher, "192.0.2.1"), { geo, as: google });
        assert.deepEqual(told(enricher, "192.0.2.200"), { geo });
        assert.deepEqual(told(enricher, "2001:db8::1"), {
            geo: { country_iso_code: "FR", country_name: "France" },
            as: { ...google, number: 1 },
        });
        // c000:0201:: starts with the bytes of 192.0.2.1.
        assert.deepEqual(told(enricher, "c000:201::"), {});
    });

    it("takes place and network from the first database that knows one", () => {
        const file = (record: unknown) => mmdbFile([["0.0.0.0/0", record]]);
        const both = { ...asn, country_code: "FR" };
        assert.deepEqual(told(enricherOf(file({ country_code: "CH" }), file(both)), "192.0.2.1"), {
            geo: switzerland,
            as: { number: 15169, organization: { name: "Google LLC" } },
        });
        const order = told(enricherOf(file(both), file({ country_code: "CH" })), "192.0.2.1");
        assert.equal((order as { geo: { country_iso_code: string } }).geo.country_iso_code, "FR");
    });

    it("tells nothing of addresses that stand in no database, and without a database", () => {
        const enricher = enricherOf(mmdbFile([["8.8.8.0/24", flat]]));
        for (const address of ["10.1.2.3", "192.168.0.1", "127.0.0.1", "fd00::1", "::1"]) {
            assert.deepEqual(told(enricher, address), {}, address);
        }
        assert.deepEqual(told(new GeoEnricher([]), "8.8.8.8"), {});
    });

    const wrong: readonly (readonly [what: string, record: object])[] = [
        ["zero coordinates", { latitude: 0, longitude: 0 }],
        ["empty coordinates", { latitude: "", longitude: "" }],
        ["half of a place", { latitude: 47.5 }],
        ["coordinates beyond the globe", { latitude: 90.5, longitude: 8.5 }],
        ["coordinates that are no number", { latitude: new Float(NaN), longitude: new Float(Infinity) }],
        ["coordinates in words", { latitude: "0x10", longitude: "1e2" }],
        ["texts of a wrong type", { city: 7, state1: ["x"], postcode: true, timezone: { names: 1 } }],
        ["empty texts", { city: "", state1: "", postcode: "", timezone: "" }],
        ["endless texts", { city: "x".repeat(5000) }],
        ["a region without a list", { subdivisions: { iso_code: "ENG" } }],
        ["AS number 0", { autonomous_system_number: 0, autonomous_system_organization: "Not routed" }],
        ["an AS number beyond 32 bits", { autonomous_system_number: 2n ** 33n }],
        ["half an AS number", { autonomous_system_number: 1.5 }],
        ["the name of a network without a number", { autonomous_system_organization: "Google LLC" }],
    ];
    for (const [what, record] of wrong) {
        it(`leaves out ${what}`, () => {
            assert.deepEqual(toldOf({ country_code: "CH", ...record }), { geo: switzerland });
        });
    }

    it("leaves out a country that is none", () => {
        for (const country_code of ["ZZ", "", "-", "ch", "CHE", "1X", 756]) {
            assert.deepEqual(
                toldOf({ country_code, city: "Bern" }),
                { geo: { city_name: "Bern" } },
                `${country_code}`,
            );
        }
    });

    it("writes JSON whatever texts a database holds", () => {
        const record = fc.record(
            {
                country_code: fc.constantFrom("CH", '"}', "ZZ"),
                city: fc.string({ unit: "binary" }),
                state1: fc.constantFrom('","ip":"', "\\", "\u0000\u001f", "\u2028", "}{"),
                latitude: fc.double().filter((value) => value !== 0),
                longitude: fc.double().filter((value) => value !== 0),
                autonomous_system_number: fc.nat(),
                autonomous_system_organization: fc.string({ unit: "grapheme" }),
            },
            { requiredKeys: ["country_code"] },
        );
        fc.assert(
            fc.property(record, (values) => {
                const { geo } = toldOf(values) as { geo?: { city_name?: string; region_name?: string } };
                const city = Buffer.from(values.city ?? "").toString();
                assert.equal(geo?.city_name, city !== "" && city.length <= 200 ? city : undefined);
                assert.equal(geo?.region_name, values.state1);
            }),
        );
    });

    it("tells each address its own, however many share the table", () => {
        const networks = Array.from({ length: 40_000 }, (_, i): [string, unknown] => [
            `1.${i >> 16}.${(i >> 8) & 255}.${i & 255}/32`,
            { autonomous_system_number: i + 1 },
        ]);
        const enricher = enricherOf(mmdbFile(networks, { ipVersion: 4 }));
        for (const round of [1, 2]) {
            for (let i = 0; i < networks.length; i++) {
                assert.equal(enricher.ipv4(0x01000000 + i), `"as":{"number":${i + 1}},`, `round ${round}`);
            }
        }
    });

    describe("a damaged database", () => {
        const warnings: string[] = [];
        const { warn } = console;
        before(() => (console.warn = (line: string) => warnings.push(line)));
        after(() => (console.warn = warn));
        beforeEach(() => (warnings.length = 0));

        it("tells what it still can, with one warning", () => {
            const file = mmdbFile([
                ["8.8.8.0/24", { country_code: "CH" }],
                ["9.9.9.0/24", { country_code: "FR", city: "Paris" }],
            ]);
            file[file.indexOf("\x45Paris", 0, "latin1")] = 0xff;
            const enricher = enricherOf(file);
            assert.deepEqual(told(enricher, "8.8.8.8"), { geo: switzerland });
            assert.deepEqual(told(enricher, "9.9.9.9"), {});
            assert.deepEqual(told(enricher, "9.9.9.9"), {});
            assert.equal(warnings.length, 1);
            assert.equal(JSON.parse(warnings[0]).event, "geo-database-damaged");
        });

        it("never stops a log, whichever bytes are damaged", () => {
            const file = mmdbFile(
                [
                    ["8.0.0.0/8", nested],
                    ["9.0.0.0/8", { ...flat, ...asn }],
                ],
                { ipVersion: 4 },
            );
            const damage = fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1 });
            fc.assert(
                fc.property(damage, (bytes) => {
                    const copy = Buffer.from(file);
                    bytes.forEach(([at, value]) => (copy[at] = value));
                    let enricher: GeoEnricher;
                    try {
                        enricher = enricherOf(copy);
                    } catch (error) {
                        assert.ok(error instanceof MmdbError);
                        return;
                    }
                    ["8.8.8.8", "9.9.9.9", "10.0.0.1", "2001:db8::1"].forEach((address) =>
                        told(enricher, address),
                    );
                }),
                { numRuns: 1000 },
            );
        });
    });
});

describe("openGeoDatabase", () => {
    it("refuses a database that tells neither places nor networks", () => {
        const options: MmdbFileOptions = { databaseType: "GeoIP2-Anonymous-IP" };
        assert.throws(
            () => openGeoDatabase(mmdbFile([["8.8.8.0/24", { is_anonymous: true }]], options)),
            /GeoIP2-Anonymous-IP.*neither/,
        );
        assert.throws(() => openGeoDatabase(mmdbFile([["8.8.8.0/24", "text"]])), MmdbError);
    });
});
