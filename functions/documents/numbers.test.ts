import assert from "node:assert/strict";
import fc from "fast-check";
import { writeDecimal, writeInteger } from "./numbers";
import { JsonWriter, key } from "./writer";

const NAME = key("n");

function written(write: typeof writeInteger, text: string): string {
    const writer = new JsonWriter();
    write(writer, NAME, Buffer.from(text), 0, Buffer.byteLength(text));
    return writer.bytes.toString("utf8", 0, writer.at);
}

describe("writeInteger", () => {
    it("writes digits as a number", () => {
        assert.equal(written(writeInteger, "200"), '"n":200,');
        assert.equal(written(writeInteger, "0"), '"n":0,');
        assert.equal(written(writeInteger, "000"), '"n":0,', "JSON has no leading zeros");
        assert.equal(written(writeInteger, "0080"), '"n":80,');
    });

    it("writes nothing for anything else", () => {
        for (const text of ["", "-", "-1", "+1", "1.0", "1e3", "0x1", " 1", "９", "1".repeat(16)]) {
            assert.equal(written(writeInteger, text), "", text);
        }
        const writer = new JsonWriter();
        writeInteger(writer, NAME, Buffer.from("12"), -1, 2);
        assert.equal(writer.at, 0, "a field that is missing");
    });
});

describe("writeDecimal", () => {
    it("writes numbers as they are", () => {
        for (const text of ["0.000", "4.036", "12", "0", "100.5"]) {
            assert.equal(written(writeDecimal, text), `"n":${text},`);
        }
    });

    it("writes nothing that JSON would not take", () => {
        for (const text of ["-1", ".5", "5.", "00.1", "1.2.3", "1e5", "NaN", ""]) {
            assert.equal(written(writeDecimal, text), "", text);
        }
        fc.assert(
            fc.property(fc.stringMatching(/^[0-9.e-]{0,8}$/), (text) => {
                const json = written(writeDecimal, text);
                assert.ok(json === "" || JSON.parse(`{${json.slice(0, -1)}}`) !== undefined);
            }),
        );
    });
});
