import assert from "node:assert/strict";
import fc from "fast-check";
import { MISP_TYPES, mispValues } from "./misp-attribute";

const valuesOf = (type: string, value: string) => mispValues({ type, value }).map((entry) => entry.value);

describe("mispValues", () => {
    const cases: readonly (readonly [string, string, readonly string[]])[] = [
        ["ip-src", "203.0.113.10", ["203.0.113.10"]],
        ["ip-dst", "198.51.100.0/24", ["198.51.100.0/24"]],
        ["ip-dst", "2001:db8::ab", ["2001:db8::ab"]],
        ["ip-src|port", "203.0.113.9|8443", ["203.0.113.9"]],
        ["ip-dst|port", "2001:db8::1|443", ["2001:db8::1"]],
        ["domain", "evil.example", ["evil.example"]],
        ["hostname", " www.evil.example ", ["www.evil.example"]],
        ["hostname|port", "h.evil.example|443", ["h.evil.example"]],
        ["domain|ip", "pair.example|203.0.113.60", ["pair.example", "203.0.113.60"]],
        ["domain|ip", "half.example", ["half.example"]],
        ["url", "http://evil.example/a|b?x=1", ["http://evil.example/a|b?x=1"]],
        ["md5", "d41d8cd98f00b204e9800998ecf8427e", []],
        ["constructor", "203.0.113.1", []],
        ["ip-dst", "  ", []],
    ];
    for (const [type, value, expected] of cases) {
        it(`takes ${JSON.stringify(expected)} of ${type} ${JSON.stringify(value)}`, () => {
            assert.deepEqual(valuesOf(type, value), expected);
        });
    }

    it("gives nothing of attributes that are deleted or not for detection", () => {
        const row = { type: "ip-dst", value: "203.0.113.1" };
        for (const flags of [{ to_ids: false }, { to_ids: "0" }, { deleted: true }, { deleted: "1" }]) {
            assert.deepEqual(mispValues({ ...row, ...flags }), []);
        }
        assert.equal(mispValues({ ...row, to_ids: "1", deleted: "0" }).length, 1);
    });

    it("is first seen when the attribute says so, else at its last change", () => {
        const row = { type: "ip-dst", value: "203.0.113.1", timestamp: "1700000000" };
        const since = (more: object) => mispValues({ ...row, ...more })[0].firstSeen;
        assert.equal(since({ first_seen: null }), "2023-11-14T22:13:20.000Z");
        assert.equal(since({ first_seen: "2019-06-02T22:14:28.711954+00:00" }), "2019-06-02T22:14:28.711Z");
        assert.equal(since({ first_seen: "junk" }), "2023-11-14T22:13:20.000Z");
        assert.equal(since({ timestamp: "junk" }), undefined);
        assert.equal(since({ timestamp: "1e300" }), undefined);
    });

    it("refuses the part that a warning list holds, and names the list", () => {
        const refused = (warnings: unknown) =>
            mispValues({ type: "domain|ip", value: "pair.example|8.8.8.8", warnings }).map(
                (entry) => entry.refused,
            );
        const hit = { value: "8.8.8.8", match: "8.8.8.8/32", warninglist_name: "Public DNS" };
        const reason = "on MISP's warning list Public DNS";
        assert.deepEqual(refused([hit]), [undefined, reason]);
        assert.deepEqual(refused([{ ...hit, value: "pair.example|8.8.8.8" }]), [reason, reason]);
        assert.deepEqual(refused([null]), Array(2).fill("on MISP's warning list without a name"));
        assert.deepEqual(refused([]), [undefined, undefined]);
    });

    it("never throws, and never gives an empty value, whatever a server sends", () => {
        const row = fc.record(
            {
                type: fc.oneof(fc.constantFrom(...MISP_TYPES), fc.anything()),
                value: fc.oneof(fc.string(), fc.anything()),
                to_ids: fc.anything(),
                timestamp: fc.anything({ withBigInt: false }),
                first_seen: fc.oneof(fc.string(), fc.anything()),
                warnings: fc.oneof(fc.array(fc.anything()), fc.anything()),
            },
            { requiredKeys: [] },
        );
        // What JSON can hold, since that is how rows come.
        const json = row.map((entry) => JSON.parse(JSON.stringify(entry)) as object);
        fc.assert(fc.property(json, (entry) => mispValues(entry).every(({ value }) => value.trim() !== "")));
    });
});
