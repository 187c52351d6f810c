import assert from "node:assert/strict";
import * as fc from "fast-check";
import { parseIPv4, parseIPv6 } from "./address";
import { ipv4, ipv6 } from "./address-bytes";

function parsed(text: string): readonly number[] | undefined {
    const words = new Uint32Array(4);
    const bytes = Buffer.from(`<${text}>`, "latin1");
    return ipv6(bytes, 1, bytes.length - 1, words) ? [...words] : undefined;
}

describe("addresses in bytes", () => {
    it("are those that the text parser finds", () => {
        const odd = fc
            .array(
                fc.constantFrom(
                    "0",
                    "1",
                    "a",
                    "F",
                    "ff",
                    "ffff",
                    "12345",
                    ":",
                    "::",
                    ".",
                    "1.2.3.4",
                    "256",
                    "g",
                    "%",
                ),
                {
                    maxLength: 16,
                },
            )
            .map((parts) => parts.join(""));
        const text = fc.oneof(
            fc.ipV6(),
            fc.ipV4(),
            odd,
            fc.ipV6().map((ip) => ip.slice(1)),
            fc.string(),
        );
        fc.assert(
            fc.property(text, (value) => {
                const bytes = Buffer.from(value, "latin1");
                const ascii = bytes.toString("latin1");
                assert.equal(ipv4(bytes, 0, bytes.length), parseIPv4(ascii), ascii);
                assert.deepEqual(parsed(ascii), ascii.includes(":") ? parseIPv6(ascii) : undefined, ascii);
            }),
            { numRuns: 20_000 },
        );
    });

    it("keep to the bounds of their field", () => {
        assert.deepEqual(parsed("::1"), [0, 0, 0, 1]);
        assert.equal(ipv4(Buffer.from("1.2.3.44"), 0, 7), 0x01020304);
    });
});
