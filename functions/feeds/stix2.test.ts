import fc from "fast-check";
import assert from "node:assert/strict";
import { StixObject, stixValues } from "./stix2";

const NOW = new Date("2026-11-24T12:00:00Z");
const indicator = (more: StixObject = {}): StixObject => ({
    type: "indicator",
    id: "indicator--1",
    created: "2026-11-01T00:00:00.000Z",
    modified: "2026-11-01T00:00:00.000Z",
    pattern: "[ipv4-addr:value = '198.51.100.1']",
    pattern_type: "stix",
    valid_from: "2026-11-02T00:00:00.123456Z",
    ...more,
});
const full = (more: StixObject) => stixValues(indicator(more), "full", NOW);
const partial = (more: StixObject) => stixValues(indicator(more), "partial", NOW);
const refusals = (more: StixObject) => full(more).map(({ refused }) => refused);

describe("stixValues", () => {
    it("tells value, confidence and times of an indicator", () => {
        assert.deepEqual(full({ confidence: 85, valid_until: "2026-12-01T00:00:00Z" }), [
            {
                value: "198.51.100.1",
                confidence: 85,
                firstSeen: "2026-11-02T00:00:00.123Z",
                validUntil: "2026-12-01T00:00:00.000Z",
            },
        ]);
    });

    it("takes the time of creation where there is no other", () => {
        const [{ firstSeen }] = full({ valid_from: undefined });
        assert.equal(firstSeen, "2026-11-01T00:00:00.000Z");
    });

    it("says nothing of addresses that are no indicators", () => {
        for (const type of ["ipv4-addr", "domain-name", "url", "observed-data", "Indicator", undefined]) {
            assert.deepEqual(full({ type }), []);
        }
        assert.deepEqual(stixValues({ type: "ipv4-addr", id: "ipv4-addr--1" }, "full", NOW), []);
    });

    it("leaves out what is not valid now", () => {
        assert.deepEqual(full({ valid_from: "2026-11-24T12:00:00.001Z" }), []);
        assert.deepEqual(full({ valid_until: "2026-11-24T12:00:00Z" }), []);
        assert.deepEqual(partial({ valid_until: "2026-11-24T12:00:00Z" }), []);
        assert.equal(full({ valid_until: "2026-11-24T12:00:00.001Z" }).length, 1);
        assert.equal(full({ valid_from: "2026-11-24T12:00:00Z" }).length, 1);
    });

    it("passes on in a partial pass what was taken back, in a full one it leaves it out", () => {
        assert.deepEqual(partial({ revoked: true }), [{ value: "198.51.100.1", revoked: true }]);
        assert.deepEqual(partial({ revoked: true, pattern: "[file:name = 'x']" }), []);
        assert.deepEqual(full({ revoked: true }), []);
    });

    it("refuses what benign activity looks like", () => {
        assert.deepEqual(refusals({ indicator_types: ["benign"] }), ["indicator of benign activity"]);
        assert.deepEqual(refusals({ labels: ["benign"] }), ["indicator of benign activity"]);
        assert.deepEqual(refusals({ indicator_types: ["malicious-activity"] }), [undefined]);
    });

    it("refuses patterns of other kinds, by few reasons", () => {
        assert.deepEqual(refusals({ pattern_type: "snort" }), ["pattern kind snort"]);
        assert.deepEqual(refusals({ pattern_type: "made-up-4711" }), ["pattern kind unknown"]);
        assert.deepEqual(refusals({ pattern: "[file:name = 'x']" }), ["pattern of other observables"]);
        assert.deepEqual(refusals({ pattern: "198.51.100.1" }), ["pattern cannot be read"]);
        assert.deepEqual(refusals({ pattern: 5 }), ["pattern cannot be read"]);
        assert.deepEqual(
            full({ pattern: "x" }).map(({ value }) => value),
            ["indicator--1"],
        );
    });

    it("reads STIX 2.0, which names no kind", () => {
        assert.deepEqual(refusals({ pattern_type: undefined }), [undefined]);
    });

    it("does not believe a certainty or a time that is none", () => {
        for (const confidence of [-1, 101, "90", null, NaN]) {
            assert.equal(full({ confidence })[0].confidence, undefined);
        }
        const [{ firstSeen, validUntil }] = full({
            valid_from: "soon",
            created: 5,
            valid_until: "2026-99-01T00:00:00Z",
        });
        assert.deepEqual([firstSeen, validUntil], [undefined, undefined]);
    });

    it("never throws, whatever an object holds", () => {
        const any = fc.oneof(fc.anything(), fc.constant("2026-11-01T00:00:00Z"));
        const keys = Object.keys(indicator()).filter((key) => key !== "type");
        const object = fc.dictionary(fc.constantFrom(...keys, "confidence", "labels", "revoked"), any);
        fc.assert(
            fc.property(object, fc.constantFrom("full" as const, "partial" as const), (more, pass) => {
                assert.ok(Array.isArray(stixValues({ ...more, type: "indicator" }, pass, NOW)));
            }),
        );
    });
});
