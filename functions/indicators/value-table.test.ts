import assert from "node:assert/strict";
import fc from "fast-check";
import { ValueTable } from "./value-table";

describe("ValueTable", () => {
    it("numbers different values in the order they come, the same value always alike", () => {
        const anything = fc.array(fc.oneof(fc.string({ unit: "binary" }), fc.domain()), { maxLength: 200 });
        fc.assert(
            fc.property(anything, fc.string(), (values, other) => {
                const table = new ValueTable();
                const expected = [...new Set(values)];
                for (const value of values) {
                    assert.equal(table.find(value) >= 0, expected.indexOf(value) < table.size);
                    assert.equal(table.add(value), expected.indexOf(value));
                }
                assert.equal(table.size, expected.length);
                assert.deepEqual(
                    expected.map((_, index) => table.value(index)),
                    expected,
                );
                assert.equal(table.find(other), expected.indexOf(other));
                assert.throws(() => table.value(table.size), RangeError);
            }),
        );
    });

    it("holds a million values without an object for each", () => {
        const before = process.memoryUsage();
        const table = new ValueTable();
        for (let index = 0; index < 1_000_000; index++) {
            table.add(`host-${index}.example.org`);
        }
        const after = process.memoryUsage();
        assert.equal(table.size, 1_000_000);
        for (const index of [0, 1, 65_535, 65_536, 999_999]) {
            assert.equal(table.find(`host-${index}.example.org`), index);
            assert.equal(table.value(index), `host-${index}.example.org`);
        }
        assert.equal(table.find("host-1000000.example.org"), -1);
        const megabytes = (after.arrayBuffers - before.arrayBuffers) / 1e6;
        // Buffers that were outgrown may not have been collected yet.
        assert.ok(megabytes < 200, `${megabytes} MB`);
    });
});
