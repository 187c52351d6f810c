import assert from "node:assert/strict";
import fc from "fast-check";
import { ByteMap } from "./byte-map";

describe("ByteMap", () => {
    it("makes a value once", () => {
        let made = 0;
        const map = new ByteMap((text) => ({ text, number: made++ }));
        const bytes = Buffer.from("shop.example www.example shop.example");
        const first = map.get(bytes, 0, 12);
        assert.equal(first.text, "shop.example");
        assert.equal(map.get(bytes, 13, 24).text, "www.example");
        assert.equal(map.get(bytes, 25, 37), first);
        assert.equal(map.get(Buffer.from("shop.example"), 0, 12), first);
        assert.equal(made, 2);
    });

    it("gives each text its own value, however short, long, or crowded the table is", () => {
        const map = new ByteMap((text) => text, 1);
        const text = fc.oneof(
            fc.string({ unit: "grapheme", maxLength: 9 }),
            fc.string({ minLength: 250, maxLength: 270 }),
        );
        fc.assert(
            fc.property(text, text, (before, value) => {
                const bytes = Buffer.from(`${before}${value}${before}`);
                const start = Buffer.byteLength(before);
                assert.equal(map.get(bytes, start, start + Buffer.byteLength(value)), value);
                assert.equal(map.get(bytes, 0, start), before);
            }),
        );
    });

    it("does not take a text for one that differs in a single byte", () => {
        const map = new ByteMap((text) => text, 0);
        const text = "abcdefghijklmnopqrs";
        for (let i = 0; i < text.length; i++) {
            for (const value of [text, `${text.slice(0, i)}X${text.slice(i + 1)}`, text.slice(0, i + 1)]) {
                assert.equal(map.get(Buffer.from(value), 0, value.length), value);
            }
        }
    });
});
