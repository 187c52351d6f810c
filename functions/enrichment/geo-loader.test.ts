import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryBucket } from "../bucket-testing";
import { parseIPv4, parseIPv6, Words } from "../indicators/address";
import { S3Reader } from "../s3-object";
import { geoFromFiles, GeoLoader } from "./geo-loader";
import { MmdbError } from "./mmdb";
import { mmdbFile } from "./mmdb-testing";

const GOOGLE = parseIPv4("8.8.8.8");
const GOOGLE6 = parseIPv6("2001:4860:4860::8888") as Words;
const place = (city: string, network = "8.8.8.0/24") =>
    mmdbFile([[network, { country_code: "US", city }]], { databaseType: city });
const asn = mmdbFile([["8.8.8.0/24", { autonomous_system_number: 15169 }]]);
const AS = '"as":{"number":15169},';
const GEO = (city: string) =>
    `"geo":{"country_iso_code":"US","country_name":"United States","city_name":"${city}"},`;

describe("GeoLoader", () => {
    const warnings: string[] = [];
    const { warn } = console;
    before(() => (console.warn = (line: string) => warnings.push(line)));
    after(() => (console.warn = warn));
    beforeEach(() => (warnings.length = 0));
    const events = () => warnings.map((line) => (JSON.parse(line) as { event: string }).event);

    /** A bucket, a loader of it and a clock that both look at. */
    function setUp(objects: Record<string, Buffer>) {
        const s3 = new MemoryBucket();
        Object.entries(objects).forEach(([key, file]) => s3.objects.set(key, file));
        const clock = { seconds: 0 };
        const fault: { error?: Error } = {};
        const traffic = { bodies: 0 };
        const reader = {
            send: async (command: never) => {
                if (fault.error) {
                    s3.gets++;
                    throw fault.error;
                }
                const answer = await (s3.send as (command: never) => unknown)(command);
                traffic.bodies++;
                return answer;
            },
        } as unknown as S3Reader;
        const loader = new GeoLoader(reader, "hub", { now: () => clock.seconds * 1000 });
        const at = async (seconds: number): Promise<string> => {
            clock.seconds = seconds;
            await loader.prepare();
            return loader.ipv4(GOOGLE);
        };
        return { s3, loader, fault, traffic, at };
    }

    it("tells place and network from the objects of the bucket, IPv6 from its own", async () => {
        const { loader, at } = setUp({
            "geo/city.mmdb": place("Here"),
            "geo/asn.mmdb": asn,
            "geo/city-ipv6.mmdb": place("There", "2001:4860::/32"),
        });
        assert.equal(loader.ipv4(GOOGLE), "");
        assert.equal(await at(0), GEO("Here") + AS);
        assert.equal(loader.ipv6(GOOGLE6), GEO("There"));
        assert.deepEqual(warnings, []);
    });

    it("asks for what has changed once an hour, and takes it over", async () => {
        const { s3, at } = setUp({ "geo/city.mmdb": place("Here"), "geo/asn.mmdb": asn });
        await at(0);
        assert.equal(s3.gets, 4);
        s3.objects.set("geo/city.mmdb", place("Elsewhere"));
        assert.equal(await at(3599), GEO("Here") + AS);
        assert.equal(s3.gets, 4);
        assert.equal(await at(3600), GEO("Elsewhere") + AS);
        assert.equal(s3.gets, 8);
    });

    it("looks once for batches that start together", async () => {
        const { s3, loader } = setUp({ "geo/city.mmdb": place("Here"), "geo/asn.mmdb": asn });
        await Promise.all([loader.prepare(), loader.prepare(), loader.prepare()]);
        assert.equal(s3.gets, 4);
        assert.equal(loader.ipv4(GOOGLE), GEO("Here") + AS);
    });

    it("goes on without databases that are missing, and tells each that is expected once", async () => {
        const { s3, at } = setUp({ "geo/asn.mmdb": asn });
        assert.equal(await at(0), AS);
        assert.equal(await at(3600), AS);
        assert.deepEqual(events(), ["geo-database-missing"]);
        assert.match(warnings[0], /s3:\/\/hub\/geo\/city\.mmdb/);
        s3.objects.set("geo/city.mmdb", place("Here"));
        assert.equal(await at(7200), GEO("Here") + AS);
        s3.objects.delete("geo/city.mmdb");
        assert.equal(await at(10800), AS);
        assert.deepEqual(events(), ["geo-database-missing", "geo-database-missing"]);
    });

    it("keeps the last good database while a new one is damaged, with one warning", async () => {
        const { s3, traffic, at } = setUp({ "geo/city.mmdb": place("Here"), "geo/asn.mmdb": asn });
        await at(0);
        s3.objects.set("geo/city.mmdb", place("Elsewhere").subarray(0, 600));
        assert.equal(await at(3600), GEO("Here") + AS);
        assert.equal(await at(7200), GEO("Here") + AS);
        assert.deepEqual(events(), ["geo-database-not-loaded"]);
        assert.equal(JSON.parse(warnings[0]).kept, true);
        assert.equal(traffic.bodies, 3, "a damaged one is read once");
        s3.objects.set("geo/city.mmdb", place("At last"));
        assert.equal(await at(10800), GEO("At last") + AS);
    });

    it("goes on when the bucket does not answer, and asks again after a minute", async () => {
        const { s3, fault, at } = setUp({ "geo/city.mmdb": place("Here"), "geo/asn.mmdb": asn });
        fault.error = Object.assign(new Error("Access Denied"), { name: "AccessDenied" });
        assert.equal(await at(0), "");
        assert.equal(await at(59), "");
        assert.equal(s3.gets, 4);
        assert.equal(await at(60), "");
        assert.equal(events().length, 4);
        assert.ok(events().every((event) => event === "geo-database-not-loaded"));
        assert.match(warnings[0], /Access Denied/);
        fault.error = undefined;
        assert.equal(await at(120), GEO("Here") + AS);
        fault.error = new Error("socket hang up");
        assert.equal(await at(120 + 3600), GEO("Here") + AS);
    });
});

describe("geoFromFiles", () => {
    const folder = mkdtempSync(join(tmpdir(), "geo-"));
    after(() => rmSync(folder, { recursive: true }));
    const file = (name: string, content: Buffer) => {
        writeFileSync(join(folder, name), content);
        return join(folder, name);
    };

    it("tells what a file knows by its content, whatever its name", () => {
        const geo = geoFromFiles([file("a.bin", asn), file("asn.mmdb", place("Here"))]);
        assert.equal(geo.ipv4(GOOGLE), GEO("Here") + AS);
    });

    it("names the file that is no such database", () => {
        const text = file("notes.txt", Buffer.from("no database"));
        assert.throws(
            () => geoFromFiles([file("a.bin", asn), text]),
            (error: Error) => error instanceof MmdbError && error.message.startsWith(`${text}: `),
        );
        assert.throws(() => geoFromFiles([join(folder, "missing.mmdb")]), /ENOENT.*missing\.mmdb/);
    });
});
